/** The question whether the CPU may compute what the device lacks, with the operators and layers it is about. */
import type { Placement } from '../../core/protocol/placement.ts';
import { useCall } from '../client/host-context.tsx';
import { ConfirmDialog } from '../components/dialog.tsx';
import { useCpuHelp } from '../state/cpu-help.ts';
import styles from './shell.module.css';

export function CpuHelpDialog() {
  const question = useCpuHelp((state) => state.question);
  if (!question) return null;
  const { placement, answer } = question;
  return (
    <ConfirmDialog
      title="Train with the CPU’s help?"
      open
      action="Train with the CPU’s help"
      onConfirm={() => answer(true)}
      onCancel={() => answer(false)}
    >
      <WhatIsMissing placement={placement} />
    </ConfirmDialog>
  );
}

function WhatIsMissing({ placement: { device, onCpu, providers } }: { readonly placement: Placement }) {
  const { data: devices } = useCall('app.devices', {});
  const label = devices?.find(({ provider }) => provider === device)?.label ?? device;
  const all = providers.reduce((sum, { nodes }) => sum + nodes, 0);
  const stray = onCpu.reduce((sum, { nodes }) => sum + nodes, 0);
  return (
    <>
      <p>
        {label} cannot compute {stray} of the {all} {all === 1 ? 'operator' : 'operators'} of a training step. The CPU
        can; data then travels there and back in every step. Nothing was recorded yet.
      </p>
      <div role="region" aria-label="Operators the device lacks" tabIndex={0} className={styles['missing']}>
        <table>
          <thead>
            <tr>
              <th scope="col">Operator</th>
              <th scope="col">In</th>
              <th scope="col">Times</th>
            </tr>
          </thead>
          <tbody>
            {onCpu.map(({ op, part, nodes }) => (
              <tr key={`${op} ${part}`}>
                <th scope="row">{op}</th>
                <td>{part || 'the loss and the optimizer'}</td>
                <td>{nodes}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
