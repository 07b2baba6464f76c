/** The local server: the host on 127.0.0.1 for a browser of this machine, and for nobody else. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createDoor, type DoorLog } from '../door/door.ts';
import { ScreenFiles } from '../door/screen-files.ts';
import type { HostServices } from '../door/services.ts';
import { Access, type Refusal } from './access.ts';
import { Sockets } from './sockets.ts';
import { securityHeaders, sendFile } from './static-files.ts';

export interface ServerOptions {
  readonly services: HostServices;
  /** Folder of the built screens. */
  readonly rendererFolder: string;
  /** 0 lets the system choose one that is free. */
  readonly port: number;
  readonly log?: DoorLog;
  /** Called with the next link after one was used. */
  readonly onNextLink?: (link: string) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Opens the application, once; after that `onNextLink` gives another. */
  readonly link: string;
  close(): Promise<void>;
}

/** Path of the WebSocket. */
const socketPath = '/host';

/** Starts the server. @throws Error with code EADDRINUSE or EACCES when the port cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = createServer();
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const access = new Access(port);
  const sockets = new Sockets(createDoor(options.services, options.log));
  const files = new ScreenFiles(options.rendererFolder);
  server.on('request', (request, response) => answer(request, response, access, files, options));
  server.on('upgrade', (request, socket, head) => upgrade(request, socket, head, access, sockets));
  server.on('clientError', (_error, socket) => socket.destroy());
  return {
    port,
    get link() {
      return access.link;
    },
    close: () =>
      new Promise((resolve) => {
        sockets.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
  files: ScreenFiles,
  options: ServerOptions,
): void {
  request.resume();
  const url = urlOf(request);
  const refusal = access.refuseHost(request.headers) ?? refuseForm(request, url);
  if (refusal || !url) return refuse(response, refusal ?? { status: 400, message: 'the address cannot be read' });
  const token = url.pathname === '/' ? url.searchParams.get('token') : null;
  const stranger = access.refuseCookie(request.headers);
  if (token !== null && (access.redeem(token) || !stranger)) {
    options.onNextLink?.(access.link);
    return letIn(response, access);
  }
  if (stranger) return refuse(response, stranger);
  if (!sendFile(files, url.pathname, response, request.method === 'GET'))
    refuse(response, { status: 404, message: 'there is no such page' });
}

/** A cookie set along a redirect that another site began would not be sent back by a browser: a page that refreshes is. */
function letIn(response: ServerResponse, access: Access): void {
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'set-cookie': access.cookie,
  });
  response.end(
    // Without an icon of its own, a browser would ask for /favicon.ico.
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Lathe</title><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=/">',
  );
}

function refuse(response: ServerResponse, { status, message }: NonNullable<Refusal>): void {
  response.writeHead(status, {
    ...securityHeaders,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${message}\n`);
}

function refuseForm(request: IncomingMessage, url: URL | undefined): Refusal {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, message: 'this server only gives files' };
  return url ? undefined : { status: 400, message: 'the address cannot be read' };
}

function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, access: Access, sockets: Sockets): void {
  socket.on('error', () => socket.destroy());
  const { headers } = request;
  const elsewhere: Refusal =
    urlOf(request)?.pathname === socketPath ? undefined : { status: 404, message: 'there is no such page' };
  const refusal =
    access.refuseHost(headers) ?? access.refuseOrigin(headers) ?? access.refuseCookie(headers) ?? elsewhere;
  if (!refusal) return sockets.accept(request, socket, head);
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${refusal.message.length}\r\n\r\n${refusal.message}`,
  );
}

function urlOf(request: IncomingMessage): URL | undefined {
  const path = request.url ?? '';
  return path.startsWith('/') ? (URL.parse(`http://lathe.invalid${path}`) ?? undefined) : undefined;
}
