/**
 * Measures what stands between a document of 500 layers and its first step, phase by phase, in milliseconds of
 * processor time (all threads together), which other work on the machine does not stretch; prints, asserts nothing.
 * `node bench/compile.ts [LAYERS] [ROUNDS]`
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../core/graph/graph.ts';
import { inEagerOrder } from '../core/ops/passes/eager-order.ts';
import { encodeModel } from '../core/onnx/encode.ts';
import { optimise } from '../core/ops/optimise.ts';
import { initialState } from '../core/program/initial-state.ts';
import { checkDocument } from '../core/spec/check.ts';
import { buildDocument, compileDocument } from '../core/spec/compile.ts';
import { parseDocument } from '../core/spec/parse.ts';
import { documentData } from '../main/host/runs/load-model.ts';
import { openDataset } from '../main/host/data/open.ts';
import { SessionCache } from '../main/host/compute/session-cache.ts';
import { OrtSession } from '../main/host/onnxruntime/session.ts';
import { largeDocuments } from './large-documents.ts';

type Timings = Map<string, number[]>;

async function timed<T>(timings: Timings, phase: string, work: () => T | Promise<T>): Promise<T> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  timings.set(phase, [...(timings.get(phase) ?? []), (user + system) / 1000]);
  return result;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const options = { program: 'train', threads: 2, device: 'cpu' } as const;

async function sessionAt(model: Uint8Array, optimisation: 'disabled' | 'basic' | 'extended' | 'all'): Promise<void> {
  await (await OrtSession.create(model, { ...options, optimisation })).release();
}

async function cachedSession(model: Uint8Array, cache: SessionCache): Promise<void> {
  await (await cache.session(model, options)).release();
}

async function measure(text: string, dataCache: string, timings: Timings): Promise<{ before: Graph; after: Graph }> {
  const { document, issues } = await timed(timings, 'parse', () => parseDocument(text));
  if (!document) throw new Error(issues[0].message);
  const data = await openDataset({ ...documentData(document, { baseDir: '.', dataCache }), memoryLimit: 0 });
  const { info } = data;
  data.close();
  const checked = await timed(timings, 'check', () => checkDocument(text, info));
  const error = checked.issues.find((issue) => issue.severity === 'error');
  if (error) throw new Error(error.message);
  const built = await timed(timings, 'build and differentiate', () => buildDocument(document, info));
  const after = await timed(timings, 'optimise the training step', () => optimise(built.train.graph));
  await timed(timings, 'compile, whole', () => compileDocument(document, info));
  await timed(timings, 'draw the initial state', () => initialState(built.registry.all, 1));
  const model = await timed(timings, 'order and encode', () => encodeModel(inEagerOrder(after)));
  for (const level of ['disabled', 'basic', 'extended', 'all'] as const)
    await timed(timings, `session, ${level}`, () => sessionAt(model, level));
  const cache = new SessionCache(join(dataCache, `sessions-${randomUUID()}`));
  await timed(timings, 'session, made and kept', () => cachedSession(model, cache));
  await timed(timings, 'session, from the cache', () => cachedSession(model, cache));
  return { before: built.train.graph, after };
}

const [layers = '500', rounds = '5'] = process.argv.slice(2);
const cache = mkdtempSync(join(tmpdir(), 'lathe-compile-'));
try {
  for (const { name, text } of largeDocuments(Number(layers))) {
    const timings: Timings = new Map();
    let graphs: { before: Graph; after: Graph } | undefined;
    for (let round = 0; round < Number(rounds); round++) graphs = await measure(text, cache, timings);
    console.log(
      `${name}, ${layers} layers: ${graphs?.before.nodes.length} nodes, ${graphs?.after.nodes.length} optimised`,
    );
    for (const [phase, values] of timings)
      console.log(
        `  ${phase.padEnd(28)} first ${values[0].toFixed(0).padStart(6)} ms   median ${median(values).toFixed(0).padStart(6)} ms`,
      );
  }
} finally {
  rmSync(cache, { recursive: true, force: true });
}
