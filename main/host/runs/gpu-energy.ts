/** Works out how much energy NVIDIA's graphics processors use, from the power that `nvidia-smi` tells now and then. */
import { followGpus, type FollowedGpus, type GpuReading } from '../compute/nvidia-smi.ts';
import type { EnergyReading, Meter } from './energy.ts';

/** The tool asks the driver, which averages power over some tenths of a second itself. */
const everyMs = 500;
/** Readings further apart (or backwards) leave unknown what was used between them: a machine that slept, a clock that was set. */
const longestGapMs = 60_000;
/** No card draws more; anything beyond is no reading. */
const mostWatts = 10_000;

interface Gpu {
  readonly atMs: number;
  readonly watts: number;
}

/**
 * Energy of all NVIDIA graphics processors of the machine since the first reading, whatever program used it: each reading's
 * power is taken to hold until the next.
 */
export class GpuEnergyMeter implements Meter {
  readonly #last = new Map<number, Gpu>();
  readonly #now: () => number;
  #following: FollowedGpus | undefined;
  #heardMs = 0;
  #joules = 0;
  #reason: string | undefined = 'nvidia-smi has not answered yet';

  private constructor(now: () => number) {
    this.#now = now;
  }

  /** Starts `nvidia-smi`; `close` ends it. @param now milliseconds of a clock that only goes forward */
  static open(now: () => number = () => performance.now()): GpuEnergyMeter {
    const meter = new GpuEnergyMeter(now);
    meter.#following = followGpus('power.draw', everyMs, {
      onReading: (reading) => meter.#take(reading),
      onEnd: (reason) => meter.#end(reason),
    });
    return meter;
  }

  read(): EnergyReading {
    if (this.#reason !== undefined) return { reason: this.#reason };
    // A long step keeps readings waiting: until they are heard the last power goes on.
    const sinceMs = Math.min(this.#now() - this.#heardMs, longestGapMs);
    const watts = [...this.#last.values()].reduce((sum, gpu) => sum + gpu.watts, 0);
    return { joules: this.#joules + (watts * sinceMs) / 1000 };
  }

  close(): void {
    this.#following?.close();
  }

  #take({ gpu, atMs, value }: GpuReading): void {
    if (value > mostWatts) return this.#end(`nvidia-smi tells of ${value} W, which no graphics processor draws`);
    const last = this.#last.get(gpu);
    if (last) {
      const gapMs = atMs - last.atMs;
      if (gapMs < 0 || gapMs > longestGapMs)
        return this.#end(`nvidia-smi's readings are ${gapMs / 1000} s apart: what was used between them is not known`);
      this.#joules += (last.watts * gapMs) / 1000;
    }
    this.#last.set(gpu, { atMs, watts: value });
    this.#heardMs = this.#now();
    this.#reason = undefined;
  }

  /** From here on a part would be missing. */
  #end(reason: string): void {
    this.#reason = reason;
    this.#following?.close();
  }
}
