/** Networks the task needs and the document does not have yet: named, explained, and added by one press. */
import { addNetwork } from '../../core/spec/model-edits/structure.ts';
import type { DocumentOutline } from '../../core/spec/model-edits/outline.ts';
import type { NetworkRole } from '../../core/tasks/task.ts';
import { taskTable } from '../../core/tasks/task-table.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/layout.tsx';
import { applyEdit, useWorkspace } from '../state/workspace.ts';
import styles from './canvas.module.css';

/** A network the document does not have yet. */
export interface MissingNetwork extends NetworkRole {
  readonly name: string;
}

export function missingNetworks(outline: DocumentOutline | null): readonly MissingNetwork[] {
  const needed = outline && Object.hasOwn(taskTable, outline.task) ? taskTable[outline.task].networks : {};
  const present = new Set(outline?.scopes.map((scope) => scope.key));
  return Object.entries(needed)
    .filter(([name]) => !present.has(name))
    .map(([name, role]) => ({ name, ...role }));
}

export const addMissing = ({ name, inputs }: MissingNetwork): boolean =>
  applyEdit(`Add network ${name}`, (text) => addNetwork(text, name, inputs));

export function NoNetworks() {
  const outline = useWorkspace((state) => state.outline);
  if (!outline) return null;
  const missing = missingNetworks(outline);
  const actions = missing.map((network) => (
    <Button key={network.name} icon="plus" onPress={() => addMissing(network)}>
      Add {network.name}
    </Button>
  ));
  return (
    <div className={styles['noNetworks']}>
      <EmptyState title="No networks yet" icon="design" actions={actions}>
        {missing.length > 0
          ? missing.map(({ name, purpose }) => `${name}: ${purpose}`).join(' ')
          : 'Say in the text what the task is; then its networks can be added here.'}
      </EmptyState>
    </div>
  );
}
