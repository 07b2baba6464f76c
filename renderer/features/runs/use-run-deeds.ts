/** What the screens have done with one run; what goes wrong is shown as it comes. */
import { useHost } from '../../client/host-context.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { withCpuHelp } from '../../state/cpu-help.ts';
import { navigate } from '../../state/navigation.ts';
import { closeToast, showFault, showToast } from '../../state/toasts.ts';
import { openTemplate } from '../../state/workspace-files.ts';

/** As many samples, from the same seed, for every run: their scores may then be ranked. */
const evaluation = { count: 1000, seed: 1 };

async function tried(what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (fault) {
    showFault(what, fault);
  }
}

export interface RunDeeds {
  readonly openInDesign: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly score: () => Promise<void>;
  readonly exportTo: (folder: string) => Promise<void>;
  readonly rename: (name: string) => Promise<void>;
}

export function useRunDeeds(run: Run): RunDeeds {
  const host = useHost();
  return {
    openInDesign: () =>
      tried('The document could not be opened', async () => {
        openTemplate({ text: (await host.call('runs.get', { run: run.id })).document, baseDir: run.baseDir });
        navigate('design');
      }),
    resume: () =>
      tried('The run could not be resumed', async () => {
        const resumed = await withCpuHelp((consent) => host.call('runs.resume', { run: run.id, ...consent }));
        if (resumed) navigate('train', { run: run.id });
      }),
    score: async () => {
      const busy = showToast({ tone: 'info', text: `Scoring ${run.name} with ${evaluation.count} samples` });
      await tried(`${run.name} could not be scored`, async () => {
        await host.call('runs.evaluate', { run: run.id, ...evaluation });
        showToast({ tone: 'ok', text: `${run.name} is scored` });
      });
      closeToast(busy);
    },
    exportTo: (folder) =>
      tried('The model could not be exported', async () => {
        await host.call('runs.export', { run: run.id, folder });
        showToast({ tone: 'ok', text: `Exported to ${folder}` });
      }),
    rename: (name) => tried('The run could not be renamed', () => host.call('runs.edit', { run: run.id, name })),
  };
}
