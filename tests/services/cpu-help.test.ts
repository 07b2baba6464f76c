/** Claims: a screen that starts training hears what the CPU would have to compute, and may allow it with the same request. */
import { expect, it } from 'vitest';
import { hostMethods } from '../../core/protocol/methods.ts';
import { createDoor } from '../../main/door/door.ts';
import { lackingPlacement, spawnLacking } from '../host/runs/lacking-device.ts';
import { openServices, temporaryFolder, vaeDocument } from './support.ts';

it('a refusal reaches the screen with its placement, and leaves no run; consent starts one and goes with it', async () => {
  const { ask, services, until } = openServices(temporaryFolder(), spawnLacking);
  await ask('settings.set', { device: 'webgpu' });
  const request = { text: vaeDocument({ steps: 4 }), baseDir: '/' };
  const door = createDoor(services);
  const context = { request: 1, signal: new AbortController().signal, progress: () => {} };
  const fault = await door.call('runs.start', request, context).catch((error: unknown) => door.fault(error, 'a test'));
  expect(fault).toMatchObject({ code: 'cpu-fallback', placement: lackingPlacement });
  expect(await ask('runs.list', {})).toEqual([]);

  const run = await ask('runs.start', { ...request, mayUseCpu: true });
  expect(await until(run.id, 'finished')).toMatchObject({ device: 'webgpu', currentStep: 4 });
  await expect(ask('runs.fork', { run: run.id, text: vaeDocument({ steps: 6 }) })).rejects.toMatchObject({
    code: 'cpu-fallback',
  });
  // A replay does what the run was allowed to do.
  expect(await ask('runs.replay', { run: run.id })).toMatchObject({ identical: true });
});

it('the setting answers for every run, and a run of its own may say no', async () => {
  const { ask, until } = openServices(temporaryFolder(), spawnLacking);
  await ask('settings.set', { device: 'webgpu', cpuFallback: true });
  const request = { text: vaeDocument({ steps: 1 }), baseDir: '/' };
  const { id } = await ask('runs.start', request);
  await until(id, 'finished');
  await expect(ask('runs.start', { ...request, mayUseCpu: false })).rejects.toMatchObject({ code: 'cpu-fallback' });
});

it('consent is a yes or a no: anything else does not pass the door', () => {
  for (const method of ['runs.start', 'runs.resume', 'runs.fork', 'runs.replay'] as const) {
    const request = { run: 'latest', text: '', baseDir: '/', mayUseCpu: 'yes' };
    const { error } = hostMethods[method].input.safeParse(request);
    expect(error?.issues.some(({ path }) => path[0] === 'mayUseCpu')).toBe(true);
  }
});
