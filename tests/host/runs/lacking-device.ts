/** A device that does not exist here: its work is done on the CPU, and it says that it lacks an operator. */
import type { Placement } from '../../../core/protocol/placement.ts';
import type { Job } from '../../../main/host/runs/messages.ts';
import { spawnChildWorker, type SpawnWorker } from '../../../main/host/runs/worker-process.ts';

export const lackingPlacement: Placement = {
  program: 'train',
  device: 'webgpu',
  providers: [
    { provider: 'WebGpuExecutionProvider', nodes: 61 },
    { provider: 'CPUExecutionProvider', nodes: 3 },
  ],
  parts: [{ part: 'encoder/mean', provider: 'CPUExecutionProvider', nodes: 2 }],
  onCpu: [
    { op: 'Det', part: 'encoder/mean', nodes: 2 },
    { op: 'Unique', part: '', nodes: 1 },
  ],
  copies: 4,
};

/** Workers whose probes succeed on every device, whose training steps are said to be placed so, and which compute on the CPU. */
export const spawnLacking: SpawnWorker = () => {
  const worker = spawnChildWorker();
  let kind: Job['kind'] | undefined;
  return {
    ...worker,
    send: (message) => {
      if (message.type !== 'job') return worker.send(message);
      kind = message.job.kind;
      return worker.send({ type: 'job', job: onTheCpu(message.job) });
    },
    onMessage: (listener) =>
      worker.onMessage((message) =>
        listener(
          message.type === 'result' && kind === 'placement'
            ? { type: 'result', value: structuredClone(lackingPlacement) as never }
            : message,
        ),
      ),
  };
};

function onTheCpu(job: Job): Job {
  if (job.kind === 'probe') return { ...job, provider: 'cpu' };
  return 'source' in job ? { ...job, source: { ...job.source, device: 'cpu' } } : job;
}
