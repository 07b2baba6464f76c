/** Claims: the memory that Settings gives each run is recorded with runs on the CPU, and stands in the way of none elsewhere. */
import { expect, it } from 'vitest';
import { hostMethods } from '../../core/protocol/methods.ts';
import { spawnLacking } from '../host/runs/lacking-device.ts';
import { openServices, temporaryFolder, vaeDocument } from './support.ts';

const request = { text: vaeDocument({ steps: 2 }), baseDir: '/' };

it('a run on the CPU keeps the limit; without one it has none', async () => {
  const { ask, until } = openServices();
  await ask('settings.set', { memoryPerRun: 1.5 });
  const limited = await ask('runs.start', request);
  await until(limited.id, 'finished');
  const events = await ask('runs.events', { run: limited.id });
  expect(events.find(({ code }) => code === 'memory-limit')?.data).toEqual({ bytes: 1_610_612_736 });
  await ask('settings.set', { memoryPerRun: 0 });
  const free = await ask('runs.start', request);
  await until(free.id, 'finished');
  expect((await ask('runs.events', { run: free.id })).map(({ code }) => code)).not.toContain('memory-limit');
});

it('a run on another device starts without it', async () => {
  const { ask, until } = openServices(temporaryFolder(), spawnLacking);
  await ask('settings.set', { device: 'webgpu', cpuFallback: true, memoryPerRun: 1 });
  const { id } = await ask('runs.start', request);
  expect(await until(id, 'finished')).toMatchObject({ device: 'webgpu' });
  expect((await ask('runs.events', { run: id })).map(({ code }) => code)).not.toContain('memory-limit');
});

it.each([-1, 0.1, 5000])('%d GiB is no limit a run could live with', (memoryPerRun) => {
  expect(hostMethods['settings.set'].input.safeParse({ memoryPerRun }).success).toBe(false);
});
