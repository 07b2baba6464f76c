/** A window's port to the host: messages by structured clone, one connection of the door a port. */
import type { ServerMessage } from '../../core/protocol/connection-messages.ts';
import { Connection } from '../door/connection.ts';
import type { Door } from '../door/door.ts';

/** What is needed of Electron's MessagePortMain. */
export interface ScreenPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** Serves one window over its port until the port closes (the window went away or loaded anew). */
export function servePort(door: Door, port: ScreenPort): void {
  const connection = new Connection(door, {
    // Typed arrays go by copy: in a transfer list they would make Electron lose the message.
    post: (message: ServerMessage) => port.postMessage(message),
    hangUp: () => port.close(),
  });
  port.on('message', ({ data }) => connection.receive(data));
  port.on('close', () => connection.close());
  port.start();
}

/** The frame that sent an IPC message. */
export interface Sender {
  readonly senderFrame: { readonly origin: string; readonly parent: unknown } | null;
}

/** Whether a message comes from the top of one of the application's own pages: no frame within, no other origin. */
export function isOwnPage({ senderFrame }: Sender, origins: readonly string[]): boolean {
  return senderFrame !== null && senderFrame.parent === null && origins.includes(senderFrame.origin);
}
