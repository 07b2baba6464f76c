/** Takes a model away: a folder of ONNX files, each run and compared with the live model. */
import { useState } from 'react';
import { z } from 'zod';
import { useRequest } from '../../client/use-request.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { bytesFigure, figure } from '../../components/figures.ts';
import { FilePicker } from '../../components/files/file-picker.tsx';
import { pathIn } from '../../components/files/paths.ts';
import { fileName } from '../../components/page-style.ts';
import { TextField } from '../../components/text-field.tsx';
import { FaultNote } from './fault-note.tsx';
import { RequestBar } from './request-bar.tsx';
import { askOf, type Target } from './run-target.ts';
import styles from './generate.module.css';

const exported = z.object({
  folder: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number() })),
  largestDifferences: z.record(
    z.string(),
    z.object({ absolute: z.number().nullable(), relative: z.number().nullable() }),
  ),
});
type Exported = z.output<typeof exported>;

interface ExportDialogProps {
  readonly target: Target;
  readonly onClose: () => void;
}

export function ExportDialog({ target, onClose }: ExportDialogProps) {
  const [done, setDone] = useState<Exported | null>(null);
  if (!done) return <ExportForm target={target} onClose={onClose} onDone={setDone} />;
  const foot = (
    <Button look="primary" onPress={onClose}>
      Done
    </Button>
  );
  return (
    <Dialog title={`Export ${target.run.name}`} open onClose={onClose} width={560} foot={foot}>
      <ExportedView done={done} />
    </Dialog>
  );
}

const firstName = ({ run, model, step }: Target): string =>
  `${fileName(run.name)}-step-${step ?? Math.max(...model.checkpoints)}`;

function ExportForm({ target, onClose, onDone }: ExportDialogProps & { readonly onDone: (done: Exported) => void }) {
  const [parent, setParent] = useState<string | null>(null);
  const [picking, setPicking] = useState(false);
  const [name, setName] = useState(firstName(target));
  const { send, cancel, isRunning, progress, fault } = useRequest('runs.export');
  const write = async (into: string): Promise<void> => {
    const answer = await send({ ...askOf(target), folder: pathIn(into, name.trim()) });
    if (answer !== undefined) onDone(exported.parse(answer));
  };
  const choose = (path: string): void => {
    setParent(path);
    setPicking(false);
  };
  if (picking) return <FolderChoice onChoose={choose} onClose={() => setPicking(false)} />;
  const foot = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button
        look="primary"
        isDisabled={parent === null || name.trim() === '' || isRunning}
        onPress={() => parent !== null && void write(parent)}
      >
        Export
      </Button>
    </>
  );
  return (
    <Dialog title={`Export ${target.run.name}`} open onClose={onClose} width={560} foot={foot}>
      <p className={styles['note']}>
        Each network becomes an ONNX file, with the training step, the weights as safetensors, a manifest and scripts
        that run them. Every file is run and compared with the live model.
      </p>
      <div className={styles['row']}>
        <TextField label="Into" value={parent ?? ''} isReadOnly placeholder="No folder chosen" />
        <Button icon="folder" onPress={() => setPicking(true)}>
          Choose
        </Button>
      </div>
      <TextField label="New folder" value={name} onChange={setName} />
      {isRunning && <RequestBar label="Exporting" progress={progress} onCancel={cancel} />}
      {fault && <FaultNote fault={fault} />}
    </Dialog>
  );
}

function FolderChoice(props: { readonly onChoose: (path: string) => void; readonly onClose: () => void }) {
  return <FilePicker title="Folder to export into" kind="open-folder" action="Choose folder" {...props} />;
}

function ExportedView({ done: { folder, files, largestDifferences } }: { readonly done: Exported }) {
  const number = (value: number | null | undefined): string =>
    value === null || value === undefined ? '—' : figure(value, 2);
  return (
    <>
      <p role="status">Written to {folder}</p>
      <div className={styles['table']} role="region" aria-label="Exported files" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Size</th>
              <th scope="col">Largest difference</th>
              <th scope="col">As a share</th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <tr key={file.name}>
                <th scope="row">{file.name}</th>
                <td>{bytesFigure(file.bytes)}</td>
                <td>{number(largestDifferences[file.name]?.absolute)}</td>
                <td>{number(largestDifferences[file.name]?.relative)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
