/** The bridge between a sandboxed page and the desktop shell: one object, nothing else. */
import { contextBridge, ipcRenderer, webUtils } from 'electron/renderer';
import { bridgeName, bridgePortMessage, type Bridge, type ShellCommand } from '../core/protocol/bridge.ts';

const bridge: Bridge = {
  platform: process.platform,
  connect() {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage('lathe:connect', null, [port1]);
    window.postMessage(bridgePortMessage, location.origin, [port2]);
  },
  chooseFile: (dialog) => ipcRenderer.invoke('lathe:choose-file', dialog) as Promise<string | null>,
  pathOfFile: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
  onCommand(listener) {
    const hear = (_event: unknown, command: ShellCommand): void => listener(command);
    ipcRenderer.on('lathe:command', hear);
    return () => void ipcRenderer.off('lathe:command', hear);
  },
};

contextBridge.exposeInMainWorld(bridgeName, bridge);
