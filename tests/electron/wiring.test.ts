/** The desktop shell's wiring against stand-ins that clone messages as Electron does: ports, workers, screens, menu, quitting. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDoor } from '../../main/door/door.ts';
import { ScreenFiles } from '../../main/door/screen-files.ts';
import { documentsIn } from '../../main/electron/documents.ts';
import { menuTemplate } from '../../main/electron/menu.ts';
import { quitInOrder } from '../../main/electron/quit.ts';
import { isOwnPage, servePort, type ScreenPort } from '../../main/electron/screen-port.ts';
import { answerScreenRequest, isSamePlace, mayLoad } from '../../main/electron/screens.ts';
import { utilityWorkers, type UtilityProcess } from '../../main/electron/utility-worker.ts';
import { workerFlags } from '../../main/host/host.ts';
import { bridgePortMessage } from '../../core/protocol/bridge.ts';
import { bridgeTransport, type Page } from '../../renderer/client/bridge-transport.ts';
import { HostClient } from '../../renderer/client/host-client.ts';
import { StandInServices } from '../door/stand-in-services.ts';

/** Electron's MessagePortMain over a real message port, which clones what it carries. */
function mainPort(port: MessagePort): ScreenPort {
  return {
    on(event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) {
      if (event === 'message') port.on('message', (data) => listener({ data }));
      else port.on('close', () => (listener as () => void)());
    },
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  };
}

/** A page's window: an event target that the preload script speaks through. */
class StandInWindow extends EventTarget {
  readonly location = { origin: 'app://lathe' };

  hand(port: MessagePort, from: Partial<Record<'source' | 'origin' | 'data', unknown>> = {}): void {
    const event = Object.assign(new Event('message'), {
      source: this,
      origin: 'app://lathe',
      data: bridgePortMessage,
      ports: [port],
      ...from,
    });
    this.dispatchEvent(event);
  }
}

interface Pair {
  readonly services: StandInServices;
  readonly client: HostClient;
  readonly ports: MessagePort[];
}

const opened: HostClient[] = [];

afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});

/** A page connected to a door as preload and main process connect them. */
function connectPage(services = new StandInServices()): Pair {
  const door = createDoor(services);
  const page = new StandInWindow();
  const ports: MessagePort[] = [];
  const connect = (): void => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1);
    servePort(door, mainPort(port1));
    queueMicrotask(() => page.hand(port2));
  };
  const client = new HostClient(bridgeTransport({ connect }, page as unknown as Page));
  opened.push(client);
  return { services, client, ports };
}

describe('a page and the host over a message port', () => {
  it('exchange typed arrays, NaN and null as they are', async () => {
    const { services, client } = connectPage();
    const data = new Float32Array([1, NaN, -Infinity]);
    services.handle('runs.decode', ({ latents }) => ({ name: 'x', data: latents, labels: null }));
    expect(await client.call('runs.decode', { run: 'r', latents: data, count: 1 })).toEqual({
      name: 'x',
      data,
      labels: null,
    });
    services.handle('runs.pause', () => null);
    expect(await client.call('runs.pause', { run: 'r' })).toBeNull();
  });

  it('refuse what cannot be cloned, and go on', async () => {
    const { services, client } = connectPage();
    services.handle('app.info', () => ({ version: '1' }));
    await expect(
      client.call('files.list', { path: '', endings: [(() => {}) as unknown as string] }),
    ).rejects.toMatchObject({ code: 'bad-input' });
    services.handle('app.devices', () => [() => {}]);
    await expect(client.call('app.devices', {})).rejects.toMatchObject({ code: 'internal' });
    expect(await client.call('app.info', {})).toEqual({ version: '1' });
  });

  it('hear of streams, one item out at a time', async () => {
    const { services, client } = connectPage();
    const sizes: number[] = [];
    client.subscribe(
      'run',
      { run: 'run1' },
      {
        onItem: (items) =>
          void sizes.push(items.reduce((sum, item) => sum + (item.type === 'metrics' ? item.points.length : 0), 0)),
      },
    );
    await vi.waitFor(() => expect(services.runListeners.size).toBe(1));
    for (let step = 1; step <= 100; step++) services.measure(step, 'loss');
    await vi.waitFor(() => expect(sizes.reduce((a, b) => a + b, 0)).toBe(100));
    expect(sizes.length).toBeLessThan(10);
  });

  it('end their subscriptions when the page goes away, and connect anew when the port is lost', async () => {
    const { services, client, ports } = connectPage();
    client.subscribe('runs', {}, { onItem: () => {} });
    await vi.waitFor(() => expect(services.runsListeners.size).toBe(1));
    ports[0].close();
    await vi.waitFor(() => expect(client.state.status).toBe('lost'));
    await vi.waitFor(() => expect(services.runsListeners.size).toBe(0));
    await vi.waitFor(() => expect(services.runsListeners.size).toBe(1), { timeout: 3000 });
    expect(ports).toHaveLength(2);
  });

  it('do not take a port from another origin or frame for the host', async () => {
    const page = new StandInWindow();
    const client = new HostClient(bridgeTransport({ connect: () => {} }, page as unknown as Page));
    opened.push(client);
    page.hand(new MessageChannel().port1, { origin: 'https://evil.example' });
    page.hand(new MessageChannel().port1, { source: null });
    page.hand(new MessageChannel().port1, { data: 'another' });
    expect(client.state.status).toBe('connecting');
  });
});

