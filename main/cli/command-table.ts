/** The commands by name; each is loaded only when it is called. */
import type { Command } from './command.ts';

type Load = () => Promise<{ readonly command: Command }>;

export const commandTable: Readonly<Record<string, Load>> = {
  new: () => import('./commands/new.ts'),
  check: () => import('./commands/check.ts'),
  train: () => import('./commands/train.ts'),
  resume: () => import('./commands/resume.ts'),
  fork: () => import('./commands/fork.ts'),
  runs: () => import('./commands/runs.ts'),
  show: () => import('./commands/show.ts'),
  sample: () => import('./commands/sample.ts'),
  evaluate: () => import('./commands/evaluate.ts'),
  compare: () => import('./commands/compare.ts'),
  export: () => import('./commands/export.ts'),
  replay: () => import('./commands/replay.ts'),
  delete: () => import('./commands/delete.ts'),
  data: () => import('./commands/data.ts'),
  devices: () => import('./commands/devices.ts'),
  demo: () => import('./commands/demo.ts'),
};

/** Every command, in the order of help. */
export async function allCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(commandTable).map(async (load) => (await load()).command));
}
