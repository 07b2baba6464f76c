/** What was worked on of late: documents, runs, and edits that an earlier window left unsaved. */
import { useMemo } from 'react';
import type { RecentDocument } from '../../../core/protocol/documents.ts';
import type { Run } from '../../../core/protocol/records.ts';
import { useCall } from '../../client/host-context.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { agoFigure, figure } from '../../components/figures.ts';
import { baseName, folderOf } from '../../components/files/paths.ts';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/layout.tsx';
import { ColourDot, StatusTag, Tag } from '../../components/tag.tsx';
import { navigate } from '../../state/navigation.ts';
import { useRunColour, useRuns } from '../../state/runs.ts';
import { discardDraft, openDraft, useWorkspaceFiles } from '../../state/workspace-files.ts';
import { openFile } from './home-actions.ts';
import { Sparkline } from './sparkline.tsx';
import styles from './home.module.css';

const shownDocuments = 8;
const shownRuns = 8;

/** Edits that were not saved when their window went away; nothing when there are none. */
export function Drafts() {
  const drafts = useWorkspaceFiles((state) => state.recovered);
  if (drafts.length === 0) return null;
  const open = async (draft: (typeof drafts)[number]): Promise<void> => {
    await openDraft(draft);
    navigate('design');
  };
  return (
    <Panel title="Unsaved edits of an earlier window" framed className={styles['drafts']!}>
      <ul className={styles['rows']}>
        {drafts.map((draft) => {
          const name = draft.path === null ? (nameIn(draft.text) ?? 'A new document') : baseName(draft.path);
          return (
            <li key={draft.id} className={styles['row']}>
              <Icon name="edit" size={14} />
              <span className={styles['rowName']}>{name}</span>
              <span className={styles['rowNote']}>
                {draft.path === null ? 'never saved' : folderOf(draft.path)}, {agoFigure(draft.changedMs, Date.now())}
              </span>
              <Button size="small" look="primary" onPress={() => void open(draft)} aria-label={`Recover ${name}`}>
                Recover
              </Button>
              <IconButton
                icon="trash"
                size="small"
                label={`Discard the edits of ${name}`}
                onPress={() => discardDraft(draft.id)}
              />
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** The name a document gives itself, without understanding the rest of it. */
function nameIn(text: string): string | undefined {
  return /"name"\s*:\s*"([^"\\]{1,200})"/.exec(text)?.[1];
}

export function RecentDocuments() {
  const { data } = useCall('documents.recent', {});
  const documents = (data ?? []).slice(0, shownDocuments);
  return (
    <Panel title="Recent documents" framed>
      {documents.length === 0 ? (
        <p className={styles['hint']}>
          {data ? 'Documents you open or save are listed here. Begin with a template, or open a file.' : ''}
        </p>
      ) : (
        <ul className={styles['rows']}>
          {documents.map((document) => (
            <DocumentRow key={document.path} document={document} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function DocumentRow({ document }: { readonly document: RecentDocument }) {
  return (
    <li className={styles['row']}>
      <Button
        look="quiet"
        size="small"
        className={styles['rowButton']!}
        isDisabled={!document.exists}
        onPress={() => void openFile(document.path)}
      >
        <Icon name="file" size={14} />
        <span className={styles['rowName']}>{document.name}</span>
        <span className={styles['rowNote']}>{document.path}</span>
        <span className="visually-hidden">, open</span>
      </Button>
      {document.exists ? (
        <span className={styles['rowTime']}>{agoFigure(document.openedMs, Date.now())}</span>
      ) : (
        <Tag tone="warning">missing</Tag>
      )}
    </li>
  );
}

export function RecentRuns() {
  const runs = useRuns((state) => state.runs);
  const loaded = useRuns((state) => state.loaded);
  const recent = runs.slice(0, shownRuns);
  const end = runs.length > shownRuns && (
    <Button size="small" look="quiet" onPress={() => navigate('runs')}>
      All {figure(runs.length)}
    </Button>
  );
  return (
    <Panel title="Recent runs" framed end={end}>
      {recent.length === 0 ? (
        <p className={styles['hint']}>
          {loaded ? 'Nothing has been trained yet. “Train now” on a template starts a first run.' : ''}
        </p>
      ) : (
        <ul className={styles['rows']}>
          {recent.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RunRow({ run }: { readonly run: Run }) {
  const colour = useRunColour(run.id);
  const turn = useMemo(
    () => (run.status === 'running' ? Math.floor((20 * run.currentStep) / Math.max(1, run.totalSteps)) : run.status),
    [run],
  );
  return (
    <li className={styles['row']}>
      <Button
        look="quiet"
        size="small"
        className={styles['rowButton']!}
        onPress={() => navigate('train', { run: run.id })}
      >
        <ColourDot colour={colour} size={8} />
        <span className={styles['runWords']}>
          <span className={styles['runName']}>{run.name}</span>
          <span className={styles['runNote']}>
            {run.status === 'running'
              ? `${figure(run.currentStep)} of ${figure(run.totalSteps)}`
              : `${figure(run.currentStep)} ${run.currentStep === 1 ? 'step' : 'steps'}`}
            {` · ${agoFigure(run.createdMs, Date.now())}`}
          </span>
        </span>
        <span className="visually-hidden">, {run.status}, show the run</span>
      </Button>
      <Sparkline run={run.id} turn={String(turn)} colour={colour} />
      <span className={styles['runStatus']}>
        <StatusTag status={run.status} />
      </span>
    </li>
  );
}
