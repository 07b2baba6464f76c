/** Every kind of layer by group: to be dragged onto the canvas, or added behind the selected layer by pressing it. */
import { layerTable } from '../../core/nn/layer-table.ts';
import { Tooltip } from '../components/tooltip.tsx';
import { Button } from 'react-aria-components';
import { splitKey, type DocumentOutline } from '../../core/spec/model-edits/outline.ts';
import { useWorkspace } from '../state/workspace.ts';
import { add } from './actions.ts';
import { kindColour, kindOf, kindTitles, type LayerKind } from './words.ts';
import styles from './palette.module.css';

/** What a drag from the palette carries, as the browser's drag and drop names kinds of data. */
export const paletteType = 'application/x-lathe-layer';

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly layer: { readonly type: string } | { readonly block: string };
}

function groupsOf(outline: DocumentOutline): ReadonlyMap<LayerKind, readonly Entry[]> {
  const groups = new Map<LayerKind, Entry[]>();
  const put = (kind: LayerKind, entry: Entry): void =>
    void (groups.get(kind)?.push(entry) ?? groups.set(kind, [entry]));
  for (const scope of outline.scopes)
    if (scope.kind === 'block')
      put('block', {
        name: scope.name,
        summary: `Block of ${scope.layers.length} layers.`,
        layer: { block: scope.name },
      });
  for (const { type, summary } of layerTable.values()) put(kindOf(type), { name: type, summary, layer: { type } });
  return groups;
}

/** Adds behind the selected layer, or at the end of the first network. */
function addAtSelection(layer: Entry['layer']): void {
  const { selection, outline } = useWorkspace.getState();
  const after = selection.at(-1);
  const scope = after ? splitKey(after).scope : outline?.scopes[0]?.key;
  if (scope) add(layer, { scope, ...(after && { after }) });
}

export function Palette({ outline }: { readonly outline: DocumentOutline }) {
  return (
    <section className={styles['palette']} aria-label="Layers to add">
      {[...groupsOf(outline)].map(([kind, entries]) => (
        <div key={kind} className={styles['group']}>
          <h3 className={styles['title']}>
            <span className={styles['dot']} style={{ background: kindColour(kind) }} aria-hidden="true" />
            {kindTitles[kind]}
          </h3>
          {entries.map((entry) => (
            <PaletteEntry key={entry.name} entry={entry} />
          ))}
        </div>
      ))}
    </section>
  );
}

function PaletteEntry({ entry }: { readonly entry: Entry }) {
  return (
    <div draggable onDragStart={(event) => event.dataTransfer.setData(paletteType, JSON.stringify(entry.layer))}>
      <Tooltip text={entry.summary} placement="right">
        <Button className={styles['entry']!} onPress={() => addAtSelection(entry.layer)}>
          {entry.name}
        </Button>
      </Tooltip>
    </div>
  );
}
