/** Turns a document into params: one row a field, by its dotted path, so that runs can be compared field by field. */

import type { JsonValue, Param } from '../../../core/protocol/records.ts';

/**
 * Every leaf of a document: `training.optimizer.learningRate`, `networks.encoder.layers.0.units`. An empty list or
 * object
 * is the text `[]` or `{}`.
 */
export function flattenParams(document: JsonValue): Param[] {
  const params: Param[] = [];
  collect('', document, params);
  return params;
}

function collect(path: string, value: JsonValue, params: Param[]): void {
  if (typeof value !== 'object' || value === null) {
    params.push({ key: path, value });
    return;
  }
  const fields = Object.entries(value);
  if (fields.length === 0) params.push({ key: path, value: Array.isArray(value) ? '[]' : '{}' });
  for (const [name, field] of fields) collect(path === '' ? name : `${path}.${name}`, field as JsonValue, params);
}
