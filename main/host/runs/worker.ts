/** The worker process: owns ONNX Runtime, does one job, and ends. Runs as a child process or an Electron utility process. */
import type { JsonValue } from '../../../core/protocol/records.ts';
import { JobControl } from './control.ts';
import { failureOf } from './failure.ts';
import type { HostMessage, Job, WorkerMessage } from './messages.ts';
import { giveWay } from './priority.ts';
import type { Serving } from './serve-job.ts';
import { trainJob } from './train-job.ts';

interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: HostMessage }) => void): void;
  postMessage(message: WorkerMessage): void;
}

giveWay();
const utilityPort = (process as unknown as { parentPort?: ParentPort }).parentPort;
const control = new JobControl();
/** Set while a model is served. */
let serving: Serving | undefined;

/** Settles once all messages so far are handed over. */
let handedOver = Promise.resolve();

function send(message: WorkerMessage): void {
  if (utilityPort) return utilityPort.postMessage(message);
  if (!process.connected) return;
  // An error means that the host is gone; `disconnect` tells of it.
  handedOver = new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

function receive(message: HostMessage): void {
  if (message.type === 'job') void work(message.job);
  else if (message.type === 'request' || message.type === 'cancel') serving?.receive(message);
  else if (serving && message.type === 'stop') serving.stop();
  else control.receive(message);
}

async function work(job: Job): Promise<void> {
  try {
    await run(job);
  } catch (error) {
    send({ type: 'failed', failure: failureOf(error) });
  }
  await handedOver;
  if (utilityPort) endUtilityProcess();
  else if (process.connected) process.disconnect();
}

/** A utility process lives until it is told otherwise; nothing says when its messages are handed over. */
function endUtilityProcess(): void {
  setTimeout(() => process.exit(0), 250);
}

/** Code of the other jobs is loaded only when one is asked for. */
async function run(job: Job): Promise<void> {
  switch (job.kind) {
    case 'train':
      return trainJob(job, control, send);
    case 'sample':
      return send({ type: 'result', value: await (await import('./sample-job.ts')).sampleJob(job, send) });
    case 'evaluate':
      return send({ type: 'result', value: await (await import('./evaluate-job.ts')).evaluateJob(job, send) });
    case 'export':
      return send({ type: 'result', value: await (await import('./export-job.ts')).exportJob(job, send) });
    case 'data':
      return send({ type: 'result', value: await (await import('./data-job.ts')).dataJob(job, send) });
    case 'probe': {
      const { probeProvider } = await import('../compute/probe.ts');
      return send({ type: 'result', value: { ...(await probeProvider(job.provider)) } });
    }
    case 'placement': {
      const { placementJob } = await import('./placement-job.ts');
      const placement = await placementJob(job, (done, total, what) => send({ type: 'progress', what, done, total }));
      return send({ type: 'result', value: placement as unknown as JsonValue });
    }
    case 'rates': {
      const { measureRates } = await import('../compute/measure-rates.ts');
      return send({ type: 'result', value: { ...(await measureRates(job.threads)) } });
    }
    case 'serve': {
      const { Serving: Server } = await import('./serve-job.ts');
      serving = new Server(send);
      return serving.run(job);
    }
  }
}

if (utilityPort) {
  utilityPort.on('message', (event) => receive(event.data));
} else {
  process.on('message', (message) => receive(message as HostMessage));
  // The host is gone: what was not sent is lost anyway, and the last checkpoint is on disk.
  process.on('disconnect', () => process.exit(0));
}
// Ctrl+C in a terminal reaches the whole process group; the host decides what it means.
process.on('SIGINT', () => {});
