/** What differs between the graphs of runs: layers by network, and operators of the compiled training steps. */
import { useMemo } from 'react';
import { classNames } from '../../components/class-names.ts';
import { figure } from '../../components/figures.ts';
import { EmptyState } from '../../components/layout.tsx';
import { Tag, type Tone } from '../../components/tag.tsx';
import { checkDocument } from '../../../core/spec/check.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import type { Summary } from '../../../core/spec/summary.ts';
import { compiledRun, type ComparedRun } from './compared-runs.ts';
import {
  diffSummaries,
  type LayerChange,
  type LayerDiff,
  type LayerFields,
  type NetworkDiff,
  operatorCounts,
  shapeText,
} from './graph-diff.ts';
import { PairChooser, usePair } from './pair-chooser.tsx';
import { RunsHead } from './scores-view.tsx';
import styles from './compare.module.css';
import tables from './tables.module.css';

export function GraphDiff({ runs }: { readonly runs: readonly ComparedRun[] }) {
  return (
    <div className={styles['page']}>
      <Layers runs={runs} />
      <Operators runs={runs} />
    </div>
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** Summary and layer fields of a run's document; undefined until it is there or when it cannot be read. */
function modelOf({
  detail,
  model,
}: ComparedRun):
  | { readonly summary: Summary; readonly fieldsOf: (network: string, layer: string) => Fields }
  | undefined {
  if (!detail || !model) return undefined;
  const { summary } = checkDocument(detail.document, model.data);
  if (!summary) return undefined;
  const networks = parseDocument(detail.document).document?.networks;
  const fieldsOf = (network: string, layer: string): Fields => {
    const layers = networks?.[network]?.layers as readonly Fields[] | undefined;
    return layers?.find((each) => each['id'] === layer) ?? {};
  };
  return { summary, fieldsOf };
}

const tones: Readonly<Record<LayerChange, Tone>> = { added: 'ok', removed: 'error', changed: 'warning', same: 'idle' };

function Layers({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const pair = usePair(runs);
  const networks = useMemo(() => {
    const [before, after] = [modelOf(pair.first), modelOf(pair.second)];
    if (!before || !after) return undefined;
    const fields: LayerFields = (side, network, layer) => (side === 'before' ? before : after).fieldsOf(network, layer);
    return diffSummaries(before.summary, after.summary, fields);
  }, [pair.first.detail, pair.first.model, pair.second.detail, pair.second.model]);
  return (
    <section aria-label="Layers" className={styles['section']}>
      <header className={styles['sectionHead']}>
        <h2>Layers</h2>
        <span className={styles['end']}>
          <PairChooser pair={pair} runs={runs} />
        </span>
      </header>
      {networks === undefined ? (
        <p className={styles['faint']}>Loading</p>
      ) : networks.every((network) => network.change === 'same') ? (
        <EmptyState title="The two models have the same layers" icon="check" />
      ) : (
        networks.map((network) => <Network key={network.name} network={network} />)
      )}
    </section>
  );
}

function Network({ network }: { readonly network: NetworkDiff }) {
  const changed = network.layers.filter((layer) => layer.change !== 'same').length;
  return (
    <div className={tables['network']}>
      <h3>
        {network.name} <Tag tone={tones[network.change]}>{network.change}</Tag>
        <span className={styles['faint']}>
          {network.layers.length} layers{network.change === 'changed' ? `, ${changed} not the same` : ''}
        </span>
      </h3>
      <div className={tables['tableFrame']} role="region" aria-label={`Layers of ${network.name}`} tabIndex={0}>
        <table className={classNames(tables['table'], tables['layers'])}>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Change</th>
              <th scope="col">Kind</th>
              <th scope="col">Output</th>
              <th scope="col">Parameters</th>
              <th scope="col">What changed</th>
            </tr>
          </thead>
          <tbody>
            {network.layers.map((layer) => (
              <Layer key={`${layer.id} ${layer.change}`} layer={layer} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Layer({ layer: { id, change, before, after, words } }: { readonly layer: LayerDiff }) {
  const shown = (after ?? before)!;
  return (
    <tr data-change={change}>
      <th scope="row">
        <code>{id}</code>
      </th>
      <td>
        {change === 'same' ? <span className={styles['faint']}>same</span> : <Tag tone={tones[change]}>{change}</Tag>}
      </td>
      <td>{shown.type}</td>
      <td>{shapeText(shown.outputShape)}</td>
      <td>{figure(shown.parameters)}</td>
      <td className={tables['words']}>{words.join('; ')}</td>
    </tr>
  );
}

function Operators({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const graphs = runs.map((run) => compiledRun(run)?.model.train.graph.nodes ?? []);
  const rows = useMemo(() => operatorCounts(graphs), [runs]);
  const most = Math.max(1, ...rows.flatMap((row) => row.counts));
  if (rows.length === 0) return null;
  return (
    <section aria-label="Operators" className={styles['section']}>
      <header className={styles['sectionHead']}>
        <h2>Operators of the compiled training step</h2>
        <span className={styles['faint']}>
          Nodes of the graph that runs: forward, backward and update, after optimisation
        </span>
      </header>
      <div className={tables['tableFrame']} role="region" aria-label="Operators, table" tabIndex={0} data-tall="">
        <table className={tables['table']}>
          <RunsHead runs={runs} first="Operator" />
          <tbody>
            <tr data-total="">
              <th scope="row">All</th>
              {graphs.map((nodes, i) => (
                <td key={runs[i]!.run.id}>{figure(nodes.length)}</td>
              ))}
            </tr>
            {rows.map(({ op, counts }) => (
              <tr key={op}>
                <th scope="row">{op}</th>
                {counts.map((count, i) => (
                  <td key={runs[i]!.run.id}>
                    <span className={tables['count']}>
                      <span>{count === 0 ? '—' : figure(count)}</span>
                      <span
                        className={tables['countBar']}
                        style={{ width: `${(count / most) * 80}px`, background: runs[i]!.colour }}
                      />
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
