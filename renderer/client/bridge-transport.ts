/** The way to the host for a window of the desktop application: a message port, which carries typed arrays as they are. */
import { bridgePortMessage, type Bridge } from '../../core/protocol/bridge.ts';
import type { Transport } from './transport.ts';

/** What is needed of a message port. */
interface Port {
  addEventListener(type: 'message' | 'close', listener: (event: { readonly data?: unknown }) => void): void;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

interface PortEvent {
  readonly source: unknown;
  readonly origin: string;
  readonly data: unknown;
  readonly ports: readonly Port[];
}

/** What is needed of the window. */
export interface Page {
  readonly location: { readonly origin: string };
  addEventListener(type: 'message', listener: (event: PortEvent) => void): void;
  removeEventListener(type: 'message', listener: (event: PortEvent) => void): void;
}

/** @param bridge what the preload script put into the window. */
export function bridgeTransport(bridge: Pick<Bridge, 'connect'>, page: Page): Transport {
  return ({ onOpen, onMessage, onClose }) => {
    let port: Port | undefined;
    let isClosed = false;
    const end = (reason: string): void => {
      if (isClosed) return;
      isClosed = true;
      page.removeEventListener('message', take);
      port?.close();
      onClose(reason);
    };
    const take = (event: PortEvent): void => {
      // The preload script speaks through the page's own window; frames and other origins are not listened to.
      if (event.source !== page || event.origin !== page.location.origin || event.data !== bridgePortMessage || port)
        return;
      [port] = event.ports;
      port.addEventListener('message', ({ data }) => onMessage(data));
      port.addEventListener('close', () => end('the host has ended'));
      port.start();
      onOpen();
    };
    page.addEventListener('message', take);
    bridge.connect();
    return { send: (message) => port?.postMessage(message), close: () => end('closed') };
  };
}
