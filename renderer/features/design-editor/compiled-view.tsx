/** The compiled training step, node by node, each with the layer behind it. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { bytesFigure } from '../../components/figures.ts';
import { EmptyState } from '../../components/layout.tsx';
import { Menu } from '../../components/menu.tsx';
import { fileName, saveBlob } from '../../components/page-style.ts';
import { SearchField } from '../../components/text-field.tsx';
import { announce, showFault, showToast } from '../../state/toasts.ts';
import { select, useWorkspace } from '../../state/workspace.ts';
import { CompiledDetail } from './compiled-detail.tsx';
import { layerOfOrigin, type CompiledGraph, type CompiledNode } from './compiled-graph.ts';
import { matching, nodeRowId, originRowId, rowsOf, type Row } from './compiled-rows.ts';
import { onnxFile, printedGraph, useCompiled } from './compiled-state.ts';
import { CompiledTree } from './compiled-tree.tsx';
import styles from './compiled.module.css';

export function CompiledView() {
  const isOpen = useWorkspace((state) => state.file !== null);
  return isOpen ? <OpenView /> : <EmptyState title="No document is open" icon="design" />;
}

function OpenView() {
  const { graph, note, isBusy } = useCompiled();
  return (
    <section className={styles['frame']} aria-label="Compiled training step" aria-busy={isBusy}>
      {note && (
        <p className={styles['warning']}>{graph ? `${note} What follows is of the last text that compiled.` : note}</p>
      )}
      {graph ? <Graph graph={graph} isBusy={isBusy} /> : isBusy && <p className={styles['note']}>Compiling…</p>}
    </section>
  );
}

function Graph({ graph, isBusy }: { readonly graph: CompiledGraph; readonly isBusy: boolean }) {
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(['forward']));
  const [active, setActive] = useState<string>();
  const rows = useMemo(() => rowsOf(graph, search, open), [graph, search, open]);
  const found = useMemo(
    () => (search.trim() === '' ? undefined : matching(graph.nodes, search).length),
    [graph, search],
  );
  const row = rows.find((each) => each.id === active);
  const { isMarked, tell } = useSharedSelection(graph, setOpen, setActive);
  const toggle = (id: string, isOpen: boolean): void =>
    setOpen((now) => new Set(isOpen ? [...now, id] : [...now].filter((each) => each !== id)));
  const activate = (next: Row): void => {
    setActive(next.id);
    tell(next);
  };
  const pick = (node: CompiledNode): void => {
    setSearch('');
    setOpen((now) => new Set([...now, node.phase, originRowId(node.phase, node.origin)]));
    setActive(nodeRowId(node.index));
  };
  return (
    <>
      <div className={styles['bar']}>
        <SearchField
          label="Find nodes"
          placeholder="Find by operator, name, shape, layer"
          value={search}
          onChange={setSearch}
          size="small"
          className={styles['search']!}
        />
        <span className={styles['found']} role="status">
          {isBusy ? 'Compiling…' : found === undefined ? '' : `${counted(found)} of ${counted(graph.nodes.length)}`}
        </span>
        <GraphMenu />
      </div>
      <Totals graph={graph} onFind={setSearch} />
      {rows.length > 0 ? (
        <CompiledTree
          rows={rows}
          open={open}
          onToggle={toggle}
          active={active}
          onActivate={activate}
          isMarked={isMarked}
        />
      ) : (
        <p className={styles['note']}>No node has these words.</p>
      )}
      {row && <CompiledDetail graph={graph} row={row} onPick={pick} />}
    </>
  );
}

/** A row picked here selects its layer everywhere; a layer selected elsewhere shows its rows here. */
function useSharedSelection(
  graph: CompiledGraph,
  setOpen: (change: (now: ReadonlySet<string>) => ReadonlySet<string>) => void,
  setActive: (id: string) => void,
) {
  const selection = useWorkspace((state) => state.selection);
  const outline = useWorkspace((state) => state.outline);
  const own = useRef<string>(undefined);
  const layers = useMemo(
    () =>
      new Map(
        [...new Set(graph.nodes.map((node) => node.origin))].map((origin) => [
          origin,
          outline ? layerOfOrigin(outline, origin) : undefined,
        ]),
      ),
    [graph, outline],
  );
  const selected = useMemo(() => new Set(selection), [selection]);
  useEffect(() => {
    const [key] = selection;
    if (key === undefined || own.current === key) return;
    own.current = undefined;
    const node = graph.nodes.find(({ origin }) => layers.get(origin) === key);
    if (!node) return;
    setOpen((now) => new Set([...now, node.phase]));
    setActive(originRowId(node.phase, node.origin));
  }, [selection, graph]);
  const layerOf = (row: Row) =>
    row.kind === 'phase' ? undefined : layers.get(row.kind === 'node' ? row.node.origin : row.origin);
  return {
    isMarked: (row: Row): boolean => selected.has(layerOf(row) ?? ''),
    tell: (row: Row): void => {
      const key = layerOf(row);
      own.current = key;
      if (key !== undefined) select([key]);
    },
  };
}

const counted = (count: number): string => count.toLocaleString('en-GB');

const stateWords = { parameter: 'weights', optimizer: 'optimizer', buffer: 'buffers', ema: 'averages' } as const;

function Totals({ graph, onFind }: { readonly graph: CompiledGraph; readonly onFind: (search: string) => void }) {
  const { byOp, parameters, multiplyAdds, stateBytes } = graph.totals;
  const state = Object.values(stateBytes).reduce((sum, bytes) => sum + bytes, 0);
  const kinds = (Object.keys(stateWords) as (keyof typeof stateWords)[]).filter((role) => stateBytes[role] > 0);
  const parts = kinds.map((role) => `${stateWords[role]} ${bytesFigure(stateBytes[role])}`).join(', ');
  return (
    <div className={styles['totals']}>
      <dl>
        <Figure name="nodes" value={counted(graph.nodes.length)} />
        <Figure name="parameters" value={counted(parameters)} />
        <Figure name="multiply-adds a step" value={counted(multiplyAdds)} />
        <Figure name="kept between steps" value={bytesFigure(state)} help={parts} />
      </dl>
      <ul aria-label="Nodes by operator">
        {byOp.slice(0, 12).map(([op, count]) => (
          <li key={op}>
            <button type="button" className={styles['opCount']} onClick={() => onFind(op)}>
              {op} <span>{counted(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Figure({ name, value, help }: { readonly name: string; readonly value: string; readonly help?: string }) {
  return (
    <div title={help}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function GraphMenu() {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await printedGraph());
      announce('The graph is copied');
      showToast({ tone: 'ok', text: 'The graph is copied as text' });
    } catch (fault) {
      showFault('The graph was not copied', fault);
    }
  };
  const save = async (): Promise<void> => {
    try {
      const { outline } = useWorkspace.getState();
      saveBlob(
        new Blob([await onnxFile()], { type: 'application/octet-stream' }),
        `${fileName(outline?.name ?? '')}-train-step.onnx`,
      );
    } catch (fault) {
      showFault('The graph was not saved', fault);
    }
  };
  return (
    <Menu
      label="Graph"
      trigger={<IconButton label="Copy or save the graph" icon="more" size="small" />}
      actions={[
        { id: 'copy', label: 'Copy as text', icon: 'copy', run: () => void copy() },
        { id: 'save', label: 'Save as .onnx', icon: 'download', run: () => void save() },
      ]}
    />
  );
}
