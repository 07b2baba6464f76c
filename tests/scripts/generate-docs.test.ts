import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { layerTable } from '../../core/nn/layer-table.ts';
import { taskTable } from '../../core/tasks/task-table.ts';
import { staleFiles } from '../../scripts/generate-docs.ts';

const root = resolve(import.meta.dirname, '../..');

it('the generated files are what the schemas say; `npm run docs` renews them', () => {
  expect(staleFiles(root)).toEqual([]);
});

it('a changed or missing file is found', () => {
  const copy = mkdtempSync(join(tmpdir(), 'lathe-docs-'));
  cpSync(join(root, 'docs'), join(copy, 'docs'), { recursive: true });
  writeFileSync(join(copy, 'docs/model-document.md'), 'old\n');
  expect(staleFiles(copy)).toEqual(['docs/model-document.md', 'resources/model-document.schema.json']);
  rmSync(copy, { recursive: true });
});

it('every layer and every task has its section', () => {
  const text = readFileSync(join(root, 'docs/model-document.md'), 'utf8');
  const missing = [...layerTable.keys()].filter((type) => !text.includes(`\n#### \`${type}\`\n`));
  expect([...missing, ...Object.keys(taskTable).filter((type) => !text.includes(`\n### \`${type}\`\n`))]).toEqual([]);
});
