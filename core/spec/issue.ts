/** What is wrong with a document, with its place in the text. */
import type { DocumentPath } from '../nn/network.ts';

export type Severity = 'error' | 'warning';

/** Every kind of issue by its code, with what it means: the reference in docs/model-document.md is made from this. */
export const issueCodes = {
  documentTooLarge: 'The text is longer than a model document can be.',
  nestingTooDeep: 'Objects and lists are nested deeper than any field of the document goes.',
  syntax: 'The text is not JSON with comments.',
  duplicateKey: 'A key appears twice in one object; only one of the two could count.',
  forbiddenKey: 'A key that JavaScript gives a meaning of its own, such as __proto__.',
  unsupportedVersion: 'The document was written for a version of Lathe that this one does not know.',
  unknownField: 'A field that does not exist at this place.',
  missingField: 'A field that must be given is not.',
  wrongType: 'A value of the wrong kind: a text instead of a number, one number instead of a list.',
  outOfRange: 'A number, or the length of a text or list, outside its limits.',
  invalidValue: 'A value that is not among those allowed.',
  conflictingFields: 'Fields that exclude each other, or of which exactly one must be given.',
  unknownData: 'No such built-in data set, or no such kind of data source.',
  unsuitableData:
    'The data does not suit the document: a batch larger than the training split, a missing class target.',
  unknownTask: 'No such model family.',
  network: 'A network is wired wrongly, or one of its layers is configured wrongly.',
  layer: 'A layer does not fit its input.',
  layerTooLarge: 'A layer has more parameters, or a larger output, than any machine this is for can hold.',
  missingNetwork: 'The task needs a network that the document does not have.',
  task: 'A network does not do what the task needs of it: wrong inputs, wrong output shape.',
  unknownNetwork: 'Settings are given for a network that the document does not have.',
  unusedNetwork: 'The task does not use this network.',
  unusedLayer: "Nothing uses this layer's output.",
  unusedBlock: 'No layer uses this block.',
  unknownPath: 'An override names a field that does not exist.',
  tooManyIssues: 'More issues were found than are listed.',
} as const satisfies Record<string, string>;
export type IssueCode = keyof typeof issueCodes;

/** A fault without its place in the text yet. */
export interface Finding {
  readonly severity?: Severity;
  readonly code: IssueCode;
  readonly message: string;
  readonly path: DocumentPath;
  /** Whether the key of the field is pointed at rather than its value. */
  readonly atKey?: boolean;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
}

/** A stretch of text; lines and columns count from 1, columns in UTF-16 units as editors count them. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Issue extends TextRange {
  readonly severity: Severity;
  readonly code: IssueCode;
  /** What is wrong, in words that stand alone: where, what was expected, what was found. */
  readonly message: string;
  readonly path: DocumentPath;
  readonly expected?: string;
  readonly found?: string;
  /** What to do about it, where that is plain. */
  readonly hint?: string;
}

/** `training.optimizer.learningRate`, `networks.encoder.layers[2].units`; `document` for the root. */
export function formatPath(path: DocumentPath): string {
  const parts = path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`));
  return parts.length > 0 ? parts.join('') : 'document';
}

/** `file.jsonc:12:5: error: … (did you mean …)`, the form that editors and terminals turn into a link. */
export function formatIssue(issue: Issue, file: string): string {
  const hint = issue.hint ? ` (${issue.hint})` : '';
  return `${file}:${issue.line}:${issue.column}: ${issue.severity}: ${issue.message}${hint}`;
}
