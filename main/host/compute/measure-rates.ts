/** Measures how fast this machine computes, and whether it had the processor to itself meanwhile. */
import { availableParallelism } from 'node:os';
import type { Graph, Value } from '../../../core/graph/graph.ts';
import type { Measurement } from '../../../core/protocol/machine-rates.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { sizeOf, tensor, zeros, type Shape } from '../../../core/tensor/tensor.ts';
import type { ComputeSession, NamedTensors } from './compute-session.ts';
import { createSession } from './create-session.ts';
import { probeGraphs, probeNames, ratesOf, type ProbeName } from './rate-probes.ts';

/** Every probe has a turn in each round, so that what disturbs for a moment does not fall on one of them alone. */
const rounds = 5;
const turnMs = 25;
const fewestRuns = 3;
/** With less of the threads' time than this in the probe that keeps all of them at work, something else had their cores. */
const leastShare = 0.8;
/** The usual run may take so many times as long as an undisturbed one. */
const mostSpread = 1.3;

/** Takes about 2 s of `threads` cores on the CPU, in this process. @throws EngineError */
export async function measureRates(threads: number): Promise<Measurement> {
  const probes: Probe[] = [];
  for (const name of probeNames) probes.push(await Probe.load(name, threads));
  for (let round = 0; round < rounds; round++) for (const probe of probes) await probe.turn();
  for (const probe of probes) await probe.release();
  const cores = Math.min(threads, availableParallelism());
  const isAlone = probes.every(({ name, coresTaken }) => name !== 'wide' || coresTaken >= leastShare * cores);
  const isEven = median(probes.map((probe) => probe.seconds(0.5) / probe.seconds(0.25))) <= mostSpread;
  const seconds = Object.fromEntries(probes.map((probe) => [probe.name, probe.seconds(0.25)]));
  return { rates: ratesOf(seconds as Record<ProbeName, number>), isSteady: isAlone && isEven };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** A probe's graph, loaded and fed, with how long its runs have taken. */
class Probe {
  readonly name: ProbeName;
  readonly #session: ComputeSession;
  readonly #feeds: NamedTensors;
  readonly #fetches: NamedTensors;
  readonly #times: number[] = [];
  /** Milliseconds of all turns, and of processor time that this process took in them. */
  #turnsMs = 0;
  #processorMs = 0;

  private constructor(name: ProbeName, session: ComputeSession, { inputs, outputs }: Graph) {
    this.name = name;
    this.#session = session;
    this.#feeds = Object.fromEntries(inputs.map((input) => [input.name, randomTensor(input)]));
    this.#fetches = Object.fromEntries(
      outputs.map(({ name: output, value }) => [output, zeros('float32', shapeOf(value))]),
    );
  }

  static async load(name: ProbeName, threads: number): Promise<Probe> {
    const graph = probeGraphs[name];
    // Threads that spin for the next run would take the cores of the next probe.
    const options = { program: `the probe '${name}'`, threads, device: 'cpu', spinning: 'within-runs' } as const;
    return new Probe(name, await createSession(graph, options), graph);
  }

  /** The first run, which finds cold caches and sleeping threads, does not count. */
  async turn(): Promise<void> {
    await this.#session.run(this.#feeds, this.#fetches);
    const [startMs, before] = [performance.now(), process.cpuUsage()];
    let ms = 0;
    for (let run = 0; run < fewestRuns || ms < turnMs; run++) {
      await this.#session.run(this.#feeds, this.#fetches);
      const endMs = performance.now() - startMs;
      this.#times.push(endMs - ms);
      ms = endMs;
    }
    const { user, system } = process.cpuUsage(before);
    this.#turnsMs += ms;
    this.#processorMs += (user + system) / 1000;
  }

  /** How many cores this process had in its turns. */
  get coresTaken(): number {
    return this.#processorMs / this.#turnsMs;
  }

  /** Seconds of a run: a low quantile is that of undisturbed ones, for other work only ever makes runs longer. */
  seconds(quantile: number): number {
    return this.#times.toSorted((a, b) => a - b)[Math.floor(quantile * this.#times.length)] / 1000;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

const shapeOf = (value: Value): Shape => value.type.shape as Shape;

/** Ordinary numbers: zeros and very small ones can be faster or slower. */
function randomTensor(input: Value) {
  const values = new Float32Array(sizeOf(shapeOf(input)));
  new RandomStream(1, input.name, 0).fillNormal(values);
  return tensor('float32', shapeOf(input), values);
}
