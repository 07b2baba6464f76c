/** The folder of an export appears whole or not at all, and nothing of anybody else's is lost. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manifestFormat, manifestName, writeFolder, type FolderWriter } from '../../../main/host/export/folder.ts';
import { exportJob } from '../../../main/host/runs/export-job.ts';
import { sourceOf, workFolder } from './documents.ts';

const fill =
  (text: string) =>
  async (folder: FolderWriter): Promise<void> => {
    await folder.write(`${text}.txt`, 'a text', [text]);
    await folder.write(manifestName, 'the manifest', [JSON.stringify({ format: manifestFormat, files: folder.files })]);
  };
const namesIn = (folder: string): string[] => readdirSync(folder).toSorted();

test('a new folder is made with the folders above it; an empty one is used', async () => {
  const work = workFolder();
  mkdirSync(join(work, 'empty'));
  for (const name of ['a/b/new', 'empty']) {
    await writeFolder(join(work, name), fill('one'));
    expect(namesIn(join(work, name))).toEqual(['manifest.json', 'one.txt']);
  }
});

test('a former export is replaced; files put beside it are kept', async () => {
  const work = workFolder();
  const out = join(work, 'out');
  await writeFolder(out, fill('one'));
  writeFileSync(join(out, 'my-batches.safetensors'), 'mine');
  await writeFolder(out, fill('two'));
  expect(namesIn(out)).toEqual(['manifest.json', 'my-batches.safetensors', 'two.txt']);
  expect(readFileSync(join(out, 'my-batches.safetensors'), 'utf8')).toBe('mine');
  expect(namesIn(work)).toEqual(['node_modules', 'out']);
});

test('an export that fails leaves what was there, and nothing of its own', async () => {
  const work = workFolder();
  const out = join(work, 'out');
  await writeFolder(out, fill('one'));
  const failing = async (folder: FolderWriter): Promise<void> => {
    await folder.write('half.txt', 'half', ['half']);
    throw new Error('no further');
  };
  await expect(writeFolder(out, failing)).rejects.toThrow('no further');
  await expect(writeFolder(join(work, 'other'), failing)).rejects.toThrow('no further');
  expect(namesIn(out)).toEqual(['manifest.json', 'one.txt']);
  expect(namesIn(work)).toEqual(['node_modules', 'out']);
});

test.each([
  [
    'a folder with other files',
    (out: string) => (mkdirSync(out), writeFileSync(join(out, 'thesis.txt'), 'x')),
    /is not empty/,
  ],
  [
    'a folder with another program’s manifest',
    (out: string) => (mkdirSync(out), writeFileSync(join(out, manifestName), '{"format": 1}')),
    /is not empty/,
  ],
  [
    'a folder with a damaged manifest',
    (out: string) => (mkdirSync(out), writeFileSync(join(out, manifestName), 'null')),
    /is not empty/,
  ],
  ['a file', (out: string) => writeFileSync(out, 'x'), /is a file, not a folder/],
])('%s is refused with words and left alone', async (_what, make, words) => {
  const work = workFolder();
  const out = join(work, 'out');
  make(out);
  await expect(writeFolder(out, fill('one'))).rejects.toMatchObject({
    code: 'exportFolder',
    message: expect.stringMatching(words),
  });
  expect(namesIn(work)).toEqual(['node_modules', 'out']);
});

test('the job refuses a full folder too, and an untrained model can be exported', async () => {
  const work = workFolder();
  const source = sourceOf('vae', work);
  await expect(exportJob({ kind: 'export', source, outFolder: work }, () => {})).rejects.toMatchObject({
    code: 'exportFolder',
  });
  const messages: string[] = [];
  const out = join(work, 'out');
  await exportJob({ kind: 'export', source, outFolder: out }, (message) => messages.push(message.type));
  expect(namesIn(out)).toContain('decoder.onnx');
  expect(new Set(messages)).toEqual(new Set(['progress']));
});
