/** Fits a training step into the memory there is: what it will take, and what is made again so that it takes less. */
import type { LoweredGraph } from '../../../core/ops/targets/session-operators.ts';
import { staticShape } from '../../../core/graph/graph.ts';
import { originOfNodeName, typesByName } from '../../../core/onnx/encode.ts';
import { StepFile } from '../../../core/onnx/step-file.ts';
import { memoryUse, runOrder } from '../../../core/ops/memory.ts';
import { recompute, type Recomputed } from '../../../core/ops/recompute.ts';
import { bytesPerElement, sizeOf } from '../../../core/tensor/tensor.ts';
import { OrtSession, type OrtSessionOptions } from '../onnxruntime/session.ts';
import { EngineError, type FittedMemory, type MemoryAllowance } from './compute-session.ts';
import { optimisedModel, SessionCache } from './session-cache.ts';

/**
 * What a step takes for each byte of values in use at once: ONNX Runtime's arena hands out pieces of up to twice the size
 * asked for. Measured on the U-Net and the GPT of the benchmark with batches of 8 to 64: 1.15 to 1.25.
 */
const arenaFactor = 1.2;
/** What a session takes besides: kernels, their scratch memory and threads. */
const sessionBytes = 16 * 2 ** 20;

const processBytes = ({ besidesBytes }: MemoryAllowance): number =>
  process.memoryUsage.rss() + besidesBytes + sessionBytes;

/** Whether a graph could need more than it may have: it does not when all its values fit at once. */
export function mayBeShort(graph: LoweredGraph, memory: MemoryAllowance): boolean {
  const values = graph.nodes.filter(({ op }) => op !== 'Reshape').flatMap((node) => node.outputs);
  const bytes = values.reduce((sum, { type: { dtype, shape } }) => {
    const sizes = staticShape(shape);
    return sum + (sizes ? bytesPerElement[dtype] * sizeOf(sizes) : 0);
  }, 0);
  return processBytes(memory) + arenaFactor * bytes > memory.limitBytes;
}

/**
 * A session of the model that stays within the limit, if it can: on the way ONNX Runtime optimises the model as it always
 * does, so that the same operators run on the same values and give the same bits.
 * @param graph what was encoded as the model
 * @throws EngineError when a limit that a person set is out of reach
 */
export async function fittedSession(
  model: Uint8Array,
  graph: LoweredGraph,
  options: OrtSessionOptions,
  memory: MemoryAllowance,
): Promise<OrtSession> {
  const { cache } = options;
  const optimised = await (cache === undefined
    ? optimisedModel(model, options)
    : new SessionCache(cache).optimised(model, options));
  const file = new StepFile(optimised, typesByName(graph));
  const before = processBytes(memory);
  const usual = memoryUse(file.step, runOrder(file.step, Int32Array.from(file.step.nodes.keys())));
  const usualBytes = before + arenaFactor * usual.peakBytes;
  if (usualBytes <= memory.limitBytes) return OrtSession.create(optimised, { ...options, optimisation: 'disabled' });
  const found = recompute(file.shapeless, (memory.limitBytes - before) / arenaFactor);
  const fitted = describe(file, found, before, { usualBytes, limitBytes: memory.limitBytes });
  if (fitted.bytes > fitted.limitBytes && memory.isAsked) throw outOfReach(options.program, fitted);
  memory.onFitted(fitted);
  return OrtSession.create(file.written(found.nodes), { ...options, optimisation: 'disabled' });
}

function describe(
  file: StepFile,
  found: Recomputed,
  before: number,
  told: Pick<FittedMemory, 'limitBytes' | 'usualBytes'>,
): FittedMemory {
  const work = file.step.nodes.reduce((sum, { cost }) => sum + cost, 0);
  return {
    ...told,
    bytes: before + arenaFactor * found.peakBytes,
    values: found.again.length,
    parts: new Set(found.again.map((node) => originOfNodeName(file.nameOf(node)))).size,
    moreWork: found.cost / work,
  };
}

function outOfReach(program: string, { limitBytes, bytes, usualBytes, values }: FittedMemory): EngineError {
  const least = values > 0 ? `${mebibytes(bytes)} with all recomputed that helps` : mebibytes(bytes);
  return new EngineError(
    program,
    '',
    `it needs about ${mebibytes(usualBytes)} of memory, at least about ${least}, and may take ${mebibytes(limitBytes)}: choose a smaller data.batchSize or a smaller model, or allow more`,
  );
}

/** `640 MiB`, `1.2 GiB`. */
export function mebibytes(bytes: number): string {
  const size = bytes / 2 ** 20;
  return size < 1000 ? `${Math.round(size)} MiB` : `${(size / 1024).toPrecision(2)} GiB`;
}
