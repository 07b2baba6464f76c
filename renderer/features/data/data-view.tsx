/** One data set: what it is, its samples, its figures, and what is wrong with it. */
import { useEffect, useState } from 'react';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { DataSummary } from '../../../core/protocol/data-summary.ts';
import type { HostFault } from '../../../core/protocol/fault.ts';
import { useRequest } from '../../client/use-request.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { durationFigure } from '../../components/figures.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { BrowseSamples } from './browse-samples.tsx';
import { DataFacts } from './data-facts.tsx';
import { ReadingOptions } from './reading-options.tsx';
import { type DataRequest, sourceTitle } from './sources.ts';
import { TemplateChoice } from './template-choice.tsx';
import styles from './data.module.css';

interface DataViewProps {
  readonly request: DataRequest;
  /** The data could be read. */
  readonly onRead: () => void;
}

export function DataView({ request, onRead }: DataViewProps) {
  const call = useRequest('data.summary');
  const [summary, setSummary] = useState<DataSummary | null>(null);
  const [choosing, setChoosing] = useState(false);
  const key = JSON.stringify(request);
  const load = async (): Promise<void> => {
    const found = await call.send(request);
    if (!found) return;
    setSummary(found);
    onRead();
  };
  useEffect(() => void load(), [key]);
  const info = summary?.info;
  return (
    <div className={styles['body']}>
      <div className={styles['head']}>
        <h1>{sourceTitle(request.source)}</h1>
        {info && <span className={styles['note']}>{shapeWords(info)}</span>}
        <span className={styles['end']}>
          <Button look="primary" icon="plus" isDisabled={!info} onPress={() => setChoosing(true)}>
            New document from this data
          </Button>
        </span>
      </div>
      {call.isRunning && <Importing call={call} />}
      {!call.isRunning && !summary && !call.fault && (
        <p className={styles['note']}>
          Reading was stopped.{' '}
          <Button size="small" onPress={() => void load()}>
            Read it
          </Button>
        </p>
      )}
      {call.fault && <Problem fault={call.fault} onRetry={() => void load()} />}
      <ReadingOptions request={request} info={info} fault={call.fault} />
      {summary && !call.fault && <Found request={request} summary={summary} />}
      {choosing && info && <TemplateChoice request={request} info={info} onClose={() => setChoosing(false)} />}
    </div>
  );
}

function Found({ request, summary }: { readonly request: DataRequest; readonly summary: DataSummary }) {
  return (
    <div className={styles['columns']}>
      <BrowseSamples key={summary.info.contentHash} request={request} summary={summary} />
      <DataFacts summary={summary} />
    </div>
  );
}

/** `pictures of 28 × 28 in grey, 10 classes`. */
export function shapeWords({ kind, shape, target, classes, targetColumn, vocabulary }: DataInfo): string {
  const [channels = 1, height = 1, width = 1] = shape;
  const what: Readonly<Record<DataInfo['kind'], string>> = {
    image: `pictures of ${width} × ${height} ${channels === 1 ? 'in grey' : channels === 3 ? 'in colour' : `with ${channels} channels`}`,
    points: `points of ${shape[0]} numbers`,
    text: `text in windows of ${shape[0]} ${vocabulary?.unit ?? 'character'}s`,
    table: `rows of ${shape[0]} ${shape[0] === 1 ? 'feature' : 'features'}`,
  };
  const named = targetColumn ? ` (${targetColumn.name})` : '';
  const targets: Readonly<Record<DataInfo['target'], string>> = {
    class: `${classes.length} classes${named}`,
    number: `a number to predict${named}`,
    none: 'no target',
  };
  return `${what[kind]}, ${targets[target]}`;
}

function Importing({ call }: { readonly call: ReturnType<typeof useRequest<'data.summary'>> }) {
  const { progress } = call;
  const left =
    progress && progress.total !== null && progress.done > 0
      ? ((performance.now() - progress.sinceMs) / progress.done) * (progress.total - progress.done)
      : null;
  const counted = progress?.total
    ? `${progress.done.toLocaleString('en-GB')} of ${progress.total.toLocaleString('en-GB')}`
    : undefined;
  const note = counted && left !== null && left > 500 ? `${counted} · ${durationFigure(left)} left` : counted;
  return (
    <div className={styles['section']}>
      <ProgressBar
        label={progress ? sentence(progress.what) : 'Reading'}
        done={progress?.done ?? 0}
        total={progress?.total ?? null}
        note={note}
      />
      <div>
        <Button size="small" icon="stop" onPress={call.cancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What is wrong with the data, where, and what to do. */
function Problem({ fault, onRetry }: { readonly fault: HostFault; readonly onRetry: () => void }) {
  return (
    <div className={styles['fault']} role="alert">
      <Icon name="error" />
      <div className={styles['faultBody']}>
        <p>{fault.message}</p>
        {fault.hint && <p>{sentence(fault.hint)}</p>}
        <div>
          <Button size="small" icon="refresh" onPress={onRetry}>
            Read again
          </Button>
        </div>
      </div>
    </div>
  );
}
