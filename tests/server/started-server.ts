/** A real server over stand-in services and a small folder of screens, with clients that hold its cookie. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket, type ClientOptions } from 'ws';
import { startServer, type RunningServer } from '../../main/server/server.ts';
import { HostClient } from '../../renderer/client/host-client.ts';
import { webSocketTransport } from '../../renderer/client/web-socket-transport.ts';
import { StandInServices } from '../door/stand-in-services.ts';

export interface StartedServer {
  readonly services: StandInServices;
  readonly server: RunningServer;
  readonly folder: string;
  readonly origin: string;
  /** Lines of the log. */
  readonly log: string[];
  readonly nextLinks: string[];
  /** Redeems the present link. */
  cookie(): Promise<string>;
  stop(): Promise<void>;
}

export async function startTestServer(services = new StandInServices(), port = 0): Promise<StartedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lathe-server-'));
  const rendererFolder = join(folder, 'renderer');
  mkdirSync(join(rendererFolder, 'assets'), { recursive: true });
  writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>Lathe</title>');
  writeFileSync(join(rendererFolder, 'assets/main-1.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'not for you');
  const [log, nextLinks]: [string[], string[]] = [[], []];
  const server = await startServer({
    services,
    rendererFolder,
    port,
    log: (line) => log.push(line),
    onNextLink: (link) => nextLinks.push(link),
  });
  return {
    services,
    server,
    folder,
    origin: `http://127.0.0.1:${server.port}`,
    log,
    nextLinks,
    cookie: async () => (await fetch(server.link)).headers.get('set-cookie')?.split(';')[0] ?? '',
    stop: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A raw socket, as a hostile page or program would open it. */
export function rawSocket(
  { origin }: Pick<StartedServer, 'origin'>,
  headers: Record<string, string>,
  options: ClientOptions = {},
): WebSocket {
  return new WebSocket(`${origin.replace('http', 'ws')}/host`, { headers: { origin, ...headers }, ...options });
}

/** The product's own client over a real socket. */
export function clientOf(server: Pick<StartedServer, 'origin'>, headers: { readonly cookie: string }): HostClient {
  return new HostClient(
    webSocketTransport(server.origin, () => rawSocket(server, { ...headers }) as unknown as globalThis.WebSocket),
  );
}
