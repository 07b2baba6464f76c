/** The compiled graph of the open document: asked of the worker when the document's meaning changes, kept by that meaning. */
import { useEffect, useState } from 'react';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { canonicalDocument } from '../../../core/spec/document-hash.ts';
import { isRecord } from '../../../core/spec/schema-walk.ts';
import { readSource } from '../../../core/spec/source-text.ts';
import { knownData, useWorkspace } from '../../state/workspace.ts';
import type { CompiledGraph } from './compiled-graph.ts';
import type { CompileReply, CompileRequest, CompileWish } from './compiled-worker.ts';

export interface CompiledState {
  /** Of the present document, or of the last one that could be compiled. */
  readonly graph: CompiledGraph | undefined;
  /** Why `graph` is not of the present text. */
  readonly note: string | undefined;
  readonly isBusy: boolean;
}

/** Edits are compiled after this long without another. */
const settleMs = 150;
/** Graphs kept, so that undo and redo show at once. */
const mostKept = 8;

let worker: Worker | undefined;
let nextId = 1;
const waiting = new Map<number, (reply: CompileReply) => void>();
const kept = new Map<string, CompiledGraph>();

/** Asks the worker, which compiles a text once for all that is asked of it in a row. */
export function askCompiler(
  request: Omit<CompileRequest, 'id' | keyof CompileWish> & CompileWish,
): Promise<CompileReply> {
  if (!worker) {
    worker = new Worker(new URL('./compiled-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data: reply }: MessageEvent<CompileReply>) => {
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
    });
    worker.addEventListener('error', (event) => failAll(event.message || 'the compiler could not be started'));
  }
  const id = nextId++;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    worker!.postMessage({ id, ...request } satisfies CompileRequest);
  });
}

/** A worker that broke is replaced by the next question. */
function failAll(message: string): void {
  worker?.terminate();
  worker = undefined;
  for (const [id, resolve] of waiting) resolve({ id, want: 'fault', message });
  waiting.clear();
}

/** Two texts of one meaning are compiled once: comments and the canvas do not count. */
function meaningOf(text: string, data: DataInfo | undefined): string {
  const { value } = readSource(text);
  return `${isRecord(value) ? canonicalDocument(value) : text} ${JSON.stringify(data ?? null)}`;
}

/** The graph of the open document, while a component looks at it. */
export function useCompiled(): CompiledState {
  const { text, check, isChecked, file } = useWorkspace();
  const fileId = file?.id;
  const [state, setState] = useState<CompiledState>({ graph: undefined, note: undefined, isBusy: true });
  useEffect(() => setState({ graph: undefined, note: undefined, isBusy: true }), [fileId]);
  useEffect(() => {
    if (!isChecked || fileId === undefined) return undefined;
    const errors = check.issues.filter((issue) => issue.severity === 'error').length;
    if (errors > 0)
      return void setState(({ graph }) => ({
        graph,
        note: `The document has ${errors === 1 ? 'an error' : `${errors} errors`}; see the problems below.`,
        isBusy: false,
      }));
    const data = knownData(text);
    const meaning = meaningOf(text, data);
    const ready = kept.get(meaning);
    if (ready) return void setState({ graph: ready, note: undefined, isBusy: false });
    let isCurrent = true;
    setState(({ graph }) => ({ graph, note: undefined, isBusy: true }));
    const timer = setTimeout(async () => {
      const reply = await askCompiler({ text, data, want: 'graph' });
      if (reply.want === 'graph') keep(meaning, reply.graph);
      if (!isCurrent) return;
      if (reply.want === 'graph') setState({ graph: reply.graph, note: undefined, isBusy: false });
      else if (reply.want === 'fault')
        setState(({ graph }) => ({ graph, note: `It could not be compiled: ${reply.message}.`, isBusy: false }));
    }, settleMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text, check, isChecked, fileId]);
  return state;
}

function keep(meaning: string, graph: CompiledGraph): void {
  kept.set(meaning, graph);
  for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
}

/** The training step as text for people. @throws Error with the reason when it cannot be compiled */
export async function printedGraph(): Promise<string> {
  const { text } = useWorkspace.getState();
  const reply = await askCompiler({ text, data: knownData(text), want: 'print' });
  if (reply.want !== 'print') throw new Error(reply.want === 'fault' ? reply.message : 'it could not be written');
  return reply.text;
}

/** The training step as the bytes of an ONNX file; the weights are its inputs. @throws Error with the reason */
export async function onnxFile(): Promise<Uint8Array<ArrayBuffer>> {
  const { text } = useWorkspace.getState();
  const reply = await askCompiler({ text, data: knownData(text), want: 'onnx' });
  if (reply.want !== 'onnx') throw new Error(reply.want === 'fault' ? reply.message : 'it could not be written');
  return reply.bytes;
}
