/** Reads and writes the fields of a form's things in the workspace: one layer, several at once, or the document. */
import { useMemo } from 'react';
import type { DocumentPath } from '../../../core/nn/network.ts';
import { removeField, setField } from '../../../core/spec/edit.ts';
import type { Issue } from '../../../core/spec/issue.ts';
import { onOutline } from '../../../core/spec/model-edits.ts';
import { readSource } from '../../../core/spec/source-text.ts';
import { applyEdit, useWorkspace } from '../../state/workspace.ts';
import { pathKey, sharedValue, type Shared } from './inspector-fields.ts';
import { valueAt } from './text-schema.ts';

export interface FormPort {
  /** The value of a field below the form's things, as it is written; undefined where it is left out. */
  read(path: DocumentPath): Shared;
  /** Writes a field of each of them; `undefined` leaves it out. One entry of the history. */
  write(path: DocumentPath, value: unknown, name: string): void;
  /** Sets a `type` and drops the fields that the other type does not know. */
  retype(path: DocumentPath, word: string, known: readonly string[], name: string): void;
  /** What is wrong with a field, or with something in it when `isWhole`. */
  faultAt(path: DocumentPath, isWhole: boolean): string | undefined;
}

/** The document as plain data; what could be read of it while the text has faults. */
export function useDocumentValue(): unknown {
  const text = useWorkspace((state) => state.text);
  return useMemo(() => readSource(text).value, [text]);
}

/** A port to the things at `roots`. */
export function useFormPort(roots: readonly DocumentPath[]): FormPort {
  const document = useDocumentValue();
  const issues = useWorkspace((state) => state.check.issues);
  const key = roots.map(pathKey).join(' ');
  return useMemo(() => portOf(document, issues, roots), [document, issues, key]);
}

function portOf(document: unknown, issues: readonly Issue[], roots: readonly DocumentPath[]): FormPort {
  const edit = (name: string, path: DocumentPath, change: (text: string, root: DocumentPath) => string): void => {
    const joins = `field ${roots.map(pathKey).join(' ')} ${pathKey(path)}`;
    applyEdit(name, (text) => onOutline(text, () => ({ text: roots.reduce(change, text) })), joins);
  };
  return {
    read: (path) => sharedValue(roots.map((root) => valueAt(document, [...root, ...path]))),
    write: (path, value, name) =>
      edit(value === undefined ? `Reset ${name}` : `Change ${name}`, path, (text, root) =>
        value === undefined ? removeField(text, [...root, ...path]) : setField(text, [...root, ...path], value),
      ),
    retype: (path, word, known, name) =>
      edit(`Change ${name}`, path, (text, root) => retyped(text, [...root, ...path], word, known)),
    faultAt: (path, isWhole) => {
      const places = roots.map((root) => pathKey([...root, ...path]));
      const found = issues.find((issue) => {
        const place = pathKey(issue.path);
        return places.some((each) => place === each || (isWhole && place.startsWith(`${each}/`)));
      });
      return found && (found.hint ? `${found.message} (${found.hint})` : found.message);
    },
  };
}

function retyped(text: string, path: DocumentPath, word: string, known: readonly string[]): string {
  const old = valueAt(readSource(text).value, path);
  const dropped = Object.keys(typeof old === 'object' && old !== null ? old : {}).filter(
    (key) => key !== 'type' && !known.includes(key),
  );
  return dropped.reduce(
    (current, key) => removeField(current, [...path, key]),
    setField(text, [...path, 'type'], word),
  );
}
