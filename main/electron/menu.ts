/** The application's menu: the system's usual entries, and commands that the page runs by their names. */
import type { MenuItemConstructorOptions } from 'electron/main';

export interface MenuActions {
  /** Runs a command of the page in the window that has the focus. */
  readonly run: (name: string) => void;
  readonly openWindow: () => void;
}

export function menuTemplate(
  platform: NodeJS.Platform,
  { run, openWindow }: MenuActions,
): MenuItemConstructorOptions[] {
  // The page listens to keys itself, since a person may choose others: the menu only shows the usual ones.
  const command = (label: string, name: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => run(name),
    registerAccelerator: false,
    ...(accelerator !== undefined && { accelerator }),
  });
  const isMac = platform === 'darwin';
  const file: MenuItemConstructorOptions = {
    label: 'File',
    submenu: [
      command('New Model', 'go.home', 'CmdOrCtrl+N'),
      { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: openWindow },
      command('Open…', 'document.open', 'CmdOrCtrl+O'),
      { type: 'separator' },
      command('Save', 'document.save', 'CmdOrCtrl+S'),
      command('Save As…', 'document.saveAs', 'CmdOrCtrl+Shift+S'),
      { type: 'separator' },
      isMac ? { role: 'close' } : { role: 'quit' },
    ],
  };
  const go: MenuItemConstructorOptions = {
    label: 'Go',
    submenu: [
      command('Find a Command…', 'window.commands', 'CmdOrCtrl+K'),
      { type: 'separator' },
      ...['home', 'design', 'train', 'runs', 'compare', 'generate', 'data', 'settings'].map((place, index) =>
        command(`${place[0].toUpperCase()}${place.slice(1)}`, `go.${place}`, `Alt+${index + 1}`),
      ),
    ],
  };
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    file,
    { role: 'editMenu' },
    viewMenu,
    go,
    { role: 'windowMenu' },
  ];
}

const viewMenu: MenuItemConstructorOptions = {
  label: 'View',
  submenu: [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ],
};
