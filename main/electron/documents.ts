/** Model documents named on a command line, as the system names them when their icon is opened. */
import { resolve } from 'node:path';

const documentEnding = /\.lathe\.jsonc$/i;

/** Absolute paths of the documents among a process's arguments, relative ones taken from `folder`. */
export function documentsIn(args: readonly string[], folder: string): readonly string[] {
  return args
    .filter((argument) => !argument.startsWith('-') && documentEnding.test(argument))
    .map((path) => resolve(folder, path));
}
