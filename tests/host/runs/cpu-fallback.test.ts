/** Claims: what would run on the CPU unasked is refused before anything is recorded or changed, and consent is kept by device. */
import { expect, it } from 'vitest';
import { explain } from '../../../main/cli/explain.ts';
import { CpuFallbackRefusal } from '../../../main/host/compute/cpu-fallback.ts';
import { classifier } from './documents.ts';
import { codesOf, finished, freshHost, trained } from './fixtures.ts';
import { lackingPlacement, spawnLacking } from './lacking-device.ts';

const refused = {
  code: 'cpu-fallback',
  message: 'webgpu lacks operators that train needs, and they would run on the CPU: Det ×2 in encoder/mean, Unique',
  hint: expect.stringContaining('--allow-cpu-fallback') as string,
  placement: lackingPlacement,
};

it('no run is recorded of a training step that would run on the CPU in part', async () => {
  const host = freshHost({ spawnWorker: spawnLacking });
  const text = classifier({ steps: 2 });
  await expect(host.train(text, '.', { device: 'webgpu' })).rejects.toMatchObject(refused);
  await expect(host.enqueue(text, '.', { device: 'webgpu' })).rejects.toMatchObject(refused);
  expect(host.runs()).toEqual([]);
  expect(explain(new CpuFallbackRefusal(lackingPlacement)).exit).toBe(2);
});

it('forks and replays on such a device are refused too, and the run stays alone', async () => {
  const host = freshHost({ spawnWorker: spawnLacking });
  const { id } = await trained(host, classifier({ steps: 2 }));
  const { document } = host.run(id);
  await expect(host.fork(id, document, { device: 'webgpu' })).rejects.toMatchObject(refused);
  await expect(host.replay(id, { device: 'webgpu' })).rejects.toMatchObject(refused);
  expect(host.runs()).toHaveLength(1);
});

it('a run that is refused where it was to go on is as it was; with consent it goes on there', async () => {
  const host = freshHost({ spawnWorker: spawnLacking });
  const { id } = await trained(host, classifier({ steps: 4 }), { stepLimit: 2 });
  const before = host.run(id);
  await expect(host.resume(id, { device: 'webgpu' })).rejects.toMatchObject(refused);
  expect(host.run(id)).toEqual(before);
  await finished((onUpdate) => host.resume(id, { device: 'webgpu', mayUseCpu: true, stepLimit: 1, onUpdate }));
  expect(host.run(id)).toMatchObject({ status: 'stopped', device: 'webgpu', currentStep: 3 });
  expect(codesOf(host, id)).toContain('cpu-fallback-allowed');
  // Consent is remembered for the device it was given for, and for no other.
  await expect(host.resume(id, { device: 'cuda' })).rejects.toMatchObject({ code: 'cpu-fallback' });
  const last = await finished((onUpdate) => host.resume(id, { onUpdate }));
  expect(last).toMatchObject({ status: 'finished', step: 4 });
});

it('the CPU itself, and what a person allowed from the start, is not looked at', async () => {
  const host = freshHost({ spawnWorker: spawnLacking });
  expect((await trained(host, classifier({ steps: 1 }))).status).toBe('finished');
  const allowed = await trained(host, classifier({ steps: 1 }), { device: 'webgpu', mayUseCpu: true });
  expect(allowed.status).toBe('finished');
  expect(host.run(allowed.id).device).toBe('webgpu');
});
