/** Why something could not be done, and what to do, where it would have been. */
import type { HostFault } from '../../../core/protocol/fault.ts';
import { Icon } from '../../components/icon.tsx';
import styles from './generate.module.css';

export function FaultNote({ fault }: { readonly fault: Pick<HostFault, 'message' | 'hint'> }) {
  return (
    <div className={styles['fault']} role="alert">
      <Icon name="error" />
      <div>
        <p>{fault.message}</p>
        {fault.hint && <p>{fault.hint.charAt(0).toUpperCase() + fault.hint.slice(1)}</p>}
      </div>
    </div>
  );
}
