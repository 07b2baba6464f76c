/** Finds out which shell this window is in and connects to its host. */
import { bridgeName, type Bridge } from '../../core/protocol/bridge.ts';
import { bridgeTransport } from './bridge-transport.ts';
import { HostClient } from './host-client.ts';
import { webSocketTransport } from './web-socket-transport.ts';

/** What the desktop shell offers; undefined in a browser. */
export function shellBridge(): Bridge | undefined {
  return (window as unknown as Readonly<Record<string, Bridge | undefined>>)[bridgeName];
}

/** The client of this window's host. */
export function createHostClient(): HostClient {
  const bridge = shellBridge();
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new HostClient(
    bridge ? bridgeTransport(bridge, window) : webSocketTransport(`${scheme}://${location.host}/host`),
  );
}
