/** The desktop application: one process with the host, windows with sandboxed pages, workers in utility processes. */
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  protocol,
  session,
  utilityProcess,
  type IpcMainEvent,
} from 'electron/main';
import { z } from 'zod';
import type { FileDialog } from '../../core/protocol/bridge.ts';
import { createDoor, type Door } from '../door/door.ts';
import { ScreenFiles } from '../door/screen-files.ts';
import type { OpenedServices } from '../door/services.ts';
import { createServices } from '../services/create-services.ts';
import { documentsIn } from './documents.ts';
import { menuTemplate } from './menu.ts';
import { quitInOrder } from './quit.ts';
import { isOwnPage, servePort } from './screen-port.ts';
import { answerScreenRequest, screenOrigin, screenScheme } from './screens.ts';
import { utilityWorkers } from './utility-worker.ts';
import { commandChannel, confinePages, confineSession, openWindow, tellWindow } from './window.ts';

/** Set by `npm run dev`: the address of the development server. */
const developmentUrl = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
const address = developmentUrl ?? `${screenOrigin}/`;
const ownOrigins = developmentUrl === undefined ? [screenOrigin] : [new URL(developmentUrl).origin];

const log = (line: string): void => console.error(`lathe: ${line}`);

/** Documents opened before there was a window that could show them. */
const waitingDocuments: string[] = [...documentsIn(process.argv.slice(1), process.cwd())];

function openDocuments(paths: readonly string[]): void {
  for (const path of paths) if (!app.isReady() || !tellWindow({ type: 'open', path })) waitingDocuments.push(path);
}

const fileDialog: z.ZodType<FileDialog> = z.strictObject({
  title: z.string().max(200),
  kind: z.enum(['open-file', 'open-folder', 'save-file']),
  path: z.string().max(4096).optional(),
  endings: z
    .array(z.string().regex(/^[a-z0-9.]{1,16}$/))
    .max(16)
    .optional(),
});

async function chooseFile(window: BrowserWindow, input: unknown): Promise<string | null> {
  const { title, kind, path, endings } = fileDialog.parse(input);
  const options = {
    title,
    ...(path !== undefined && { defaultPath: path }),
    ...(endings && { filters: [{ name: title, extensions: [...endings] }] }),
  };
  if (kind === 'save-file') return (await dialog.showSaveDialog(window, options)).filePath || null;
  const { filePaths } = await dialog.showOpenDialog(window, {
    ...options,
    properties: [kind === 'open-file' ? 'openFile' : 'openDirectory'],
  });
  return filePaths[0] ?? null;
}

/** What pages may ask of this process itself; all else goes through their ports. */
function listenToPages(door: Door): void {
  ipcMain.on('lathe:connect', (event: IpcMainEvent) => {
    const [port] = event.ports;
    if (!port || !isOwnPage(event, ownOrigins)) return;
    servePort(door, port);
    for (const path of waitingDocuments.splice(0)) event.sender.send(commandChannel, { type: 'open', path });
  });
  ipcMain.handle('lathe:choose-file', (event, input: unknown) => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!window || !isOwnPage(event, ownOrigins)) throw new Error('only the application may ask for files');
    return chooseFile(window, input);
  });
}

function openServices(): OpenedServices {
  const entry = join(import.meta.dirname, '../host/runs/worker.js');
  const spawnWorker = utilityWorkers(({ execArgv }) =>
    utilityProcess.fork(entry, [], { execArgv, serviceName: 'Lathe worker', stdio: 'inherit' }),
  );
  return createServices({ spawnWorker, keepsSpareWorker: true, log });
}

async function askToQuit(running: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: running === 1 ? 'A run is training.' : `${running} runs are training.`,
    detail: 'Lathe writes a checkpoint before it quits; runs can be resumed where they were.',
    buttons: ['Quit', 'Keep Training'],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}

async function runningCount({ methods }: OpenedServices): Promise<number> {
  const context = { request: 0, signal: new AbortController().signal, progress: () => {} };
  return (await methods['runs.list']({ statuses: ['running'] }, context)).length;
}

async function start(): Promise<void> {
  confinePages(app, address);
  await app.whenReady();
  confineSession(session.defaultSession, developmentUrl);
  const files = new ScreenFiles(join(import.meta.dirname, '../../renderer'));
  protocol.handle(screenScheme, (request) => answerScreenRequest(files, request));
  const services = openServices();
  listenToPages(createDoor(services, log));
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(process.platform, {
        run: (name) => tellWindow({ type: 'command', name }),
        openWindow: () => openWindow(address),
      }),
    ),
  );
  app.on(
    'before-quit',
    quitInOrder({
      runningCount: () => runningCount(services),
      ask: askToQuit,
      close: () => services.close(),
      exit: () => app.exit(0),
    }),
  );
  app.on('window-all-closed', () => process.platform === 'darwin' || app.quit());
  app.on('activate', () => BrowserWindow.getAllWindows().length > 0 || openWindow(address));
  openWindow(address);
}

protocol.registerSchemesAsPrivileged([
  { scheme: screenScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
app.enableSandbox();
// Chromium's own traffic (updates of components, metrics, field trials) has no place in an offline application.
for (const name of [
  'disable-background-networking',
  'disable-component-update',
  'disable-domain-reliability',
  'no-pings',
])
  app.commandLine.appendSwitch(name);

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, args, folder) => {
    const window = BrowserWindow.getAllWindows()[0];
    if (window?.isMinimized()) window.restore();
    window?.focus();
    openDocuments(documentsIn(args, folder));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openDocuments([path]);
  });
  start().catch((error: unknown) => {
    dialog.showErrorBox('Lathe cannot start', error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
} else {
  app.quit();
}
