/** How much memory a run may take: kept with it as an event, handed to its engine, and told when its step had to be fitted. */
import { z } from 'zod';
import type { RunEvent } from '../../../core/protocol/records.ts';
import type { FittedMemory } from '../compute/compute-session.ts';
import { mebibytes } from '../compute/fit-memory.ts';
import { freeMemory } from '../compute/free-memory.ts';
import type { EngineOptions } from './engine.ts';
import { TaskFailure } from './failure.ts';
import type { TrainJob, WorkerMessage } from './messages.ts';

const limitCode = 'memory-limit';
const limitData = z.object({ bytes: z.number().positive() });

/** Of what is free as the run starts, the share it may fill: other programs go on. */
const usableShare = 0.9;

export function memoryLimitEvent(bytes: number) {
  const message = `training may take ${mebibytes(bytes)} of memory`;
  return { level: 'info', code: limitCode, message, data: { bytes } } as const;
}

/** The limit a run was last given, in bytes; undefined when a person never set one. */
export function memoryLimitOf(events: readonly RunEvent[]): number | undefined {
  const { data } = events.findLast(({ code }) => code === limitCode) ?? {};
  return limitData.safeParse(data).data?.bytes;
}

/** @throws TaskFailure `memory` when a limit is set for a device whose memory is not ours to share out */
export function requireLimitable(device: string, memoryBytes: number | undefined): void {
  if (memoryBytes === undefined || device === 'cpu') return;
  throw new TaskFailure(
    'memory',
    `a memory limit holds for training on the CPU, and this run is for ${device}`,
    `leave the limit out, or choose a smaller data.batchSize`,
  );
}

/** What a run's engine may take: the limit that was set, else what is free now. */
export function trainingMemory(
  { memoryBytes }: Pick<TrainJob, 'memoryBytes'>,
  send: (message: WorkerMessage) => void,
): NonNullable<EngineOptions['memory']> {
  return {
    limitBytes: memoryBytes ?? process.memoryUsage.rss() + usableShare * freeMemory(),
    isAsked: memoryBytes !== undefined,
    onFitted: (fitted) => send(fittedEvent(fitted)),
  };
}

function fittedEvent(fitted: FittedMemory): WorkerMessage {
  const { limitBytes, usualBytes, bytes, values, parts, moreWork } = fitted;
  const fits = bytes <= limitBytes;
  const instead = `about ${mebibytes(bytes)} instead of ${mebibytes(usualBytes)}`;
  const recomputes = `recomputes ${values} values of ${parts} ${parts === 1 ? 'layer' : 'layers'} in each step: ${instead}, about ${Math.max(1, Math.round(100 * moreWork))} % more work`;
  const told = values > 0 ? recomputes : `frees memory sooner in each step: ${instead}`;
  const short = `about ${mebibytes(bytes)} of memory will be needed and ${mebibytes(limitBytes)} are free: choose a smaller data.batchSize, or end other programs`;
  return {
    type: 'event',
    level: fits ? 'info' : 'warning',
    code: fits ? 'recomputes' : 'memory-short',
    message: [told, ...(fits ? [] : [short])].join('; '),
    data: { ...fitted },
  };
}
