/** Options that several commands take. */
import type { OptionSpecs } from './options.ts';

export const jsonOption = {
  json: { help: 'Write one JSON event a line on stdout' },
} as const satisfies OptionSpecs;

/** Where it is computed. */
export const deviceOptions = {
  device: { value: 'NAME', help: 'Where to compute: one that `lathe devices` lists as working (cpu)' },
  'allow-cpu-fallback': { help: 'Let operators that the device lacks run on the CPU, instead of refusing' },
} as const satisfies OptionSpecs;

/** How much memory it may take. */
export const memoryOption = {
  memory: {
    value: 'SIZE',
    help: 'Most memory training may take, for example 2GiB: what does not fit is recomputed in each step (what is free)',
  },
} as const satisfies OptionSpecs;

/** How a run is recorded. */
export const recordOptions = {
  name: { value: 'NAME', help: "Name of the run (the document's name)" },
  experiment: { value: 'NAME', help: 'Experiment it belongs to' },
  tag: { value: 'TAG', multiple: true, help: 'A tag; may be given several times' },
  notes: { value: 'TEXT', help: 'Notes kept with the run' },
  threads: { value: 'N', help: "Processor threads (training.threads, else the machine's)" },
  ...memoryOption,
  ...deviceOptions,
} as const satisfies OptionSpecs;

/** How samples are drawn. */
export const drawOptions = {
  count: { value: 'N', help: 'How many samples' },
  seed: { value: 'N', help: 'Seed of their noise: the same seed shows the same noise in every model' },
  at: { value: 'STEP', help: 'Use the checkpoint of this step (the latest)' },
  option: { value: 'NAME=VALUE', multiple: true, help: "An option of the model's family, for example guidance=3" },
} as const satisfies OptionSpecs;
