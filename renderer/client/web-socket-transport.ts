/** The way to the host for a page of the local server. */
import { decodeFrame, encodeFrame } from '../../core/protocol/wire.ts';
import type { Transport } from './transport.ts';

/** What is needed of a WebSocket. */
type Socket = Pick<WebSocket, 'binaryType' | 'addEventListener' | 'send' | 'close'>;

/** @param url of the server's socket, `ws://127.0.0.1:1234/host`. */
export function webSocketTransport(
  url: string,
  create: (url: string) => Socket = (at) => new WebSocket(at),
): Transport {
  return ({ onOpen, onMessage, onClose }) => {
    const socket = create(url);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => onOpen());
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) onMessage(decodeFrame(new Uint8Array(data)));
    });
    socket.addEventListener('close', ({ code, reason }) => onClose(reason || `the connection ended (code ${code})`), {
      once: true,
    });
    return {
      send: (message) => socket.send(encodeFrame(message)),
      close: () => socket.close(),
    };
  };
}
