/** What can be done with a run, each telling in words when it could not be done. */
import type { Artifact, Run } from '../../../core/protocol/records.ts';
import type { CellChoice } from '../../components/insights/insight-over-time.tsx';
import { withCpuHelp } from '../../state/cpu-help.ts';
import { navigate } from '../../state/navigation.ts';
import type { HostPort } from '../../state/host-port.ts';
import { announce, showFault, showToast } from '../../state/toasts.ts';
import { select, useWorkspace } from '../../state/workspace.ts';
import { openTemplate } from '../../state/workspace-files.ts';

async function tried(what: string, act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (fault) {
    showFault(what, fault);
    return false;
  }
}

export const pauseRun = (host: HostPort, run: string): Promise<boolean> =>
  tried('The run could not be paused', () => host.call('runs.pause', { run }));
export const continueRun = (host: HostPort, run: string): Promise<boolean> =>
  tried('The run could not go on', () => host.call('runs.continue', { run }));
export const stepRun = (host: HostPort, run: string): Promise<boolean> =>
  tried('The step could not be made', () => host.call('runs.step', { run }));
export const stopRun = (host: HostPort, run: string): Promise<boolean> =>
  tried('The run could not be stopped', () => host.call('runs.stop', { run }));
export const resumeRun = (host: HostPort, run: string): Promise<boolean> =>
  tried('The run could not be resumed', () => withCpuHelp((consent) => host.call('runs.resume', { run, ...consent })));

/** Gives a scalar a value from the next step on; null has it follow its schedule again. */
export const turnScalar = (host: HostPort, run: string, scalar: string, value: number | null): Promise<boolean> =>
  tried('The value could not be turned', () => host.call('runs.turn', { run, scalar, value }));

/** @param run none when its start was called off. */
function shown(run: Run | undefined): void {
  if (!run) return;
  navigate('train', { run: run.id });
  announce(`${run.name} ${run.status === 'queued' ? 'waits for a free slot' : 'starts'}`);
}

/** Trains a document and shows the run. */
const startRun = (host: HostPort, text: string, baseDir: string): Promise<boolean> =>
  tried('Training could not start', async () =>
    shown(await withCpuHelp((consent) => host.call('runs.start', { text, baseDir, ...consent }))),
  );

/** Starts a new run of the same document from one of a run's checkpoints. */
export const forkRun = (host: HostPort, run: Run, step: number): Promise<boolean> =>
  tried('The run could not be forked', async () => {
    const { document } = await host.call('runs.get', { run: run.id });
    const fork = { run: run.id, step, text: document, name: `${run.name}, from step ${step}` };
    shown(await withCpuHelp((consent) => host.call('runs.fork', { ...fork, ...consent })));
  });

/** Writes a checkpoint's networks as files. */
export const exportRun = (host: HostPort, run: string, step: number, folder: string): Promise<boolean> =>
  tried('The model could not be exported', async () => {
    await host.call('runs.export', { run, step, folder });
    showToast({ tone: 'ok', text: `Exported to ${folder}` });
  });

/** Selects a layer on the canvas: of the open document when that has it, else of the run's own, which is then opened. */
export const showLayer = (host: HostPort, run: Run, layer: string): Promise<boolean> =>
  tried('The layer could not be shown', async () => {
    const isOpen = useWorkspace
      .getState()
      .outline?.scopes.some((scope) => scope.layers.some((each) => each.key === layer));
    if (!isOpen) openTemplate({ text: (await host.call('runs.get', { run: run.id })).document, baseDir: run.baseDir });
    select([layer]);
    navigate('design');
  });

/** What pressing play means now. */
export type PlayMeaning = 'continue' | 'pause' | 'train' | 'resume' | 'nothing';

/**
 * In Train the run that is shown is paused or goes on; anywhere else, and when it is over, the open document is trained.
 * Without a document a run that can go on does.
 */
export function playMeaning(facts: {
  readonly isInTrain: boolean;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  readonly isResumable: boolean;
  readonly hasDocument: boolean;
}): PlayMeaning {
  if (facts.isInTrain && facts.isRunning) return facts.isPaused ? 'continue' : 'pause';
  if (facts.isInTrain && facts.isResumable) return 'resume';
  if (facts.hasDocument) return 'train';
  if (facts.isRunning) return facts.isPaused ? 'continue' : 'pause';
  return facts.isResumable ? 'resume' : 'nothing';
}

/** Trains the open document, saved or not. */
export function trainOpenDocument(host: HostPort): Promise<boolean> {
  const { file, text } = useWorkspace.getState();
  return file ? startRun(host, text, file.baseDir) : Promise.resolve(false);
}

/** Shows the examples of a confusion's cell, as the checkpoint nearest to the evaluation judges them. */
export function showExamples(run: Run, checkpoints: readonly Artifact[], cell: CellChoice): void {
  const distance = (step: number): number => Math.abs(step - cell.step);
  const steps = checkpoints.flatMap(({ step }) => step ?? []).toSorted((a, b) => distance(a) - distance(b));
  navigate('generate', {
    run: run.id,
    ...(steps.length > 0 && { step: String(steps[0]) }),
    view: 'examples',
    of: cell.split,
    actual: String(cell.actual),
    predicted: String(cell.predicted),
  });
}
