/** Every model family, by the name documents call it. A new family is a file beside these and a line here. */
import { autoencoder } from './autoencoder.ts';
import { classifier } from './classifier.ts';
import { diffusion } from './diffusion.ts';
import { flowMatching } from './flow-matching.ts';
import { gan } from './gan.ts';
import { languageModel } from './language-model.ts';
import type { TaskDefinition } from './task.ts';
import { vae } from './vae.ts';

/** Keys are the documents' words for `task.type`. */
export const taskTable: Readonly<Record<string, TaskDefinition>> = {
  classifier,
  autoencoder,
  vae,
  gan,
  diffusion,
  flowMatching,
  languageModel,
};
