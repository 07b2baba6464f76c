/** Measures one workload: Lathe against each peer that is there, its memory, its samples. */
import type { Spread } from '../statistics.ts';
import { Contender } from './contender.ts';
import { measureAlone, measurePairs, type TurnOptions, type Work } from './pairs.ts';
import { choosePytorch, chooseTensorflow, latheCommand, type Absence, type Peer, type PeerName } from './peers.ts';
import { gemmAnswer, sampleAnswer, stepsAnswer, type Ready } from './protocol.ts';
import type { PeerResult, SamplingResult, WorkloadResult } from './results.ts';
import { workloads, type Sampling, type Workload, type WorkloadName } from './workloads.ts';

export interface MeasureOptions extends TurnOptions {
  readonly threads: number;
  readonly python: string | undefined;
  readonly peers: readonly PeerName[];
  /** Whether to draw samples too. */
  readonly sampling: boolean;
  readonly log: (line: string) => void;
}

export interface Measured {
  readonly result: WorkloadResult;
  /** Floating-point operations a second of a large product, by engine. */
  readonly rates: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

export type Started = Awaited<ReturnType<typeof Contender.start>>;

/** Training steps of a contender, as work that is measured. */
export const steps =
  ({ contender }: Started): Work =>
  async (count) =>
    (await contender.ask({ kind: 'steps', count }, stepsAnswer)).ms;

/** A unit of this work is one request for all samples. */
const requests =
  ({ contender }: Started, { count, options }: Sampling): Work =>
  async (times) => {
    const ms: number[] = [];
    for (let i = 0; i < times; i++) ms.push((await contender.ask({ kind: 'sample', count, options }, sampleAnswer)).ms);
    return ms;
  };

const multiplyRate = async ({ contender }: Started): Promise<number> =>
  (await contender.ask({ kind: 'gemm' }, gemmAnswer)).flopsPerSecond;

/** Measures a workload against each peer in turn; a peer that is not there is listed with the reason. */
export async function measureWorkload(name: WorkloadName, options: MeasureOptions): Promise<Measured> {
  const lathe = await Contender.start(latheCommand(name, options.threads), options.threads);
  try {
    const bouts: Bout[] = [];
    const missing: WorkloadResult['missing'] = [];
    for (const peerName of options.peers) {
      const outcome = await tryToMeet(name, peerName, lathe, options);
      if ('reason' in outcome) missing.push({ name: peerName, reason: outcome.reason });
      else bouts.push(outcome);
    }
    if (bouts.length === 0) bouts.push(await trainAlone(name, lathe, options));
    const sampling = await samplingOf(name, lathe, bouts, options);
    const rate = await multiplyRate(lathe);
    return {
      result: resultOf(name, lathe.ready, bouts, missing, sampling),
      rates: Object.assign({ lathe: rate }, ...bouts.map((bout) => bout.rates)),
      versions: Object.assign({ onnxruntime: lathe.ready.version }, ...bouts.map((bout) => bout.versions)),
    };
  } finally {
    await lathe.contender.end();
  }
}

/** What Lathe showed against one peer, or alone. */
interface Bout {
  readonly own: Spread;
  /** Of Lathe, after training and before any sampling. */
  readonly peakBytes: number | undefined;
  readonly peer?: PeerResult;
  readonly sampling?: SamplingResult;
  readonly rates?: Readonly<Record<string, number>>;
  readonly versions?: Readonly<Record<string, string>>;
}

/** A peer that fails costs its own figures, not those of the others: it is listed with what it said, and the run ends with 1. */
async function tryToMeet(
  workload: WorkloadName,
  name: PeerName,
  lathe: Started,
  options: MeasureOptions,
): Promise<Bout | Absence> {
  try {
    const peer = await findPeer(name, workload, options);
    if (!('reason' in peer)) return await meet(workload, name, peer, lathe, options);
    options.log(`${workload}: without ${name}: ${peer.reason}`);
    return peer;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    options.log(`${workload}: ${name} failed: ${words}`);
    process.exitCode = 1;
    return { reason: `failed: ${words.trim().split('\n').at(-1)}` };
  }
}

async function findPeer(peer: PeerName, workload: WorkloadName, { python, threads }: MeasureOptions) {
  switch (peer) {
    case 'pytorch':
      return choosePytorch(python, workload, threads);
    case 'tensorflow.js':
      return chooseTensorflow(workload);
  }
}

async function meet(
  workload: WorkloadName,
  name: PeerName,
  peer: Peer,
  lathe: Started,
  options: MeasureOptions,
): Promise<Bout> {
  options.log(`${workload}: against ${name}, ${peer.settings}`);
  const opponent = await Contender.start(peer.command, options.threads);
  try {
    const times = await measurePairs(steps(lathe), steps(opponent), options);
    const peakBytes = lathe.contender.peakBytes();
    const opponentBytes = opponent.contender.peakBytes();
    const { settings, tried } = peer;
    const { parameters, version } = opponent.ready;
    const { sampling }: Workload = workloads[workload];
    const canSample = options.sampling && sampling && opponent.ready.samples;
    return {
      own: times.own,
      peakBytes,
      peer: {
        name,
        settings,
        times,
        parameters,
        ...(opponentBytes && { peakBytes: opponentBytes }),
        ...(tried && { tried }),
      },
      ...(canSample && { sampling: await drawAgainst(name, sampling, lathe, opponent, options) }),
      ...(opponent.ready.multiplies && { rates: { [name]: await multiplyRate(opponent) } }),
      versions: { [name]: version },
    };
  } finally {
    await opponent.contender.end();
  }
}

async function drawAgainst(
  name: PeerName,
  sampling: Sampling,
  lathe: Started,
  opponent: Started,
  options: MeasureOptions,
): Promise<SamplingResult> {
  options.log(`${sampling.what}: against ${name}`);
  const times = await measurePairs(requests(lathe, sampling), requests(opponent, sampling), options);
  return { ...samplingWords(sampling), own: times.own, against: { name, times } };
}

const samplingWords = ({ what, unit, count, unitsEach }: Sampling) => ({ what, unit, units: count * unitsEach });

async function trainAlone(workload: WorkloadName, lathe: Started, options: MeasureOptions): Promise<Bout> {
  options.log(`${workload}: alone`);
  const own = await measureAlone(steps(lathe), options);
  return { own, peakBytes: lathe.contender.peakBytes() };
}

/** What was drawn against a peer, or else is drawn alone. */
async function samplingOf(
  workload: WorkloadName,
  lathe: Started,
  bouts: readonly Bout[],
  options: MeasureOptions,
): Promise<SamplingResult | undefined> {
  const { sampling }: Workload = workloads[workload];
  const met = bouts.find((bout) => bout.sampling)?.sampling;
  if (met || !sampling || !options.sampling) return met;
  options.log(`${sampling.what}: alone`);
  return { ...samplingWords(sampling), own: await measureAlone(requests(lathe, sampling), options) };
}

function resultOf(
  name: WorkloadName,
  { parameters, flops = 0, compileMs = 0, firstStepMs = 0 }: Ready,
  bouts: readonly Bout[],
  missing: WorkloadResult['missing'],
  sampling: SamplingResult | undefined,
): WorkloadResult {
  const [{ own, peakBytes }] = bouts;
  return {
    name,
    what: workloads[name].what,
    parameters,
    flops,
    compileMs,
    firstStepMs,
    own,
    ...(peakBytes && { peakBytes }),
    peers: bouts.flatMap(({ peer }) => (peer ? [peer] : [])),
    missing,
    ...(sampling && { sampling }),
  };
}