describe('who may speak to the main process', () => {
  it.each([
    [true, { origin: 'app://lathe', parent: null }],
    [false, { origin: 'app://lathe', parent: {} }],
    [false, { origin: 'https://evil.example', parent: null }],
    [false, { origin: 'null', parent: null }],
    [false, null],
  ])('%s for %o', (expected, senderFrame) => {
    expect(isOwnPage({ senderFrame }, ['app://lathe'])).toBe(expected);
  });
});

describe('what the window loads', () => {
  it.each([
    [true, 'app://lathe/assets/x.js'],
    [true, 'data:image/png;base64,AA'],
    [true, 'blob:app://lathe/1'],
    [true, 'devtools://devtools/bundled/inspector.html'],
    [false, 'app://other/'],
    [false, 'https://example.org/'],
    [false, 'http://127.0.0.1:5173/'],
    [false, 'file:///etc/passwd'],
    [false, 'ws://127.0.0.1:5173/'],
    [false, 'ftp://x/'],
    [false, ''],
  ])('%s: %s', (expected, address) => {
    expect(mayLoad(address)).toBe(expected);
  });

  it('while developing also what the development server gives, and nothing else', () => {
    const server = 'http://localhost:5173';
    expect(mayLoad('http://localhost:5173/main.tsx', server)).toBe(true);
    expect(mayLoad('ws://localhost:5173/', server)).toBe(true);
    expect(mayLoad('http://localhost:5174/', server)).toBe(false);
    expect(mayLoad('https://example.org/', server)).toBe(false);
  });

  it('and stays where it is', () => {
    expect(isSamePlace('app://lathe/#train', 'app://lathe/')).toBe(true);
    expect(isSamePlace('app://evil/', 'app://lathe/')).toBe(false);
    expect(isSamePlace('https://lathe/', 'app://lathe/')).toBe(false);
    expect(isSamePlace('nonsense', 'app://lathe/')).toBe(false);
  });

  it('are files of its folder, under the policy of the local server', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lathe-screens-'));
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out/index.html'), '<title>Lathe</title>');
    writeFileSync(join(folder, 'secret.txt'), 'not for you');
    const files = new ScreenFiles(join(folder, 'out'));
    const get = (url: string, method = 'GET') => answerScreenRequest(files, { url, method });
    const page = await get('app://lathe/');
    expect(await page.text()).toContain('Lathe');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const url of [
      'app://lathe/../secret.txt',
      'app://lathe/..%2fsecret.txt',
      'app://lathe/%2e%2e/secret.txt',
      'app://other/',
      'app://lathe/etc/passwd',
      'file:///etc/passwd',
      'x',
    ]) {
      expect((await get(url)).status).toBe(404);
    }
    expect((await get('app://lathe/', 'POST')).status).toBe(404);
    rmSync(folder, { recursive: true });
  });
});

