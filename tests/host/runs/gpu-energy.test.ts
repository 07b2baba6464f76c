/** Claims about the energy of NVIDIA's GPUs: it is what nvidia-smi's power comes to over time, or a reason why there is none. */
import { describe, expect, it, vi } from 'vitest';
import { parseGpuReading } from '../../../main/host/compute/nvidia-smi.ts';
import { RunEnergyCount } from '../../../main/host/runs/energy.ts';
import { GpuEnergyMeter } from '../../../main/host/runs/gpu-energy.ts';
import { canStandIn, standInForNvidiaSmi, withoutNvidiaSmi } from '../compute/nvidia-tool.ts';

/** A meter on a clock that stands still: what is read is what the tool has told, and nothing beyond. */
const stillMeter = (): GpuEnergyMeter => GpuEnergyMeter.open(() => 0);

/** Waits until the meter says what is expected; how long that takes proves nothing. */
async function expectSoon(meter: GpuEnergyMeter, expected: unknown): Promise<void> {
  await vi.waitFor(() => expect(meter.read()).toEqual(expected), { timeout: 60_000, interval: 20 });
  meter.close();
}

describe('a row of the tool', () => {
  it('is a moment, a GPU and a number', () => {
    const first = parseGpuReading('2026/11/21 23:59:59.900, 0, 61.24');
    expect(first).toMatchObject({ gpu: 0, value: 61.24 });
    const next = parseGpuReading('2026/11/22 00:00:00.400, 12, 7');
    expect(next).toMatchObject({ gpu: 12, value: 7 });
    expect(next!.atMs - first!.atMs).toBe(500);
  });

  it.each([
    '2026/11/21 18:03:11.123, 0, [N/A]',
    '2026/11/21 18:03:11.123, 0, [Not Supported]',
    '2026/11/21 18:03:11.123, 0, -5',
    '2026/11/21 18:03:11.123, 0, 1e9',
    '2026/11/21 18:03:11.123, 0, 61.24 W',
    'timestamp, index, power.draw [W]',
    'No devices were found',
    `2026/11/21 18:03:11.123, 0, ${'9'.repeat(100)}`,
    '',
  ])('is nothing else: %s', (line) => {
    expect(parseGpuReading(line)).toBeUndefined();
  });
});

describe.skipIf(!canStandIn)('the meter', () => {
  it("adds up every GPU's power until its next reading", async () => {
    standInForNvidiaSmi(`2026/11/21 18:00:00.000, 0, 100.00
2026/11/21 18:00:00.001, 1, 20.50
2026/11/21 18:00:00.500, 0, 300.00
2026/11/21 18:00:00.501, 1, 20.50
2026/11/21 18:00:02.500, 0, 50.00
`);
    // 100 W for 0.5 s and 300 W for 2 s; 20.5 W for 0.5 s.
    await expectSoon(stillMeter(), { joules: 50 + 600 + 10.25 });
  });

  it('lets the last power go on until the next reading is heard', async () => {
    standInForNvidiaSmi('2026/11/21 18:00:00.000, 0, 200.00\n');
    let nowMs = 0;
    const meter = GpuEnergyMeter.open(() => nowMs);
    await vi.waitFor(() => expect(meter.read()).toEqual({ joules: 0 }), { timeout: 60_000 });
    nowMs = 1500;
    expect(meter.read()).toEqual({ joules: 300 });
    meter.close();
  });

  it('counts for a run what was used in its steps', async () => {
    standInForNvidiaSmi('2026/11/21 18:00:00.000, 0, 100\n2026/11/21 18:00:04.000, 0, 100\n');
    const meter = stillMeter();
    const count = new RunEnergyCount({ joules: 600, steps: 10 }, 10, meter);
    await vi.waitFor(() => expect(count.read(15)).toEqual({ joules: 1000, steps: 15 }), { timeout: 60_000 });
    meter.close();
  });

  it.each([
    ['tells no power', '2026/11/21 18:00:00.000, 0, [N/A]\n', /tells no power\.draw here: '2026.*\[N\/A\]'/],
    ['finds no GPU', 'No devices were found\n', /'No devices were found'/],
    ['says what it should not', '\u001b[31m\u0007bad\n', /'\?\[31m\?bad'/],
    ['tells of an absurd power', '2026/11/21 18:00:00.000, 0, 999999\n', /999999 W, which no graphics processor draws/],
    [
      'was silent for long',
      '2026/11/21 18:00:00.000, 0, 50\n2026/11/21 18:02:00.000, 0, 50\n',
      /readings are 120 s apart/,
    ],
    ['goes back in time', '2026/11/21 18:00:01.000, 0, 50\n2026/11/21 18:00:00.000, 0, 50\n', /-1 s apart/],
  ])('has a reason and no number where the tool %s', async (_, text, reason) => {
    standInForNvidiaSmi(text);
    await expectSoon(stillMeter(), { reason: expect.stringMatching(reason) as string });
  });

  it('has no number once the tool has ended: a part would be missing', async () => {
    standInForNvidiaSmi('2026/11/21 18:00:00.000, 0, 50\n', 9);
    await expectSoon(stillMeter(), { reason: 'nvidia-smi ended (code 9)' });
  });

  it('says that there is no tool', async () => {
    withoutNvidiaSmi();
    await expectSoon(stillMeter(), { reason: expect.stringContaining('there is no nvidia-smi on the PATH') as string });
  });
});
