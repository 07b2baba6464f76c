/** Compiles documents aside, so that the window never waits; keeps the last one for what is asked of it afterwards. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import { printGraph } from '../../../core/graph/print.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import type { Rates } from '../../../core/ops/predicted-time.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { compiledGraph, type CompiledGraph } from './compiled-graph.ts';
import { stepTimes, type StepTimes } from './step-times.ts';

export type CompileRequest = {
  readonly id: number;
  readonly text: string;
  /** Absent for built-in data. */
  readonly data?: DataInfo | undefined;
} & CompileWish;

export type CompileWish =
  | { readonly want: 'graph' | 'print' | 'onnx' }
  /** Predicted times of a step on a machine of these rates. */
  | { readonly want: 'times'; readonly rates: Rates };

export type CompileReply =
  | { readonly id: number; readonly want: 'graph'; readonly graph: CompiledGraph }
  | { readonly id: number; readonly want: 'print'; readonly text: string }
  | { readonly id: number; readonly want: 'onnx'; readonly bytes: Uint8Array<ArrayBuffer> }
  | ({ readonly id: number; readonly want: 'times' } & StepTimes)
  | { readonly id: number; readonly want: 'fault'; readonly message: string };

let last: { readonly text: string; readonly data: string; readonly compiled: CompiledDocument } | undefined;

function compiled(text: string, data: DataInfo | undefined): CompiledDocument {
  const key = JSON.stringify(data ?? null);
  if (last && last.text === text && last.data === key) return last.compiled;
  const { document, issues } = parseDocument(text);
  if (!document)
    throw new Error(issues.find((issue) => issue.severity === 'error')?.message ?? 'the document cannot be read');
  const info = data ?? builtinDataInfo(document.data);
  if (!info) throw new Error('the shape of the data is not known yet');
  last = { text, data: key, compiled: compileDocument(document, info) };
  return last.compiled;
}

function answer(request: CompileRequest): CompileReply {
  const { id, text, data, want } = request;
  const { train, registry } = compiled(text, data);
  switch (want) {
    case 'graph':
      return { id, want, graph: compiledGraph(train, registry) };
    case 'print':
      return { id, want, text: printGraph(train.graph) };
    case 'onnx':
      return { id, want, bytes: new Uint8Array(encodeModel(train.graph)) };
    case 'times':
      return { id, want, ...stepTimes(train, registry, request.rates) };
  }
}

self.addEventListener('message', ({ data: request }: MessageEvent<CompileRequest>) => {
  let reply: CompileReply;
  try {
    reply = answer(request);
  } catch (error) {
    reply = { id: request.id, want: 'fault', message: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(reply);
});
