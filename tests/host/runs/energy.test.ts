/** Claims about measured energy: it is what the counters say, round after round, or a reason why there is none. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnergyMeter, RunEnergyCount } from '../../../main/host/runs/energy.ts';
import { temporaryFolder, withoutRights } from '../files/fixtures.ts';

/** A folder like /sys/class/powercap; the counters are in microjoules. */
function powercap(zones: Readonly<Record<string, number>>, range = 1_000_000) {
  const folder = temporaryFolder();
  const set = (zone: string, microjoules: number | string): void =>
    writeFileSync(join(folder, zone, 'energy_uj'), `${microjoules}\n`);
  for (const [zone, microjoules] of Object.entries(zones)) {
    mkdirSync(join(folder, zone));
    writeFileSync(join(folder, zone, 'max_energy_range_uj'), `${range}\n`);
    set(zone, microjoules);
  }
  return { folder, set };
}

describe('the energy meter', () => {
  it('adds up what all packages used since it was opened, and leaves out their parts', () => {
    const { folder, set } = powercap({
      'intel-rapl:0': 500_000,
      'intel-rapl:1': 0,
      'intel-rapl:0:0': 7,
      'intel-rapl': 0,
    });
    const meter = EnergyMeter.open(folder);
    expect(meter.read()).toEqual({ joules: 0 });
    set('intel-rapl:0', 750_000);
    set('intel-rapl:1', 100_000);
    set('intel-rapl:0:0', 999_999);
    expect(meter.read()).toEqual({ joules: 0.35 });
    expect(meter.read()).toEqual({ joules: 0.35 });
  });

  it('goes on when a counter begins again', () => {
    const { folder, set } = powercap({ 'intel-rapl:0': 900_000 });
    const meter = EnergyMeter.open(folder);
    for (const [at, joules] of [
      [50_000, 0.15],
      [800_000, 0.9],
      [100_000, 1.2],
    ]) {
      set('intel-rapl:0', at);
      const reading = meter.read();
      expect('joules' in reading && reading.joules).toBeCloseTo(joules, 9);
    }
  });

  it('says why there is nothing to read, and never a number', async () => {
    expect(EnergyMeter.open(join(temporaryFolder(), 'missing')).read()).toEqual({
      reason: expect.stringContaining('this system tells no processor energy') as string,
    });
    expect(EnergyMeter.open(powercap({}).folder).read()).toEqual({
      reason: expect.stringContaining('no processor energy counters') as string,
    });
    const { folder, set } = powercap({ 'intel-rapl:0': 1 });
    chmodSync(join(folder, 'intel-rapl:0', 'energy_uj'), 0o400);
    await withoutRights(() => {
      expect(EnergyMeter.open(folder).read()).toEqual({ reason: expect.stringContaining('administrator') as string });
    });
    set('intel-rapl:0', 'a lot');
    expect(EnergyMeter.open(folder).read()).toEqual({ reason: expect.stringContaining("'a lot'") as string });
  });

  it('has no number any more once a counter is gone: part of the energy would be missing', () => {
    const { folder, set } = powercap({ 'intel-rapl:0': 1, 'intel-rapl:1': 1 });
    const meter = EnergyMeter.open(folder);
    rmSync(join(folder, 'intel-rapl:1'), { recursive: true });
    set('intel-rapl:0', 500_000);
    expect(meter.read()).toEqual({ reason: expect.any(String) as string });
    expect(meter.read()).toEqual({ reason: expect.any(String) as string });
  });
});

describe("a run's energy", () => {
  it('goes on from what was measured before, and leaves pauses out', () => {
    const { folder, set } = powercap({ 'intel-rapl:0': 0 }, 1e9);
    const count = new RunEnergyCount({ joules: 5, steps: 10 }, 110, EnergyMeter.open(folder));
    set('intel-rapl:0', 2_000_000);
    expect(count.read(114)).toEqual({ joules: 7, steps: 14 });
    count.pause();
    set('intel-rapl:0', 90_000_000);
    expect(count.read(114)).toEqual({ joules: 7, steps: 14 });
    count.continue();
    set('intel-rapl:0', 91_000_000);
    expect(count.read(115)).toEqual({ joules: 8, steps: 15 });
  });

  it('is not known as a whole when a part of it was not measured', () => {
    const count = new RunEnergyCount(null, 110, EnergyMeter.open(powercap({ 'intel-rapl:0': 0 }).folder));
    expect(count.read(120)).toEqual({ reason: 'earlier steps of this run were not measured' });
  });
});
