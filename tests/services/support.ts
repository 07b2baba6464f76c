/** The services over a home of their own, asked as the door asks them: every input goes through its schema. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { hostMethods, type MethodInput, type MethodName, type MethodOutput } from '../../core/protocol/methods.ts';
import { hostStreams, type RunStreamItem } from '../../core/protocol/streams.ts';
import type { Run, RunStatus } from '../../core/protocol/records.ts';
import type { SpawnWorker } from '../../main/host/runs/worker-process.ts';
import { createServices } from '../../main/services/create-services.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lathe-services-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Asked {
  readonly folder: string;
  readonly log: string[];
  readonly services: ReturnType<typeof createServices>;
  readonly ask: <Name extends MethodName>(
    method: Name,
    input: MethodInput<Name>,
    context?: Partial<AskContext>,
  ) => Promise<MethodOutput<Name>>;
  /** Waits until a run has one of these statuses. */
  readonly until: (run: string, ...statuses: readonly RunStatus[]) => Promise<Run>;
  /** Collects what the run says from now on. */
  readonly watch: (run: string) => RunStreamItem[];
  readonly close: () => Promise<void>;
}

interface AskContext {
  readonly signal: AbortSignal;
  readonly progress: (what: string, done: number, total: number | null) => void;
}

/** @param spawnWorker stands in for a machine's devices; the machine's own when absent. */
export function openServices(folder = temporaryFolder(), spawnWorker?: SpawnWorker): Asked {
  const log: string[] = [];
  const services = createServices({
    home: folder,
    log: (line) => log.push(line),
    ...(spawnWorker && { spawnWorker }),
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= services.close());
  afterAll(close);
  const ask: Asked['ask'] = async (method, input, context = {}) => {
    const parsed = hostMethods[method].input.parse(input);
    const handler = services.methods[method] as (input: unknown, context: unknown) => unknown;
    return (await handler(parsed, {
      request: 1,
      signal: new AbortController().signal,
      progress: () => {},
      ...context,
    })) as never;
  };
  const until: Asked['until'] = (run, ...statuses) =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = services.methods['runs.get']({ run }, {} as never) as Run;
        if (!statuses.includes(found.status)) return;
        stop();
        resolve(found);
      };
      const stop = services.streams.runs.subscribe({}, () => setImmediate(look));
      look();
    });
  const watch = (run: string): RunStreamItem[] => {
    const items: RunStreamItem[] = [];
    services.streams.run.subscribe(hostStreams.run.input.parse({ run }), (more) => items.push(...more));
    return items;
  };
  return { folder, log, services, ask, until, watch, close };
}

/** A small document on points in the plane. */
export function pointsDocument(task: object, networks: object, training: object = {}, name = 'Tiny'): string {
  return JSON.stringify({
    lathe: 1,
    name,
    data: { source: 'builtin:points/8gaussians', batchSize: 32 },
    task,
    networks,
    training: {
      steps: 20,
      seed: 3,
      threads: 1,
      sampleCount: 16,
      optimizer: { type: 'adam', learningRate: 0.01 },
      ...training,
    },
  });
}

const dense = (units: number, activation?: string) => ({ type: 'dense', units, ...(activation && { activation }) });

export const vaeDocument = (training: object = {}, name?: string): string =>
  pointsDocument(
    { type: 'vae', likelihood: 'gaussian' },
    {
      encoder: {
        inputs: { x: 'points' },
        layers: [
          dense(8, 'tanh'),
          { id: 'mean', ...dense(3) },
          { id: 'logVariance', ...dense(3), inputs: ['dense_1'] },
        ],
        outputs: ['mean', 'logVariance'],
      },
      decoder: { inputs: { z: 'latent' }, layers: [dense(8, 'tanh'), dense(2)] },
    },
    training,
    name,
  );

export const diffusionDocument = (training: object = {}): string =>
  pointsDocument(
    { type: 'diffusion', timesteps: 100 },
    {
      denoiser: {
        inputs: { x: 'points', t: 'time' },
        layers: [
          { id: 'when', type: 'timeEmbedding', dimension: 8, inputs: ['t'] },
          { type: 'concatenate', inputs: ['x', 'when'] },
          dense(16, 'silu'),
          dense(2),
        ],
      },
    },
    training,
  );
