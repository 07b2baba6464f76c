/** Data: what there is to train on, what it looks like, and what is wrong with it. */
import { useState } from 'react';
import { useCommands } from '../../app/commands.ts';
import { useCall, useHost } from '../../client/host-context.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { FilePicker } from '../../components/files/file-picker.tsx';
import { PlaceFrame, Toolbar } from '../../components/layout.tsx';
import { SplitPane } from '../../components/split-pane.tsx';
import { setParams, useParam } from '../../state/navigation.ts';
import { showFault } from '../../state/toasts.ts';
import { requestForFile, requestForFolder } from './bring-data.ts';
import { DataView } from './data-view.tsx';
import { forgetOpened, keepOpened, useData } from './data-store.ts';
import { type DataRequest, dataFileEndings, sourceTitle } from './sources.ts';
import styles from './data.module.css';

const show = (request: DataRequest): void => {
  keepOpened(request);
  setParams({ source: request.source });
};

export function Place() {
  const [picking, setPicking] = useState<'open-file' | 'open-folder' | null>(null);
  const host = useHost();
  useCommands([
    { id: 'data.openFolder', title: 'Open a folder of data', group: 'Data', run: () => setPicking('open-folder') },
    { id: 'data.openFile', title: 'Open a data file', group: 'Data', run: () => setPicking('open-file') },
  ]);
  const choose = async (path: string): Promise<void> => {
    const kind = picking;
    setPicking(null);
    try {
      show(kind === 'open-file' ? requestForFile(path) : await requestForFolder(host, path));
    } catch (error) {
      showFault('The data could not be opened', error);
    }
  };
  return (
    <PlaceFrame>
      <Toolbar label="Bring data">
        <Button size="small" icon="folder" onPress={() => setPicking('open-folder')}>
          Open folder
        </Button>
        <Button size="small" icon="file" onPress={() => setPicking('open-file')}>
          Open file
        </Button>
      </Toolbar>
      <div className={styles['frame']}>
        <SplitPane
          label="Width of the list of data"
          storageKey="data-sources"
          fixed="first"
          initial={248}
          min={180}
          max={420}
          first={<SourceList />}
          second={<Chosen />}
        />
      </div>
      {picking && (
        <FilePicker
          title={picking === 'open-file' ? 'Open a data file' : 'Open a folder of data'}
          kind={picking}
          endings={picking === 'open-file' ? dataFileEndings : []}
          action="Open"
          onChoose={(path) => void choose(path)}
          onClose={() => setPicking(null)}
        />
      )}
    </PlaceFrame>
  );
}

function SourceList() {
  const { data: sources = [] } = useCall('data.sources', {});
  const builtin = sources.filter(isMade);
  const opened = useData((state) => state.opened);
  const chosen = useParam('source') ?? opened[0]?.source ?? builtin[0]?.source;
  return (
    <nav className={styles['side']} aria-label="Data">
      {opened.length > 0 && (
        <>
          <h2 className={styles['sideHead']}>Opened</h2>
          <ul className={styles['sources']}>
            {opened.map(({ source }) => (
              <SourceLine
                key={source}
                source={source}
                title={sourceTitle(source)}
                note={source}
                isCurrent={source === chosen}
                onForget={() => forgetOpened(source)}
              />
            ))}
          </ul>
        </>
      )}
      <h2 className={styles['sideHead']}>Built in</h2>
      <ul className={styles['sources']}>
        {builtin.map(({ source, title, kind }) => (
          <SourceLine
            key={source}
            source={source}
            title={sentence(title)}
            note={`${kind} · ${source}`}
            isCurrent={source === chosen}
          />
        ))}
      </ul>
      <div className={styles['drop']}>
        <p>Drop a folder or a file anywhere in the window, or open it where it lies</p>
        <ul>
          {sources
            .filter((each) => !isMade(each))
            .map(({ source, title }) => (
              <li key={source}>{sentence(title)}</li>
            ))}
        </ul>
      </div>
    </nav>
  );
}

/** Whether a source is a data set by itself, rather than a kind of file. */
const isMade = ({ source }: { readonly source: string }): boolean => source.startsWith('builtin:');
const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

interface SourceLineProps {
  readonly source: string;
  readonly title: string;
  readonly note: string;
  readonly isCurrent: boolean;
  readonly onForget?: () => void;
}

function SourceLine({ source, title, note, isCurrent, onForget }: SourceLineProps) {
  return (
    <li className={styles['source']} data-current={isCurrent ? '' : undefined}>
      <button
        type="button"
        className={styles['sourceButton']}
        aria-current={isCurrent ? 'true' : undefined}
        onClick={() => setParams({ source })}
      >
        <span>{title}</span>
        <span className={styles['sourceNote']} title={note}>
          {note}
        </span>
      </button>
      {onForget && <IconButton size="small" icon="close" label={`Take ${title} off the list`} onPress={onForget} />}
    </li>
  );
}

/** The data of the address, or the first of the list. */
function Chosen() {
  const { data: app } = useCall('app.info', {});
  const { data: builtin } = useCall('data.sources', {});
  const opened = useData((state) => state.opened);
  const options = useData((state) => state.options);
  const source = useParam('source') ?? opened[0]?.source ?? builtin?.[0]?.source;
  if (!app || source === undefined) return <div className={styles['body']} />;
  const known = opened.find((request) => request.source === source);
  const request = known ?? { source, baseDir: app.home, ...options[source] };
  // Data may also come from elsewhere in the window, by its address.
  const isNew = !known && !isMade({ source });
  return <DataView key={source} request={request} onRead={() => isNew && keepOpened(request)} />;
}
