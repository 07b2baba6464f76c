/** How much memory of NVIDIA's graphics processors came into use while something was measured. */
import { spawnSync } from 'node:child_process';
import { followGpus, type FollowedGpus, type GpuReading } from '../../main/host/compute/nvidia-smi.ts';

const everyMs = 200;

/** What is used beyond the first reading, by whatever program: the driver does not tell processes apart in containers. */
export class GpuMemoryWatch {
  readonly #first = new Map<number, number>();
  readonly #now = new Map<number, number>();
  #peak = 0;
  #gpus: FollowedGpus | undefined;

  /** Waits for the first reading, so that what starts next is not in it; knows nothing where there is no nvidia-smi. */
  static start(): Promise<GpuMemoryWatch> {
    const watch = new GpuMemoryWatch();
    return new Promise((resolve) => {
      watch.#gpus = followGpus('memory.used', everyMs, {
        onReading: (reading) => {
          watch.#take(reading);
          resolve(watch);
        },
        onEnd: () => resolve(watch),
      });
    });
  }

  #take({ gpu, value }: GpuReading): void {
    if (!this.#first.has(gpu)) this.#first.set(gpu, value);
    this.#now.set(gpu, value);
    const sum = (values: Iterable<number>): number => [...values].reduce((all, each) => all + each, 0);
    this.#peak = Math.max(this.#peak, sum(this.#now.values()) - sum(this.#first.values()));
  }

  /** Ends watching. @returns bytes; undefined when nothing was told */
  end(): number | undefined {
    this.#gpus?.close();
    return this.#first.size > 0 ? this.#peak * 2 ** 20 : undefined;
  }
}

/** NVIDIA's graphics processors and their driver, by name; none where the tool says none. */
export function gpuNames(): readonly string[] {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
  const { status, stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) return [];
  return stdout.split('\n').flatMap((line) => {
    const found = /^([\w .()/+-]{1,80}), ([\d.]{1,20})$/.exec(line.trim());
    return found ? [`${found[1]}, driver ${found[2]}`] : [];
  });
}
