/** The demo: three families learn the same data from the same seed, and are laid side by side. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { RunDetail } from '../../../core/protocol/records.ts';
import type { RunUpdate } from '../../../core/protocol/run-updates.ts';
import { applyOverrides } from '../../../core/spec/overrides.ts';
import type { ReportFiles, ReportOptions } from '../report/write-report.ts';
import { TaskFailure } from '../runs/failure.ts';
import type { RunHandle } from '../runs/run-service.ts';

/** The documents, and with what options their samples are scored: 25 sampler steps look like 50 at half the time. */
const documents = [
  { name: 'vae', options: {} },
  { name: 'gan', options: {} },
  { name: 'diffusion', options: { steps: 25 } },
] as const;
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../resources/demo');

/** Samples each family is scored on. */
const scoredSamples = 1000;
/** Samples each family shows. */
const shownSamples = 36;

export interface DemoOptions {
  readonly outFolder: string;
  readonly seed: number;
  readonly threads?: number;
  readonly device?: DeviceId;
  /** Consent to compute on the CPU what the device lacks. */
  readonly mayUseCpu?: boolean;
  /** Field overrides for each document, as on the command line. */
  readonly overrides?: readonly string[];
  /** Told which part of the work is going on: `VAE: training`. */
  readonly onStage: (stage: string, index: number, total: number) => void;
  readonly onUpdate: (update: RunUpdate) => void;
  /** Given each run's handle, so that Ctrl+C can stop it. */
  readonly onRun: (run: RunHandle) => void;
}

/** What of the host the demo uses. */
interface DemoHost {
  train(
    text: string,
    baseDir: string,
    options: { experiment: string } & Pick<DemoOptions, 'threads' | 'device' | 'mayUseCpu' | 'onUpdate'>,
  ): Promise<RunHandle>;
  evaluate(
    reference: string,
    draw: {
      count: number;
      seed: number;
      options: Readonly<Record<string, number | string>>;
      onUpdate: DemoOptions['onUpdate'];
    },
  ): Promise<unknown>;
  report(references: readonly string[], outFolder: string, options: ReportOptions): Promise<ReportFiles>;
  run(reference: string): RunDetail;
}

/** Trains, scores and reports. @throws TaskFailure when a run does not finish. */
export async function runDemo(
  host: DemoHost,
  options: DemoOptions,
): Promise<ReportFiles & { readonly seconds: number }> {
  const startedMs = performance.now();
  const ids: string[] = [];
  const total = 2 * documents.length + 1;
  for (const [index, { name, options: drawing }] of documents.entries()) {
    options.onStage(`${name}: training`, 2 * index, total);
    const id = await trainOne(host, name, options);
    options.onStage(`${name}: scoring ${scoredSamples} samples`, 2 * index + 1, total);
    await host.evaluate(id, { count: scoredSamples, seed: options.seed, options: drawing, onUpdate: options.onUpdate });
    ids.push(id);
  }
  options.onStage('report', total - 1, total);
  const seconds = (performance.now() - startedMs) / 1000;
  const title = 'VAE, GAN and diffusion on the same digits';
  const files = await host.report(ids, options.outFolder, { title, seed: options.seed, count: shownSamples, seconds });
  return { ...files, seconds };
}

async function trainOne(host: DemoHost, name: string, options: DemoOptions): Promise<string> {
  const file = join(folder, `${name}.lathe.jsonc`);
  const overrides = [`training.seed=${options.seed}`, ...(options.overrides ?? [])];
  const { text } = applyOverrides(await readFile(file, 'utf8'), overrides);
  const { threads, device, mayUseCpu, onUpdate } = options;
  const run = await host.train(text, folder, {
    experiment: 'Demo',
    onUpdate,
    ...(threads !== undefined && { threads }),
    ...(device && { device }),
    ...(mayUseCpu && { mayUseCpu }),
  });
  options.onRun(run);
  const outcome = await run.done;
  if (outcome.status === 'finished') return outcome.id;
  const { error } = host.run(outcome.id);
  throw new TaskFailure(
    outcome.status,
    error?.message ?? `run ${outcome.id} was ${outcome.status} at step ${outcome.step}`,
    `lathe resume ${outcome.id} goes on with it`,
  );
}
