/** Starts the workbench in its window. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './app/tokens.css';
import './app/base.css';
import { App } from './app/app.tsx';
import { WorkspaceDesk } from './app/workspace-desk.tsx';
import { createHostClient } from './client/create-client.ts';
import { HostProvider } from './client/host-context.tsx';
import { DropZone } from './features/data/drop-zone.tsx';
import { RunInHand } from './features/train/run-controls.tsx';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <HostProvider client={createHostClient()}>
      <App>
        <WorkspaceDesk />
        <RunInHand />
        <DropZone />
      </App>
    </HostProvider>
  </StrictMode>,
);
