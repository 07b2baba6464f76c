/** A new run from a checkpoint of another, with its document changed: the same batches and noise from there on. */
import { useState } from 'react';
import { useCall, useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import { parseDocument } from '../../../core/spec/parse.ts';
import type { Run } from '../../../core/protocol/records.ts';
import { withCpuHelp } from '../../state/cpu-help.ts';
import { navigate } from '../../state/navigation.ts';
import { showFault } from '../../state/toasts.ts';
import styles from './runs.module.css';

export function ForkDialog({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const host = useHost();
  const { data: detail } = useCall('runs.get', { run: run.id });
  const { data: model, error } = useCall('runs.model', { run: run.id });
  const [typed, setTyped] = useState<string | null>(null);
  const [step, setStep] = useState<string | null>(null);
  const [name, setName] = useState(`${run.name} (fork)`);
  const [isBusy, setIsBusy] = useState(false);
  const steps = model?.checkpoints.toSorted((a, b) => b - a) ?? [];
  const text = typed ?? detail?.document ?? '';
  const fault =
    typed === null ? undefined : parseDocument(text).issues.find((issue) => issue.severity === 'error')?.message;
  const from = step ?? (steps[0] === undefined ? null : String(steps[0]));
  const fork = async (): Promise<void> => {
    setIsBusy(true);
    try {
      const fork = { run: run.id, text, step: Number(from), name: name.trim() || `${run.name} (fork)` };
      const made = await withCpuHelp((consent) => host.call('runs.fork', { ...fork, ...consent }));
      if (made) navigate('train', { run: made.id });
      else setIsBusy(false);
    } catch (failure) {
      showFault('The run could not be forked', failure);
      setIsBusy(false);
    }
  };
  const foot = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button
        look="primary"
        isDisabled={isBusy || from === null || fault !== undefined || text === ''}
        onPress={() => void fork()}
      >
        {isBusy ? 'Forking' : 'Fork and train'}
      </Button>
    </>
  );
  return (
    <Dialog title={`Fork ${run.name}`} open onClose={onClose} width={720} foot={foot}>
      <div className={styles['forkHead']}>
        <Select
          label="From the checkpoint of"
          value={from}
          onChange={setStep}
          placeholder="No checkpoint"
          disabled={steps.length === 0}
          choices={steps.map((each) => ({ value: String(each), label: `step ${each}` }))}
          fault={error?.message ?? (model && steps.length === 0 ? 'It has no checkpoint yet.' : undefined)}
        />
        <TextField label="Name" value={name} onChange={setName} maxLength={200} />
      </div>
      <TextField
        label="Document"
        rows={18}
        code
        value={text}
        onChange={setTyped}
        fault={fault}
        help="Batches and noise stay those of the run; a finished run needs more training.steps to go on."
      />
    </Dialog>
  );
}
