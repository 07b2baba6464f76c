/** The window: rail, bars, the current place, and what lies over them. */
import { type ReactNode, Suspense, useEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { useConnection, useHost } from '../client/host-context.tsx';
import { followAddress, navigate, useNavigation } from '../state/navigation.ts';
import { connectRuns } from '../state/runs.ts';
import { changeSettings, connectSettings } from '../state/settings.ts';
import { CommandPalette } from './command-palette.tsx';
import { CpuHelpDialog } from './cpu-help-dialog.tsx';
import { type Command, inEveryPlace, listenForKeys, useCommands } from './commands.ts';
import { PlaceBoundary } from './place-boundary.tsx';
import { placeTable } from './places.ts';
import { Rail } from './rail.tsx';
import { followConnection, openPalette, useShell } from './shell-store.ts';
import { StatusBar } from './status-bar.tsx';
import { followTheme } from './theme.ts';
import { ToastCorner } from './toast-corner.tsx';
import { TopBar } from './top-bar.tsx';
import styles from './shell.module.css';

const windowCommands: readonly Command[] = inEveryPlace([
  ...placeTable.map((place) => ({
    id: `go.${place.name}`,
    title: `Go to ${place.title}`,
    group: 'Places',
    keys: place.keys,
    run: () => navigate(place.name),
  })),
  { id: 'window.commands', title: 'Find a command', group: 'Window', keys: 'Mod+K', run: openPalette },
  { id: 'window.light', title: 'Light theme', group: 'Window', run: () => void changeSettings({ theme: 'light' }) },
  { id: 'window.dark', title: 'Dark theme', group: 'Window', run: () => void changeSettings({ theme: 'dark' }) },
  {
    id: 'window.system',
    title: 'Theme of the system',
    group: 'Window',
    run: () => void changeSettings({ theme: 'system' }),
  },
]);

function stopAll(stops: readonly (() => void)[]): () => void {
  return () => stops.forEach((stop) => stop());
}

/** `children` are mounted for as long as the window is, whatever the place. */
export function App({ children }: { readonly children?: ReactNode }) {
  const host = useHost();
  const { status } = useConnection();
  useEffect(() => followConnection(status), [status]);
  // What happened while the host was away is read anew when it is back.
  useEffect(
    () => (status === 'open' ? stopAll([connectSettings(host), connectRuns(host)]) : undefined),
    [host, status],
  );
  useEffect(() => stopAll([followAddress(), followTheme(), listenForKeys()]), []);
  useCommands(windowCommands);
  return (
    <I18nProvider locale="en-GB">
      <div className={styles['window']}>
        <a className={styles['skip']} href="#place" onClick={skipToPlace}>
          Skip to the place
        </a>
        <LostHost reconnect={() => host.retryNow()} />
        <Rail />
        <TopBar />
        <CurrentPlace />
        <StatusBar />
      </div>
      {children}
      <CommandPalette />
      <CpuHelpDialog />
      <ToastCorner />
    </I18nProvider>
  );
}

function skipToPlace(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('place')?.focus();
}

function CurrentPlace() {
  const name = useNavigation((state) => state.place);
  const info = placeTable.find((place) => place.name === name)!;
  useEffect(() => {
    document.title = `${info.title} · Lathe`;
  }, [info]);
  return (
    <main id="place" tabIndex={-1} aria-label={info.title} className={styles['place']}>
      <h1 className="visually-hidden">{info.title}</h1>
      <PlaceBoundary key={name} title={info.title}>
        <Suspense fallback={<div className={styles['loading']}>Loading {info.title}</div>}>
          <info.Place />
        </Suspense>
      </PlaceBoundary>
    </main>
  );
}

function LostHost({ reconnect }: { readonly reconnect: () => void }) {
  const lost = useShell((state) => state.connection === 'lost');
  if (!lost) return null;
  return (
    <div role="alert" className={styles['banner']}>
      <Icon name="error" />
      <span>
        The host of this window went away. Your edits are kept here; runs resume from their last checkpoint. Looking for
        it again.
      </span>
      <Button size="small" onPress={reconnect}>
        Try now
      </Button>
    </div>
  );
}