describe('workers as utility processes', () => {
  class StandInProcess extends EventEmitter implements UtilityProcess {
    pid: number | undefined;
    readonly sent: unknown[] = [];
    isKilled = false;
    postMessage(message: unknown): void {
      this.sent.push(structuredClone(message));
    }
    kill(): boolean {
      return (this.isKilled = true);
    }
  }

  it('pass messages both ways, know their number when they run, and tell of their end', () => {
    const child = new StandInProcess();
    const worker = utilityWorkers(() => child)();
    const [heard, ends]: [unknown[], string[]] = [[], []];
    worker.onMessage((message) => heard.push(message));
    worker.onExit((detail) => ends.push(detail));
    expect(worker.pid).toBeUndefined();
    child.pid = 7;
    expect(worker.pid).toBe(7);
    worker.send({ type: 'pause' });
    child.emit('message', { type: 'progress', what: 'x', done: 1, total: undefined });
    worker.kill();
    child.emit('exit', 3);
    worker.send({ type: 'continue' });
    expect(child.sent).toEqual([{ type: 'pause' }]);
    expect(heard).toEqual([{ type: 'progress', what: 'x', done: 1, total: undefined }]);
    expect(ends).toEqual(['code 3']);
    expect(child.isKilled).toBe(true);
  });

  it('are told how to keep their heap as Node processes are, in the words of Chromium', () => {
    const fork = vi.fn((_options: { readonly execArgv: string[] }) => new StandInProcess());
    utilityWorkers(fork)();
    expect(workerFlags).not.toEqual([]);
    expect(fork).toHaveBeenCalledWith({ execArgv: [`--js-flags=${workerFlags.join(' ')}`] });
  });
});

describe('the menu', () => {
  it.each(['darwin', 'linux', 'win32'] as const)(
    'on %s has the usual roles and runs the commands of the page',
    (platform) => {
      const run = vi.fn<(name: string) => void>();
      const template = menuTemplate(platform, { run, openWindow: () => {} });
      const roles = template.map((item) => item.role ?? item.label);
      expect(roles).toEqual([
        ...(platform === 'darwin' ? ['appMenu'] : []),
        'File',
        'editMenu',
        'View',
        'Go',
        'windowMenu',
      ]);
      const file = template.find((item) => item.label === 'File')?.submenu as { label?: string; click?: () => void }[];
      file.find((item) => item.label === 'Save')?.click?.();
      expect(run).toHaveBeenCalledWith('document.save');
    },
  );
});

describe('documents on a command line', () => {
  it('are found among switches and made absolute', () => {
    expect(
      documentsIn(['--inspect', 'a.lathe.jsonc', '/b/c.LATHE.JSONC', '.', 'x.txt', '--x=d.lathe.jsonc'], '/home/me'),
    ).toEqual(['/home/me/a.lathe.jsonc', '/b/c.LATHE.JSONC']);
  });
});

describe('quitting', () => {
  const event = { preventDefault: vi.fn<() => void>() };
  it('lets go of the home first, and only once', async () => {
    const steps: string[] = [];
    const quit = quitInOrder({
      runningCount: async () => 0,
      ask: async () => false,
      close: async () => void steps.push('close'),
      exit: () => steps.push('exit'),
    });
    quit(event);
    quit(event);
    await vi.waitFor(() => expect(steps).toEqual(['close', 'exit']));
    expect(event.preventDefault).toHaveBeenCalledTimes(2);
  });

  it('asks about runs that train, and stays if told to', async () => {
    const steps: string[] = [];
    const answers = [false, true];
    const quit = quitInOrder({
      runningCount: async () => 2,
      ask: async (running) => {
        steps.push(`ask ${running}`);
        return answers.shift()!;
      },
      close: async () => void steps.push('close'),
      exit: () => steps.push('exit'),
    });
    quit(event);
    await vi.waitFor(() => expect(steps).toEqual(['ask 2']));
    await new Promise((resolve) => setTimeout(resolve, 5));
    quit(event);
    await vi.waitFor(() => expect(steps).toEqual(['ask 2', 'ask 2', 'close', 'exit']));
  });

  it('also ends when the home cannot be closed in order', async () => {
    const exit = vi.fn<() => void>();
    quitInOrder({
      runningCount: () => Promise.reject(new Error('no')),
      ask: async () => true,
      close: () => Promise.reject(new Error('no')),
      exit,
    })(event);
    await vi.waitFor(() => expect(exit).toHaveBeenCalled());
  });
});
