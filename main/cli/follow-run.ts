/** Watches a run from its start to its end: progress, events, Ctrl+C, last words and exit code. */
import type { Run } from '../../core/protocol/records.ts';
import type { RunUpdate } from '../../core/protocol/run-updates.ts';
import type { Host, RunHandle } from '../host/host.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { formatDuration, formatNumber } from './format.ts';
import { Progress, shownFigures } from './progress.ts';

export type OnUpdate = (update: RunUpdate) => void;

/** Starts a run by `start`, follows it to its end, and sums it up. */
export async function followRun(
  context: CommandContext,
  host: Host,
  start: (onUpdate: OnUpdate) => RunHandle | Promise<RunHandle>,
): Promise<ExitCode> {
  const { output } = context;
  const watch = watchUpdates(context);
  const startedMs = performance.now();
  const handle = await start(watch);
  context.interrupts.handle(() => host.interrupt());
  const { id, name, family, seed, threads, device } = host.run(handle.id);
  output.event('started', { run: id, name, family, seed, threads, device, workerPid: handle.workerPid });
  output.say(`run ${id}: ${name} (${family}), seed ${seed}, ${threads} threads, ${device}`);
  await handle.done;
  return sumUp(context, host, id, performance.now() - startedMs);
}

/** Says which run a demo has started. */
export function followDemoRun({ output }: CommandContext, host: Host, { id, workerPid }: RunHandle): void {
  const { name, family, seed, threads, device } = host.run(id);
  output.event('started', { run: id, name, family, seed, threads, device, workerPid });
}

/** Passes updates on to people and, as events, to programs. */
export function watchUpdates({ output }: Pick<CommandContext, 'output'>): OnUpdate {
  const progress = new Progress(output);
  return (update) => {
    progress.update(update);
    for (const { event, fields } of eventsOf(update)) output.event(event, fields);
  };
}

/** The events an update comes to. How a run ended is told once all is recorded. */
function eventsOf(
  update: RunUpdate,
): readonly { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[] {
  const { type, ...fields } = update;
  switch (update.type) {
    case 'checkpoint': {
      const { step, points, artifact, superseded } = update;
      const { path, bytes, sha256 } = artifact;
      const metrics = points.length > 0 ? [{ event: 'metrics', fields: { step, points } }] : [];
      return [...metrics, { event: 'checkpoint', fields: { step, path, bytes, sha256, superseded } }];
    }
    case 'artifact':
      return [{ event: 'artifact', fields: { ...update.artifact } }];
    case 'event':
      return [{ event: 'message', fields }];
    case 'ready':
    case 'metrics':
    case 'progress':
      return [{ event: type, fields }];
    case 'norms':
    case 'insight':
    case 'paused':
    case 'ended':
    case 'failed':
    case 'result':
      return [];
  }
}

/** Says how a run ended and how to go on. */
function sumUp({ output }: CommandContext, host: Host, id: string, wallMs: number): ExitCode {
  const run = host.run(id);
  const checkpoint = host.artifacts(id).findLast((artifact) => artifact.kind === 'checkpoint');
  const ended = {
    run: id,
    status: run.status,
    step: run.currentStep,
    totalSteps: run.totalSteps,
    wallMs: Math.round(wallMs),
  };
  const kept = checkpoint && {
    checkpoint: { step: checkpoint.step, path: host.artifactPath(id, checkpoint), sha256: checkpoint.sha256 },
  };
  output.event('ended', { ...ended, ...kept, ...(run.error && { error: run.error }) });
  const figures = shownFigures(new Map(host.lastMetrics(id).map(({ key, value }) => [key, value])));
  const words = figures.map(([key, value]) => `${key} ${formatNumber(value)}`).join(', ');
  output.say(
    `run ${id} ${run.status} at step ${run.currentStep}/${run.totalSteps} after ${formatDuration(wallMs)}${words ? `: ${words}` : ''}`,
  );
  if (run.error) output.say(`${run.error.message}${run.error.hint ? ` (${run.error.hint})` : ''}`);
  if (checkpoint) output.say(`checkpoint of step ${checkpoint.step}: sha256 ${checkpoint.sha256}`);
  else output.say('no checkpoint was written');
  output.say(howToGoOn(run));
  return exitFor(run);
}

function howToGoOn({ id, status }: Run): string {
  switch (status) {
    case 'finished':
      return `next: lathe show ${id}, lathe sample ${id} --out DIR, lathe evaluate ${id}`;
    case 'diverged':
      return `next: lathe fork ${id} --set training.optimizer.learningRate=… goes on from its last checkpoint; lathe show ${id}`;
    case 'failed':
      return `next: lathe show ${id}`;
    case 'queued':
    case 'running':
    case 'interrupted':
    case 'stopped':
      return `go on with: lathe resume ${id}`;
  }
}

function exitFor({ status }: Run): ExitCode {
  switch (status) {
    case 'finished':
    case 'stopped':
      return 0;
    case 'interrupted':
      return 130;
    case 'queued':
    case 'running':
    case 'diverged':
    case 'failed':
      return 1;
  }
}
