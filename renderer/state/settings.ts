/** The settings, the same in every window: read from the host, followed through its stream, changed at once on screen. */
import { create } from 'zustand';
import { type Settings, settingsSchema } from '../../core/protocol/settings.ts';
import type { HostPort } from './host-port.ts';
import { showFault } from './toasts.ts';

interface SettingsState {
  readonly settings: Settings;
  /** False until the host has answered. */
  readonly loaded: boolean;
}

export const useSettings = create<SettingsState>()(() => ({ settings: settingsSchema.parse({}), loaded: false }));

let host: HostPort | undefined;

/** Follows a host's settings; returns the way to stop. */
export function connectSettings(port: HostPort): () => void {
  host = port;
  const take = (settings: Settings): void => useSettings.setState({ settings, loaded: true });
  const stop = port.subscribe('settings', {}, { onItem: take });
  port.call('settings.get', {}).then(take, (fault: unknown) => showFault('The settings could not be read', fault));
  return () => {
    stop();
    if (host === port) host = undefined;
  };
}

/** Changes settings on screen now and on the host; a refusal puts the old ones back and says why. */
export async function changeSettings(changes: Partial<Settings>): Promise<void> {
  const before = useSettings.getState().settings;
  useSettings.setState({ settings: { ...before, ...changes } });
  if (!host) return;
  try {
    useSettings.setState({ settings: await host.call('settings.set', changes), loaded: true });
  } catch (fault) {
    useSettings.setState({ settings: before });
    showFault('The setting was not kept', fault);
  }
}
