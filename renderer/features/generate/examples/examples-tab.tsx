/** Held-out examples as the model judges them, mistakes first, each with what the score of a class hangs on. */
import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import type { Judged } from '../../../../core/protocol/insights.ts';
import type { Explained } from '../../../../core/protocol/samples.ts';
import { useCall } from '../../../client/host-context.tsx';
import { useRequest } from '../../../client/use-request.ts';
import { IconButton } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/layout.tsx';
import { FaultNote } from '../fault-note.tsx';
import { RequestBar } from '../request-bar.tsx';
import { askOf, type Target } from '../run-target.ts';
import { ExampleCard } from './example-card.tsx';
import { type Asked, ExampleFilters, useAsked } from './example-filters.tsx';
import { mistakeCount, shownExamples } from './example-order.ts';
import { type Look, SaliencyLook } from './saliency-look.tsx';
import styles from './examples.module.css';
import shared from '../generate.module.css';

/** As many as evaluations look at, so that a confusion's cell finds all of its examples. */
const mostJudged = 10_000;
const pageSize = 24;

export function ExamplesTab({ target }: { readonly target: Target }) {
  const { model } = target;
  const { counts, classes, kind } = model.data;
  const asked = useAsked(counts, classes.length);
  const [look, setLook] = useState<Look>({
    opacity: 0.6,
    method: model.saliencyMethods[0]?.name ?? '',
    score: 'predicted',
  });
  const { judged, request } = useJudged(target, asked);
  const rows = useMemo(() => (judged ? shownExamples(judged, asked) : []), [judged, asked]);
  return (
    <div className={shared['body']}>
      <ExampleFilters asked={asked} counts={counts} classes={classes} />
      <SaliencyLook look={look} onLook={setLook} model={model} hasPictures={kind === 'image'} />
      {request.isRunning && (
        <RequestBar label="Loading the model" progress={request.progress} onCancel={request.cancel} />
      )}
      {request.fault && <FaultNote fault={request.fault} />}
      {judged && (
        <ExamplePages
          key={JSON.stringify(asked)}
          target={target}
          asked={asked}
          judged={judged}
          rows={rows}
          look={look}
        />
      )}
    </div>
  );
}

/** The verdicts on a split, asked for when the split or the checkpoint is another. */
function useJudged(target: Target, { of }: Asked) {
  const { run, step } = target;
  const [known, setKnown] = useState<{ readonly of: Asked['of']; readonly judged: Judged } | undefined>();
  const request = useRequest('runs.judge');
  const ask = useEffectEvent(async () => {
    const judged = await request.send({ ...askOf(target), of, count: mostJudged });
    if (judged) setKnown({ of, judged });
  });
  useEffect(() => void ask(), [run.id, step, of]);
  return { judged: known?.of === of ? known.judged : undefined, request };
}

interface ExamplePagesProps {
  readonly target: Target;
  readonly asked: Asked;
  readonly judged: Judged;
  /** Of `judged`, in the order they are shown. */
  readonly rows: readonly number[];
  readonly look: Look;
}

function ExamplePages({ target, asked, judged, rows, look }: ExamplePagesProps) {
  const [page, setPage] = useState(0);
  const first = page * pageSize;
  const shown = rows.slice(first, first + pageSize);
  const places = shown.map((row) => judged.indices[row]!);
  const { explained, fault, isBusy } = useExplained(target, asked.of, places, look);
  if (rows.length === 0)
    return (
      <EmptyState title="No such examples" icon="filter">
        No {asked.of} example is of this class and was taken for that one.
      </EmptyState>
    );
  return (
    <>
      <div className={styles['pages']}>
        <p aria-live="polite">{summary(judged, rows.length, asked)}</p>
        <span className={styles['pager']}>
          <IconButton
            icon="chevronLeft"
            size="small"
            label="Examples before"
            isDisabled={page === 0}
            onPress={() => setPage(page - 1)}
          />
          <span>
            {first + 1} to {first + shown.length} of {rows.length.toLocaleString('en-GB')}
          </span>
          <IconButton
            icon="chevronRight"
            size="small"
            label="More examples"
            isDisabled={first + pageSize >= rows.length}
            onPress={() => setPage(page + 1)}
          />
        </span>
      </div>
      {fault && <FaultNote fault={fault} />}
      {explained && (
        <ol
          className={styles['cards']}
          data-wide={target.model.data.kind === 'image' ? undefined : ''}
          aria-label="Examples"
          aria-busy={isBusy}
        >
          {places.map((place, row) => (
            <ExampleCard
              key={place}
              explained={explained}
              row={row}
              place={place}
              info={target.model.data}
              opacity={look.opacity}
            />
          ))}
        </ol>
      )}
    </>
  );
}

/** `37 mistakes among 1,000 validation examples`. */
function summary(judged: Judged, shown: number, { of, actual, predicted }: Asked): string {
  const count = judged.indices.length;
  const mistakes = mistakeCount(judged);
  const among = `${mistakes.toLocaleString('en-GB')} ${mistakes === 1 ? 'mistake' : 'mistakes'} among ${count.toLocaleString('en-GB')} ${of} examples`;
  const part = count < judged.total ? ` (of ${judged.total.toLocaleString('en-GB')})` : '';
  const filtered = actual !== null || predicted !== null ? `; ${shown.toLocaleString('en-GB')} of these classes` : '';
  return `${among}${part}${filtered}.`;
}

/** Explanations of these examples; those before stay while only the look of the same examples changes. */
function useExplained(target: Target, of: Asked['of'], places: readonly number[], look: Look) {
  const score = look.score === 'predicted' || look.score === 'actual' ? look.score : Number(look.score);
  const { data, error } = useCall(
    'runs.explain',
    places.length > 0 ? { ...askOf(target), of, indices: [...places], score, method: look.method } : null,
  );
  const key = places.join();
  const [last, setLast] = useState<{ readonly key: string; readonly explained: Explained } | undefined>();
  if (data && data !== last?.explained) setLast({ key, explained: data });
  return {
    explained: data ?? (last?.key === key ? last.explained : undefined),
    fault: error,
    isBusy: data === undefined && error === undefined,
  };
}
