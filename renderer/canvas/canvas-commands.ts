/** The canvas's actions as commands of the window: found by name, with keys that can be changed. */
import { useCommands } from '../app/commands.ts';
import { useWorkspace } from '../state/workspace.ts';
import { bypassSelected, duplicateSelected, groupSelected, removeSelected, tidyUp, toggleOutput } from './actions.ts';
import { addMissing, missingNetworks } from './missing-networks.tsx';
import { setDirection, setFinding, setPalette, useCanvasUi } from './canvas-store.ts';

export interface CanvasCommandsContext {
  readonly fit: () => void;
  readonly openAdd: () => void;
  readonly openConnect: () => void;
  readonly openDisconnect: () => void;
}

export function useCanvasCommands({ fit, openAdd, openConnect, openDisconnect }: CanvasCommandsContext): void {
  const enabled = useWorkspace((state) => state.selection.length > 0);
  const { direction, hasPalette } = useCanvasUi();
  const outline = useWorkspace((state) => state.outline);
  const group = 'Canvas';
  const networks = missingNetworks(outline).map((network) => ({
    id: `canvas.network.${network.name}`,
    title: `Add network '${network.name}': ${network.purpose}`,
    group,
    run: () => void addMissing(network),
  }));
  useCommands([
    { id: 'canvas.add', title: 'Add a layer', group, run: openAdd },
    ...networks,
    { id: 'canvas.connect', title: 'Connect the selected layer', group, enabled, run: openConnect },
    { id: 'canvas.disconnect', title: 'Take a wire of the selected layer away', group, enabled, run: openDisconnect },
    { id: 'canvas.bypass', title: 'Bypass the selected layers', group, keys: 'Mod+B', enabled, run: bypassSelected },
    {
      id: 'canvas.duplicate',
      title: 'Duplicate the selected layers',
      group,
      keys: 'Mod+D',
      enabled,
      run: duplicateSelected,
    },
    {
      id: 'canvas.group',
      title: 'Group the selected layers into a block',
      group,
      keys: 'Mod+G',
      enabled,
      run: groupSelected,
    },
    { id: 'canvas.output', title: 'Make the selected layer an output, or none', group, enabled, run: toggleOutput },
    { id: 'canvas.delete', title: 'Delete the selected layers', group, enabled, run: removeSelected },
    { id: 'canvas.find', title: 'Find a layer', group, keys: 'Mod+F', run: () => setFinding(true) },
    { id: 'canvas.fit', title: 'Fit the model into view', group, keys: '.', run: fit },
    { id: 'canvas.tidy', title: 'Tidy up: lay all nodes out', group, run: tidyUp },
    {
      id: 'canvas.direction',
      title: direction === 'down' ? 'Lay out to the right' : 'Lay out downwards',
      group,
      run: () => setDirection(direction === 'down' ? 'right' : 'down'),
    },
    {
      id: 'canvas.palette',
      title: hasPalette ? 'Hide the palette of layers' : 'Show the palette of layers',
      group,
      run: () => setPalette(!hasPalette),
    },
  ]);
}
