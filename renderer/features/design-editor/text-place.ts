/** Between the text and what it stands for: which layer, field or name is at a place, and where a layer stands. */
import { findNodeAtLocation, getLocation } from 'jsonc-parser';
import type { DocumentPath } from '../../../core/nn/network.ts';
import {
  findLayer,
  findScope,
  splitKey,
  type DocumentOutline,
  type NodeKey,
  type OutlineScope,
} from '../../../core/spec/model-edits/outline.ts';
import { readSource } from '../../../core/spec/source-text.ts';

/** A stretch of text by offsets. */
export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

export interface Place {
  /** To the value at the place, or to the object or list the place is in. */
  readonly path: DocumentPath;
  /** Whether a field's name stands, or is to stand, at the place. */
  readonly isKey: boolean;
  /** The key or plain value around the place, when there is one. */
  readonly token: Stretch | undefined;
}

export function placeAt(text: string, offset: number): Place {
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset);
  const around =
    previousNode && offset >= previousNode.offset && offset <= previousNode.offset + previousNode.length
      ? previousNode
      : undefined;
  const isPlain = around && around.type !== 'object' && around.type !== 'array';
  return {
    path,
    isKey: isAtPropertyKey,
    token: isPlain ? { offset: around.offset, length: around.length } : undefined,
  };
}

/** Where the value of a path stands. */
export function stretchOf(text: string, path: DocumentPath): Stretch | undefined {
  const { root } = readSource(text);
  const node = root && findNodeAtLocation(root, [...path]);
  return node && { offset: node.offset, length: node.length };
}

/** Where the whole field of a path stands, its name included. */
function fieldStretch(text: string, path: DocumentPath): Stretch | undefined {
  const { root } = readSource(text);
  const node = root && findNodeAtLocation(root, [...path]);
  const field = node?.parent?.type === 'property' ? node.parent : node;
  return field && { offset: field.offset, length: field.length };
}

/** The scope whose text holds a path. */
export function scopeAt(outline: DocumentOutline, path: DocumentPath): OutlineScope | undefined {
  return outline.scopes.find((scope) => path[0] === scope.path[0] && path[1] === scope.path[1]);
}

/** The layer or network input that a place of the text belongs to; undefined outside of them. */
export function nodeAt(text: string, outline: DocumentOutline, offset: number): NodeKey | undefined {
  const { path } = placeAt(text, offset);
  const scope = scopeAt(outline, path);
  if (!scope) return undefined;
  if (path[2] === 'inputs' && typeof path[3] === 'string')
    return scope.inputs.find((input) => input.name === path[3])?.key;
  if (path[2] !== 'layers' || typeof path[3] !== 'number') return undefined;
  const layer = scope.layers[path[3]];
  const stretch = layer && stretchOf(text, layer.path);
  const isInside = stretch && offset >= stretch.offset && offset <= stretch.offset + stretch.length;
  return isInside ? layer.key : undefined;
}

/** The layers that a stretch of the text touches; of an empty stretch the layer or input it is in. */
export function nodesIn(text: string, outline: DocumentOutline, start: number, end: number): readonly NodeKey[] {
  const single = nodeAt(text, outline, start);
  if (start === end || (single !== undefined && single === nodeAt(text, outline, end)))
    return single === undefined ? [] : [single];
  const { root } = readSource(text);
  const layers = outline.scopes.flatMap((scope) => scope.layers);
  return layers.flatMap((layer) => {
    const node = root && findNodeAtLocation(root, [...layer.path]);
    return node && node.offset < end && node.offset + node.length > start ? [layer.key] : [];
  });
}

/** Where a layer, or an input of a network, stands in the text. */
export function stretchOfNode(text: string, outline: DocumentOutline, key: NodeKey): Stretch | undefined {
  const layer = findLayer(outline, key);
  if (layer) return stretchOf(text, layer.path);
  const scope = findScope(outline, splitKey(key).scope);
  const input = scope?.inputs.find((each) => each.key === key);
  return scope && input ? fieldStretch(text, [...scope.path, 'inputs', input.name]) : undefined;
}

/** What a name at a place refers to: the layer or input that "inputs" or "outputs" names, or the block that is used. */
export function definitionAt(
  text: string,
  outline: DocumentOutline,
  offset: number,
): { readonly from: Stretch; readonly to: Stretch } | undefined {
  const { path, isKey, token } = placeAt(text, offset);
  const scope = scopeAt(outline, path);
  if (!scope || isKey || !token) return undefined;
  const word = text.slice(token.offset, token.offset + token.length).replaceAll('"', '');
  const to = isBlockUse(path)
    ? fieldStretch(text, ['blocks', word])
    : isReference(path)
      ? targetOf(text, outline, scope, word)
      : undefined;
  return to && { from: token, to };
}

function targetOf(text: string, outline: DocumentOutline, scope: OutlineScope, name: string): Stretch | undefined {
  const node = scope.layers.find((layer) => layer.id === name) ?? scope.inputs.find((input) => input.name === name);
  return node && stretchOfNode(text, outline, node.key);
}

/** Whether the value at a path names a layer or input. */
export function isReference(path: DocumentPath): boolean {
  if (path[2] === 'layers') return path.length === 6 && path[4] === 'inputs';
  return (
    (path.length === 4 && path[0] === 'networks' && path[2] === 'outputs') ||
    (path.length === 3 && path[0] === 'blocks' && path[2] === 'output')
  );
}

const isBlockUse = (path: DocumentPath): boolean => path[2] === 'layers' && path.length === 5 && path[4] === 'use';
