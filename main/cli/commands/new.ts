/** `lathe new`: a document to start from, copied from the bundled examples. */
import { constants } from 'node:fs';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '../../../core/nn/nearest-name.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { UsageError } from '../options.ts';
import { formatTable } from '../format.ts';
import { jsonOption } from '../shared-options.ts';

const folder = fileURLToPath(new URL('../../../resources/examples/', import.meta.url));
const ending = '.lathe.jsonc';

export const command: Command = {
  name: 'new',
  summary: 'Start a model document from an example',
  operands: '[TEMPLATE] [FILE]',
  operandCount: [0, 2],
  options: { ...jsonOption },
  details: [
    'Copies the example to FILE (`TEMPLATE.lathe.jsonc` in this folder), with the table it reads if it reads one. A file that exists is never overwritten. Without a TEMPLATE it lists them.',
  ],
  examples: ['lathe new', 'lathe new vae', 'lathe new gan models/my-gan.lathe.jsonc'],
  run,
};

async function run({ args, output }: CommandContext): Promise<ExitCode> {
  const templates = (await readdir(folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => basename(file, ending));
  const [template, file = `${template}${ending}`] = args.operands;
  if (template === undefined) return list({ output }, templates.toSorted());
  if (!templates.includes(template)) {
    throw new UsageError(
      `there is no template '${template}'`,
      didYouMean(template, templates) ?? `there are ${templates.toSorted().join(', ')}`,
    );
  }
  const source = join(folder, `${template}${ending}`);
  await copy(source, file);
  const { document } = parseDocument(await readFile(source, 'utf8'));
  const table = /^table:([^/\\]+)$/.exec(document?.data.source ?? '')?.[1];
  if (table !== undefined) await copyBeside(table, dirname(resolve(file)));
  output.event('created', { file: resolve(file), template });
  output.say(`wrote ${file}; next: lathe check ${file}, lathe train ${file}`);
  return 0;
}

async function list({ output }: Pick<CommandContext, 'output'>, templates: readonly string[]): Promise<ExitCode> {
  const rows: (readonly string[])[] = [];
  for (const template of templates) {
    const { document } = parseDocument(await readFile(join(folder, `${template}${ending}`), 'utf8'));
    const [name, family, data] = [document?.name ?? '', document?.task.type ?? '', document?.data.source ?? ''];
    output.event('template', { template, name, family, data });
    rows.push([template, name, family, data]);
  }
  if (!output.json) output.result(formatTable(['template', 'name', 'family', 'data'], rows));
  return 0;
}

async function copy(source: string, file: string): Promise<void> {
  try {
    await copyFile(source, file, constants.COPYFILE_EXCL);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new UsageError(`${file} exists already`, 'name another file');
    if (code === 'ENOENT') throw new UsageError(`the folder ${dirname(resolve(file))} does not exist`, 'make it first');
    throw new UsageError(`${file} cannot be written (${code})`);
  }
}

/** The example's table; one of that name that is there already is kept. */
async function copyBeside(table: string, target: string): Promise<void> {
  await copyFile(join(folder, table), join(target, table), constants.COPYFILE_EXCL).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw new UsageError(`${join(target, table)} cannot be written (${error.code})`);
    },
  );
}
