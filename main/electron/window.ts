/** The application's windows and what no page in them may do. */
import { join } from 'node:path';
import { BrowserWindow, nativeTheme, type App, type Session } from 'electron/main';
import type { ShellCommand } from '../../core/protocol/bridge.ts';
import { isSamePlace, mayLoad } from './screens.ts';

/** Channel of what the menu and the system ask of a page. */
export const commandChannel = 'lathe:command';

/** Shown while the page loads, so that a dark screen does not flash: the pages' own background colours. */
const background = () => (nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff');

export function openWindow(address: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Lathe',
    backgroundColor: background(),
    webPreferences: {
      preload: join(import.meta.dirname, '../../preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      // Dictionaries would be downloaded.
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  reloadAfterCrash(window);
  void window.loadURL(address);
  return window;
}

/** Edits are kept as drafts, so a page that crashed comes back with them; one that keeps crashing is left alone. */
function reloadAfterCrash(window: BrowserWindow): void {
  let lastMs = -Infinity;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || performance.now() - lastMs < 10_000) return;
    lastMs = performance.now();
    window.webContents.reload();
  });
}

/** Tells the window in front (or any) something; false when there is none. */
export function tellWindow(command: ShellCommand): boolean {
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  window?.webContents.send(commandChannel, command);
  return window !== undefined;
}

/** Pages stay where they are: they may load anew, but lead nowhere else, open no windows and embed no pages. */
export function confinePages(app: App, address: string): void {
  const stay = (event: { preventDefault(): void; readonly url: string }): void => {
    if (!isSamePlace(event.url, address)) event.preventDefault();
  };
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** No permission but writing to the clipboard, no download, and no request that leaves the machine. */
export function confineSession(session: Session, developmentOrigin?: string): void {
  const isAllowed = (permission: string): boolean =>
    permission === 'clipboard-sanitized-write' || permission === 'fullscreen';
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(isAllowed(permission)));
  session.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayLoad(url, developmentOrigin) }));
  session.on('will-download', (event, item) => {
    // Plots and tables that a page made itself may be saved; it has nothing else to download.
    if (!/^(blob|data):/.test(item.getURL())) event.preventDefault();
  });
}
