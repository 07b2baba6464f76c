/** Networks the task needs and the document does not have yet: named, explained, and added by one press. */
import { addNetwork } from '../../core/spec/model-edits/structure.ts';
import type { DocumentOutline } from '../../core/spec/model-edits/outline.ts';
import { taskTable } from '../../core/tasks/task-table.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/layout.tsx';
import { applyEdit, useWorkspace } from '../state/workspace.ts';
import styles from './canvas.module.css';

/** Names of the networks that are missing, each with what the task uses it for. */
export function missingNetworks(
  outline: DocumentOutline | null,
): readonly (readonly [name: string, purpose: string])[] {
  const needed = outline && Object.hasOwn(taskTable, outline.task) ? taskTable[outline.task].networks : {};
  const present = new Set(outline?.scopes.map((scope) => scope.key));
  return Object.entries(needed).filter(([name]) => !present.has(name));
}

export const addMissing = (name: string): boolean => applyEdit(`Add network ${name}`, (text) => addNetwork(text, name));

export function NoNetworks() {
  const outline = useWorkspace((state) => state.outline);
  if (!outline) return null;
  const missing = missingNetworks(outline);
  const actions = missing.map(([name]) => (
    <Button key={name} icon="plus" onPress={() => addMissing(name)}>
      Add {name}
    </Button>
  ));
  return (
    <div className={styles['noNetworks']}>
      <EmptyState title="No networks yet" icon="design" actions={actions}>
        {missing.length > 0
          ? missing.map(([name, purpose]) => `${name}: ${purpose}`).join(' ')
          : 'Say in the text what the task is; then its networks can be added here.'}
      </EmptyState>
    </div>
  );
}
