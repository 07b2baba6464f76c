/** Home: where work begins and is found again. */
import { useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { FilePicker } from '../../components/files/file-picker.tsx';
import { PlaceFrame, PlaceScroll } from '../../components/layout.tsx';
import { navigate } from '../../state/navigation.ts';
import { Gallery } from './gallery.tsx';
import { newDocument, openFile } from './home-actions.ts';
import { Drafts, RecentDocuments, RecentRuns } from './recent-lists.tsx';
import styles from './home.module.css';

export function Place() {
  const host = useHost();
  const [isOpening, setIsOpening] = useState(false);
  const open = (path: string): void => {
    setIsOpening(false);
    void openFile(path);
  };
  return (
    <PlaceFrame>
      <PlaceScroll>
        <div className={styles['home']}>
          <div className={styles['begin']} role="group" aria-label="Begin">
            <Button icon="plus" onPress={() => void newDocument(host)}>
              New document
            </Button>
            <Button icon="folder" onPress={() => setIsOpening(true)}>
              Open a file
            </Button>
            <Button icon="data" onPress={() => navigate('data', {})}>
              Import data
            </Button>
            <span className={styles['dropHint']}>
              or drop a document, a folder of pictures, a CSV or a text anywhere
            </span>
          </div>
          <Drafts />
          <div className={styles['columns']}>
            <section aria-label="Templates" className={styles['templates']}>
              <h2>Start from a template</h2>
              <Gallery />
            </section>
            <div className={styles['recent']}>
              <RecentRuns />
              <RecentDocuments />
            </div>
          </div>
        </div>
      </PlaceScroll>
      {isOpening && (
        <FilePicker
          title="Open a document"
          kind="open-file"
          endings={['jsonc', 'json']}
          action="Open"
          onChoose={open}
          onClose={() => setIsOpening(false)}
        />
      )}
    </PlaceFrame>
  );
}
