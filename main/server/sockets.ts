/** The contract over WebSockets: frames of bytes in both directions, one connection of the door a socket. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { decodeFrame, encodeFrame } from '../../core/protocol/wire.ts';
import { Connection } from '../door/connection.ts';
import type { Door } from '../door/door.ts';
import { RefusedError } from '../door/fault.ts';

/** Documents and pieces of dropped files are far smaller. Larger messages end the connection with code 1009. */
export const largestMessage = 16 * 1024 * 1024;
const mostSockets = 32;
/** Answers that a screen does not read pile up here; beyond this it is cut off. */
const largestBacklog = 512 * 1024 * 1024;
const heartbeatMs = 15_000;

/** Close codes: 1003 for text, 1008 for a screen that keeps sending what is no message, 1009 for too large a message, 1013 for too many screens. */
export class Sockets {
  readonly #door: Door;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
    clientTracking: true,
  });
  readonly #heartbeat: NodeJS.Timeout;
  readonly #alive = new WeakSet<WebSocket>();

  constructor(door: Door) {
    this.#door = door;
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref();
  }

  /** Takes over a request that was found to be allowed. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#serve(opened));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #serve(socket: WebSocket): void {
    if (this.#server.clients.size > mostSockets) return socket.close(1013, 'too many windows are open');
    const connection = new Connection(this.#door, {
      post: (message) => {
        socket.send(encodeFrame(message));
        if (socket.bufferedAmount > largestBacklog) socket.terminate();
      },
      hangUp: (reason) => socket.close(1008, reason),
    });
    this.#alive.add(socket);
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('close', () => connection.close());
    // What is wrong with a socket ends it; `close` follows.
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => {
      if (!isBinary) return socket.close(1003, 'messages are frames of bytes');
      receive(connection, data as Buffer);
    });
  }

  /** Machines that went to sleep or cables that were pulled say nothing: who does not answer is gone. */
  #beat(): void {
    for (const socket of this.#server.clients) {
      if (!this.#alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }
}

function receive(connection: Connection, data: Uint8Array): void {
  let message: unknown;
  try {
    message = decodeFrame(data);
  } catch (error) {
    return connection.mistake(new RefusedError('bad-frame', error instanceof Error ? error.message : String(error)));
  }
  connection.receive(message);
}
