/** A whole run on WebGPU, in software: a step is tried first, the placement is told, and the GPU's energy is counted beside it. */
import { expect, it, vi } from 'vitest';
import type { RunUpdate } from '../../../core/protocol/run-updates.ts';
import { placementOf } from '../../../core/protocol/placement.ts';
import { classifier } from '../runs/documents.ts';
import { freshHost } from '../runs/fixtures.ts';
import { standInForNvidiaSmi } from './nvidia-tool.ts';
import { hasSoftwareVulkan, softwareTimeoutMs, softwareVulkan } from './software-vulkan.ts';

it.skipIf(!hasSoftwareVulkan)('trains there from its first step on', { timeout: softwareTimeoutMs }, async () => {
  for (const [name, value] of Object.entries(softwareVulkan)) vi.stubEnv(name, value);
  standInForNvidiaSmi('2026/11/21 18:00:00.000, 0, 100\n');
  const host = freshHost();
  const told: RunUpdate[] = [];
  const text = classifier({ steps: 100_000 });
  const onUpdate = (update: RunUpdate): void => void told.push(update);
  const run = await host.train(text, '.', { device: 'webgpu', threads: 1, onUpdate });
  expect(told).toContainEqual({ type: 'progress', what: 'trying a step on webgpu', done: 1, total: 1 });
  // One step at a time, until the tool has been heard.
  const isHeard = (update: RunUpdate): boolean =>
    update.type === 'metrics' && update.gpuEnergy !== undefined && 'joules' in update.gpuEnergy;
  const turns = (): number => told.filter(({ type }) => type === 'paused').length;
  const hasEnded = (): boolean => told.some(({ type }) => type === 'failed' || type === 'ended');
  while (!told.some(isHeard) && !hasEnded()) {
    const before = turns();
    run.step();
    await vi.waitUntil(() => turns() > before || hasEnded(), { timeout: softwareTimeoutMs, interval: 20 });
  }
  run.stop('stopped');
  expect((await run.done).status).toBe('stopped');
  const { device, currentStep } = host.run(run.id);
  expect(device).toBe('webgpu');
  expect(placementOf(host.events(run.id))).toMatchObject({ program: 'train', device: 'webgpu', onCpu: [] });
  const checkpoint = host.artifacts(run.id).findLast(({ kind }) => kind === 'checkpoint');
  expect(checkpoint?.meta).toMatchObject({ gpuEnergy: { steps: currentStep, joules: expect.any(Number) as number } });
});
