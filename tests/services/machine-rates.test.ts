/** The measured speed of the machine: measured undisturbed, kept for one engine, processor and number of threads. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../core/protocol/machine-rates.ts';
import { hostMethods } from '../../core/protocol/methods.ts';
import { MachineRatesService } from '../../main/services/machine-rates.ts';
import { openServices, temporaryFolder, vaeDocument } from './support.ts';

const rateNames = [
  'productFlops',
  'blockedFlops',
  'convolutionFlops',
  'groupedFlops',
  'slidingFlops',
  'transposedFlops',
  'columnBytes',
  'elementBytes',
  'movedBytes',
  'pooledBytes',
  'resultBytes',
  'nodeSeconds',
  'tensorSeconds',
] as const;

/** Rates that tell which measurement they came from. */
const measurement = (number: number, isSteady = true): Measurement => ({
  rates: Object.fromEntries(rateNames.map((name) => [name, number])) as Measurement['rates'],
  isSteady,
});

/** A service on a machine that measures what a test says. */
function machineWith(measure: (threads: number, signal: AbortSignal) => Promise<unknown>) {
  const state = { isTraining: false, machine: 'this one', nowMs: 0 };
  const file = join(temporaryFolder(), 'machine-rates.json');
  const open = () =>
    new MachineRatesService({
      file,
      isTraining: () => state.isTraining,
      machine: () => Promise.resolve(state.machine),
      measure,
      now: () => state.nowMs,
    });
  return { state, file, open };
}

/** Measures 1, then 2, and so on. */
function counting(isSteady: (count: number) => boolean = () => true) {
  const measured: number[] = [];
  const measure = (threads: number) => {
    measured.push(threads);
    return Promise.resolve(measurement(measured.length, isSteady(measured.length)));
  };
  return { measured, ...machineWith(measure) };
}

const firstRate = (found: Measurement): number => found.rates.productFlops;

describe('rates measured on a quiet machine', () => {
  it('are measured once for each number of threads, also by the next service on the home', async () => {
    const { open, measured } = counting();
    const service = open();
    expect(await service.of(2)).toEqual({ ...measurement(1), threads: 2 });
    expect(firstRate(await service.of(1))).toBe(2);
    expect(firstRate(await service.of(2))).toBe(1);
    expect(firstRate(await open().of(1))).toBe(2);
    expect(measured).toEqual([2, 1]);
  });

  it('are measured once for two who ask at the same time', async () => {
    const { open, measured } = counting();
    const service = open();
    await Promise.all([service.of(2), service.of(2)]);
    expect(measured).toEqual([2]);
  });

  it('count for nothing with another engine or processor', async () => {
    const { open, state } = counting();
    await open().of(2);
    state.machine = 'another build';
    expect(firstRate(await open().of(2))).toBe(2);
    state.machine = 'this one';
    expect(firstRate(await open().of(2))).toBe(3);
  });

  it.each(['{"byThreads": ', '{"machine":"this one","byThreads":{"2":{"productFlops":-1}}}'])(
    'are measured again when the file holds %j, which is kept aside',
    async (damaged) => {
      const { open, file } = counting();
      await open().of(1);
      writeFileSync(file, damaged);
      expect(firstRate(await open().of(2))).toBe(2);
      const folder = join(file, '..');
      const aside = readdirSync(folder).filter((name) => name.includes('damaged'));
      expect(aside.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([damaged]);
    },
  );
});

describe('rates measured on a busy machine', () => {
  it('are told as such, not kept, and measured again after a while', async () => {
    const { open, file, state, measured } = counting((count) => count === 3);
    const service = open();
    expect(await service.of(2)).toMatchObject({ isSteady: false });
    expect(existsSync(file)).toBe(false);
    expect(firstRate(await service.of(2))).toBe(1);
    state.nowMs = 60_000;
    expect(await service.of(2)).toMatchObject({ ...measurement(2, false) });
    state.nowMs = 120_000;
    expect(await service.of(2)).toMatchObject({ ...measurement(3) });
    expect(firstRate(await open().of(2))).toBe(3);
    expect(measured).toEqual([2, 2, 2]);
  });

  it('are measured again the less often the longer the machine is busy, yet again and again', async () => {
    const { open, state, measured } = counting(() => false);
    const service = open();
    const timesInHour = async (): Promise<number> => {
      const before = measured.length;
      for (let minute = 0; minute < 60; minute++) {
        await service.of(2);
        state.nowMs += 60_000;
      }
      return measured.length - before;
    };
    const [first, second] = [await timesInHour(), await timesInHour()];
    expect(second).toBeLessThan(first);
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThanOrEqual(6);
  });
});

describe('while a run trains', () => {
  it('nothing is measured, and what is known is told', async () => {
    const { open, state, measured } = counting();
    await open().of(1);
    state.isTraining = true;
    await expect(open().of(2)).rejects.toMatchObject({ code: 'busy', message: 'not measured: a run is training' });
    expect(firstRate(await open().of(1))).toBe(1);
    state.isTraining = false;
    expect(firstRate(await open().of(2))).toBe(2);
    expect(measured).toEqual([1, 2]);
  });

  it('doubtful rates stand rather than being measured again', async () => {
    const { open, state, measured } = counting(() => false);
    const service = open();
    await service.of(2);
    state.nowMs = 60_000;
    state.isTraining = true;
    expect(firstRate(await service.of(2))).toBe(1);
    expect(measured).toEqual([2]);
  });

  it('a measurement that had begun is given up, and nothing of it kept', async () => {
    const cancelled = (signal: AbortSignal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled'))));
    const { open, state, file } = machineWith((_threads, signal) => {
      state.isTraining = true;
      return cancelled(signal);
    });
    await expect(open().of(2)).rejects.toMatchObject({ code: 'busy' });
    expect(existsSync(file)).toBe(false);
  });

  it('a measurement that ended before it could be given up is not kept either', async () => {
    const { open, state, file } = machineWith(() => {
      state.isTraining = true;
      return Promise.resolve(measurement(1));
    });
    await expect(open().of(2)).rejects.toMatchObject({ code: 'busy' });
    expect(existsSync(file)).toBe(false);
  });
});

it('what a worker answers is believed only in the right shape', async () => {
  const { open, file } = machineWith(() => Promise.resolve({ ...measurement(1), rates: { productFlops: 1 } }));
  await expect(open().of(2)).rejects.toThrow(/blockedFlops/);
  expect(existsSync(file)).toBe(false);
});

describe('machine.rates', () => {
  const { ask, folder, until } = openServices();

  it('measures this machine with the threads asked for', async () => {
    const one = await ask('machine.rates', { threads: 1 });
    expect(one.threads).toBe(1);
    expect(Object.keys(one.rates).toSorted()).toEqual(rateNames.toSorted());
    expect(Object.values(one.rates).every((rate) => rate > 0 && Number.isFinite(rate))).toBe(true);
  });

  it('refuses to measure while a run of this home trains', async () => {
    const run = await ask('runs.start', { text: vaeDocument({ steps: 1_000_000 }), baseDir: folder });
    await until(run.id, 'running');
    await expect(ask('machine.rates', { threads: 3 })).rejects.toMatchObject({ code: 'busy' });
    await ask('runs.stop', { run: run.id });
    await until(run.id, 'stopped', 'interrupted');
  });

  it.each([{ threads: 0 }, { threads: 1.5 }, { threads: 257 }, { threads: '1' }, { cores: 1 }, null])(
    'refuses %j',
    (input) => expect(hostMethods['machine.rates'].input.safeParse(input).success).toBe(false),
  );
});
