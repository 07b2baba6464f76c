/** Reads documents, changes fields as the command line says, and tells what is wrong with them. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { checkDocument } from '../../core/spec/check.ts';
import { removeField } from '../../core/spec/edit.ts';
import { formatIssue, formatPath, type Issue } from '../../core/spec/issue.ts';
import { applyOverrides } from '../../core/spec/overrides.ts';
import { readSource } from '../../core/spec/source-text.ts';
import type { Arguments } from './arguments.ts';
import { UsageError, type OptionSpecs } from './options.ts';
import type { Output } from './output.ts';

/** A document as its author wrote it and as the command line changed it. */
export interface EditedDocument {
  /** Name to show in front of issues. */
  readonly label: string;
  readonly written: string;
  readonly text: string;
  /** Folder that relative data paths are taken from. */
  readonly baseDir: string;
}

/** Options that change fields of a document. */
export const editOptions = {
  set: {
    value: 'PATH=VALUE',
    multiple: true,
    help: 'Override a field, for example task.beta=4; may be given several times',
  },
  steps: { value: 'N', help: 'Train for N steps (training.steps, in place of epochs)' },
  seed: { value: 'N', help: 'Seed of all randomness (training.seed)' },
} as const satisfies OptionSpecs;

/** Reads a file. @throws UsageError naming it */
export async function readDocument(file: string, args: Arguments): Promise<EditedDocument> {
  const written = await readText(file);
  return { label: file, written, text: editText(written, args), baseDir: dirname(resolve(file)) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const words: Readonly<Record<string, string>> = {
      ENOENT: 'does not exist',
      ENOTDIR: 'lies in something that is no folder',
      EISDIR: 'is a folder',
      EACCES: 'may not be read by this user',
    };
    throw new UsageError(`${file} ${words[code ?? ''] ?? `cannot be read (${code})`}`);
  }
}

/** A document's text with `--set`, `--steps` and `--seed` applied. @throws UsageError for paths that do not exist */
export function editText(written: string, args: Arguments): string {
  const steps = args.integer('steps', 1);
  const seed = args.integer('seed', 0);
  const overrides = [
    ...args.list('set'),
    ...(steps === undefined ? [] : [`training.steps=${steps}`]),
    ...(seed === undefined ? [] : [`training.seed=${seed}`]),
  ];
  // A text with syntax errors cannot be edited; checking it tells them all.
  if (overrides.length === 0 || readSource(written).issues.length > 0) return written;
  const { text, issues } = applyOverrides(
    steps === undefined ? written : removeField(written, ['training', 'epochs']),
    overrides,
  );
  if (issues.length > 0)
    throw new UsageError(issues.map(({ message, hint }) => (hint ? `${message} (${hint})` : message)).join('; '));
  return text;
}

/**
 * Tells every issue. An issue that came by an override has no place in the file and is told as one of the command line.
 * @returns whether there are errors.
 */
export function tellIssues(output: Output, document: EditedDocument, issues: readonly Issue[]): boolean {
  const ownIssues = document.text === document.written ? issues : checkDocument(document.written).issues;
  const own = new Map(ownIssues.map((issue) => [keyOf(issue), issue]));
  for (const found of issues) {
    const issue = own.get(keyOf(found));
    output.event('issue', { ...(issue ?? withoutPlace(found)), file: document.label, path: formatPath(found.path) });
    output.say(issue ? `${formatIssue(issue, document.label)}` : overrideIssue(document.label, found));
  }
  return issues.some((issue) => issue.severity === 'error');
}

const keyOf = ({ code, path, message }: Issue): string => JSON.stringify([code, path, message]);

function withoutPlace({
  line: _line,
  column: _column,
  endLine: _endLine,
  endColumn: _endColumn,
  ...rest
}: Issue): Omit<Issue, 'line' | 'column' | 'endLine' | 'endColumn'> {
  return rest;
}

function overrideIssue(label: string, { severity, message, hint }: Issue): string {
  return `${label}: ${severity}, with the fields set by options: ${message}${hint ? ` (${hint})` : ''}`;
}

/** `2 errors and 1 warning`. */
export function countIssues(issues: readonly Issue[]): string {
  const count = (severity: Issue['severity']): number => issues.filter((issue) => issue.severity === severity).length;
  const words = (
    [
      [count('error'), 'error'],
      [count('warning'), 'warning'],
    ] as const
  ).filter(([number]) => number > 0);
  return words.map(([number, word]) => `${number} ${word}${number === 1 ? '' : 's'}`).join(' and ') || 'no mistakes';
}
