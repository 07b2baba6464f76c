/** Claims: training refused for want of consent becomes one question, and its answer decides what is asked again. */
import { beforeEach, expect, it } from 'vitest';
import type { Run } from '../../../core/protocol/records.ts';
import { HostError } from '../../../renderer/client/host-error.ts';
import { useCpuHelp, withCpuHelp } from '../../../renderer/state/cpu-help.ts';
import { lackingPlacement } from '../../host/runs/lacking-device.ts';
import { FakeHost } from './fake-host.ts';

const refusal = new HostError({ code: 'cpu-fallback', message: 'webgpu lacks operators', placement: lackingPlacement });
const run = { id: 'r' } as Run;
const question = () => useCpuHelp.getState().question;
const document = { text: '{}', baseDir: '/' };
const start = (host: FakeHost) => withCpuHelp((consent) => host.call('runs.start', { ...document, ...consent }));

beforeEach(() => useCpuHelp.setState({ question: null }));

it('asks with what is missing, and starts again with the consent', async () => {
  const host = new FakeHost();
  const started = start(host);
  expect(await host.answer('runs.start', refusal)).toEqual(document);
  expect(question()?.placement).toBe(lackingPlacement);
  question()?.answer(true);
  await Promise.resolve();
  expect(question()).toBeNull();
  expect(await host.answer('runs.start', run)).toEqual({ ...document, mayUseCpu: true });
  expect(await started).toBe(run);
});

it('a no starts nothing and is no fault', async () => {
  const host = new FakeHost();
  const started = start(host);
  await host.answer('runs.start', refusal);
  question()?.answer(false);
  expect(await started).toBeUndefined();
});

it('other faults pass unasked', async () => {
  const host = new FakeHost();
  const started = start(host);
  const fault = new HostError({ code: 'document', message: 'it has errors' });
  void host.answer('runs.start', fault);
  await expect(started).rejects.toBe(fault);
  expect(question()).toBeNull();
});

it('a second question takes the place of the first, which is declined', async () => {
  const host = new FakeHost();
  const first = start(host);
  await host.answer('runs.start', refusal);
  const second = start(host);
  await host.answer('runs.start', refusal);
  expect(await first).toBeUndefined();
  question()?.answer(false);
  expect(await second).toBeUndefined();
});
