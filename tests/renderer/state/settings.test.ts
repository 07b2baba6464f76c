import { beforeEach, expect, test } from 'vitest';
import { settingsSchema } from '../../../core/protocol/settings.ts';
import { changeSettings, connectSettings, useSettings } from '../../../renderer/state/settings.ts';
import { useToasts } from '../../../renderer/state/toasts.ts';
import { FakeHost } from './fake-host.ts';

const defaults = settingsSchema.parse({});
beforeEach(() => {
  useSettings.setState({ settings: defaults, loaded: false });
  useToasts.setState({ toasts: [] });
});

test('a change shows at once and is kept by the host', async () => {
  const host = new FakeHost();
  const stop = connectSettings(host);
  await host.answer('settings.get', defaults);
  const changing = changeSettings({ theme: 'dark' });
  expect(useSettings.getState().settings.theme).toBe('dark');
  expect(await host.answer('settings.set', { ...defaults, theme: 'dark' })).toEqual({ theme: 'dark' });
  await changing;
  host.say('settings', { ...defaults, theme: 'light' });
  expect(useSettings.getState().settings.theme).toBe('light');
  stop();
});

test('a refused change is taken back and said', async () => {
  const host = new FakeHost();
  const stop = connectSettings(host);
  await host.answer('settings.get', defaults);
  const changing = changeSettings({ slots: 4 });
  await host.answer('settings.set', new Error('the disk is full'));
  await changing;
  expect(useSettings.getState().settings.slots).toBe(defaults.slots);
  expect(useToasts.getState().toasts[0]?.text).toBe('The setting was not kept: the disk is full');
  stop();
});
