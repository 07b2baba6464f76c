/** A drawn set, each output in the view of its kind, to be seen and taken away. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { Samples } from '../../../core/protocol/samples.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/layout.tsx';
import { Menu, type MenuAction } from '../../components/menu.tsx';
import { fileName, saveBlob } from '../../components/page-style.ts';
import { textFile } from '../../components/samples/text-values.ts';
import { SamplesView } from '../../components/samples/samples-view.tsx';
import { runCommand, useCommandList } from '../../app/commands.ts';
import { showFault } from '../../state/toasts.ts';
import { setWords } from './draw-panel.tsx';
import { type DrawnSet, useGenerate } from './generate-store.ts';
import type { Target } from './run-target.ts';
import { csvFile, npyFile, pngFile } from './samples-files.ts';
import styles from './generate.module.css';

/** The command that draws as the form says. */
const draw = 'generate.draw';

export function DrawnSamples({ target: { run, model } }: { readonly target: Target }) {
  const shown = useGenerate((state) => state.shown[run.id]);
  const set = useGenerate((state) => state.history.find((each) => each.id === shown));
  if (!set) return <NothingDrawn />;
  return (
    <div className={styles['body']}>
      {set.outputs.map((output) => (
        <Output key={output.name} set={set} output={output} info={model.data} />
      ))}
    </div>
  );
}

function NothingDrawn() {
  const isDrawing = useCommandList(({ commands }) =>
    commands.some(({ id, enabled }) => id === draw && enabled === false),
  );
  const actions = (
    <Button look="primary" isDisabled={isDrawing} onPress={() => runCommand(draw)}>
      Draw
    </Button>
  );
  return (
    <EmptyState title={isDrawing ? 'Drawing' : 'Nothing drawn yet'} icon="generate" actions={actions}>
      The same seed and options give the same samples, here and on the command line.
    </EmptyState>
  );
}

function Output({ set, output, info }: { readonly set: DrawnSet; readonly output: Samples; readonly info: DataInfo }) {
  const isDrawn = output.kind !== 'classScores' && (output.reference === null || output.kind === 'text');
  return (
    <section className={styles['section']} aria-label={output.label}>
      <div className={styles['head']}>
        <h2>{output.label}</h2>
        <span className={styles['note']}>
          {setWords(set)}, step {set.step.toLocaleString('en-GB')}
        </span>
        <span className={styles['end']}>
          <Menu
            label={`Save ${output.label}`}
            trigger={<IconButton icon="download" label={`Save ${output.label}`} />}
            actions={saveActions(set, output, info)}
          />
        </span>
      </div>
      <SamplesView samples={output} info={info} seed={isDrawn ? set.seed : undefined} height={440} limit={1024} />
    </section>
  );
}

/** What an output can be saved as. */
function saveActions(set: DrawnSet, output: Samples, info: DataInfo): readonly MenuAction[] {
  const name = `${fileName(set.runName)}-step-${set.step}-seed-${set.seed}-${fileName(output.label)}`;
  const savePng = (): void =>
    void pngFile(output).then(
      (blob) => saveBlob(blob, `${name}.png`),
      (fault: unknown) => showFault('The picture was not saved', fault),
    );
  const saveNpy = (): void => saveBlob(new Blob([npyFile(output)]), `${name}.npy`);
  const saveCsv = (): void =>
    saveBlob(
      new Blob([csvFile(output, output.kind === 'table' ? info.columns : undefined)], { type: 'text/csv' }),
      `${name}.csv`,
    );
  const png: MenuAction = { id: 'png', label: 'Picture of all (PNG)', icon: 'download', run: savePng };
  const csv: MenuAction = { id: 'csv', label: 'Table (CSV)', icon: 'download', run: saveCsv };
  const npy: MenuAction = { id: 'npy', label: 'Exact values (NumPy .npy)', icon: 'download', run: saveNpy };
  const saveTxt = (): void =>
    saveBlob(new Blob([textFile(output, info.vocabulary)], { type: 'text/plain' }), `${name}.txt`);
  const txt: MenuAction = { id: 'txt', label: 'Text (TXT)', icon: 'download', run: saveTxt };
  if (output.kind === 'text') return [txt, npy];
  return output.kind === 'image' ? [png, npy] : [csv, npy];
}
