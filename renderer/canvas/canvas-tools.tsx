/** The bar over the canvas: add, find, fit, lay out. */
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { Button, IconButton, IconToggle } from '../components/button.tsx';
import { Toolbar, ToolbarDivider, ToolbarSpacer } from '../components/layout.tsx';
import { SegmentedControl } from '../components/toggles.tsx';
import { Tooltip } from '../components/tooltip.tsx';
import { redo, undo, useWorkspace } from '../state/workspace.ts';
import { tidyUp } from './actions.ts';
import { addMissing, missingNetworks, type MissingNetwork } from './missing-networks.tsx';
import { setDirection, setFinding, setPalette, useCanvasUi } from './canvas-store.ts';
import styles from './canvas.module.css';

interface CanvasToolsProps {
  readonly onAdd: () => void;
  readonly onFit: () => void;
}

export const CanvasTools = memo(function CanvasTools({ onAdd, onFit }: CanvasToolsProps) {
  const { direction, hasPalette } = useCanvasUi();
  const last = useWorkspace((state) => state.history.past.at(-1)?.label);
  const next = useWorkspace((state) => state.history.future.at(-1)?.label);
  const isPlaced = useWorkspace((state) => (state.outline?.positions.size ?? 0) > 0);
  const missing = useMissing();
  return (
    <Toolbar label="Canvas" className={styles['tools']!}>
      <IconToggle icon="grid" label="Palette of layers" size="small" isSelected={hasPalette} onChange={setPalette} />
      <Button icon="plus" size="small" onPress={onAdd}>
        Add layer
      </Button>
      {missing.map((network) => (
        <Tooltip key={network.name} text={network.purpose} placement="bottom">
          <Button icon="plus" size="small" onPress={() => addMissing(network)}>
            Add {network.name}
          </Button>
        </Tooltip>
      ))}
      <ToolbarDivider />
      <IconButton
        icon="undo"
        label={last ? `Undo: ${last}` : 'Undo'}
        keys="Mod+Z"
        size="small"
        isDisabled={last === undefined}
        onPress={undo}
      />
      <IconButton
        icon="redo"
        label={next ? `Redo: ${next}` : 'Redo'}
        keys="Mod+Y"
        size="small"
        isDisabled={next === undefined}
        onPress={redo}
      />
      <ToolbarSpacer />
      <IconButton icon="search" label="Find a layer" keys="Mod+F" size="small" onPress={() => setFinding(true)} />
      <IconButton icon="expand" label="Fit into view" keys="." size="small" onPress={onFit} />
      <IconButton icon="design" label="Tidy up" size="small" isDisabled={!isPlaced} onPress={tidyUp} />
      <span className={styles['direction']}>
        <SegmentedControl
          label="Direction"
          size="small"
          segments={[
            { value: 'down', label: 'Down' },
            { value: 'right', label: 'Right' },
          ]}
          value={direction}
          onChange={setDirection}
        />
      </span>
    </Toolbar>
  );
});

/** Networks that are missing from a document that has others; asked anew only when their names change. */
function useMissing(): readonly MissingNetwork[] {
  const names = useWorkspace(
    useShallow(({ outline }) => (outline?.scopes.length ? missingNetworks(outline).map(({ name }) => name) : [])),
  );
  return names.length === 0 ? [] : missingNetworks(useWorkspace.getState().outline);
}
