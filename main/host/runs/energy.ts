/** Reads how much energy the processor has used, where the machine tells: Linux's power capping counters (RAPL). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEnergy } from '../../../core/protocol/run-updates.ts';
import { errorCode } from '../files/atomic.ts';

/** Joules, or why there are none. Never a guess. */
export type EnergyReading = { readonly joules: number } | { readonly reason: string };

/** Counts energy from the moment it was made. */
export interface Meter {
  read(): EnergyReading;
}

interface Zone {
  readonly file: string;
  /** Where the counter begins again at 0, in microjoules. */
  readonly range: number;
  last: number;
}

/** Processor packages: `intel-rapl:0`, on AMD too. Their parts (`intel-rapl:0:1`) are within them. */
const packageName = /^intel-rapl:\d+$/;

export class EnergyMeter implements Meter {
  readonly #zones: readonly Zone[];
  #reason: string | undefined;
  #microjoules = 0;

  private constructor(zones: readonly Zone[], reason: string | undefined) {
    this.#zones = zones;
    this.#reason = reason;
  }

  /** Starts counting. @param folder where Linux keeps the counters */
  static open(folder = '/sys/class/powercap'): EnergyMeter {
    try {
      const names = readdirSync(folder).filter((name) => packageName.test(name));
      if (names.length === 0) return new EnergyMeter([], `this machine has no processor energy counters in ${folder}`);
      return new EnergyMeter(
        names.map((name) => openZone(join(folder, name))),
        undefined,
      );
    } catch (error) {
      return new EnergyMeter([], reasonOf(error, folder));
    }
  }

  /**
   * Energy of all processor packages since `open`, whatever program used it. A counter that began again is seen as long as
   * it is read once a round (with 100 W, every 40 minutes).
   */
  read(): EnergyReading {
    if (this.#reason !== undefined) return { reason: this.#reason };
    try {
      for (const zone of this.#zones) {
        const now = counter(zone.file);
        this.#microjoules += now >= zone.last ? now - zone.last : zone.range - zone.last + now;
        zone.last = now;
      }
    } catch (error) {
      this.#reason = reasonOf(error, 'the counter');
      return { reason: this.#reason };
    }
    return { joules: this.#microjoules / 1e6 };
  }
}

/** The energy of one run over all its resumptions. */
export class RunEnergyCount {
  readonly #meter: Meter;
  readonly #before: MeasuredEnergy | null;
  readonly #firstStep: number;
  #paused = 0;
  #pausedAt: number | undefined;

  /**
   * @param before what was measured up to `firstStep`; null when it was not, which leaves the whole unknown.
   * @param firstStep finished steps now.
   */
  constructor(before: MeasuredEnergy | null, firstStep: number, meter: Meter = EnergyMeter.open()) {
    this.#meter = meter;
    this.#before = before;
    this.#firstStep = firstStep;
  }

  /** @param step finished steps now */
  read(step: number): RunEnergy {
    const reading = this.#meter.read();
    if ('reason' in reading) return reading;
    if (!this.#before) return { reason: 'earlier steps of this run were not measured' };
    return {
      joules: this.#before.joules + (this.#pausedAt ?? reading.joules) - this.#paused,
      steps: this.#before.steps + step - this.#firstStep,
    };
  }

  /** What is used from now on is not the run's. */
  pause(): void {
    this.#pausedAt = joulesOf(this.#meter.read());
  }

  continue(): void {
    this.#paused += joulesOf(this.#meter.read()) - (this.#pausedAt ?? 0);
    this.#pausedAt = undefined;
  }
}

export type MeasuredEnergy = Extract<RunEnergy, { readonly joules: number }>;

const joulesOf = (reading: EnergyReading): number => ('joules' in reading ? reading.joules : 0);

function openZone(folder: string): Zone {
  const file = join(folder, 'energy_uj');
  return { file, range: counter(join(folder, 'max_energy_range_uj')), last: counter(file) };
}

class CounterError extends Error {}

function counter(file: string): number {
  const text = readFileSync(file, 'utf8').trim();
  if (!/^\d+$/.test(text)) throw new CounterError(`${file} holds '${text.slice(0, 40)}', not a number`);
  return Number(text);
}

function reasonOf(error: unknown, where: string): string {
  if (error instanceof CounterError) return error.message;
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'this system tells no processor energy (Linux does, on most machines that are not virtual)';
    case 'EACCES':
    case 'EPERM':
      return "only the system's administrator may read the processor's energy counters here";
    default:
      return `${where} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
