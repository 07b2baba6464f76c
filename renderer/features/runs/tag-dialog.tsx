/** Tags of one or several runs: given to all, taken from all. */
import { useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { useRuns } from '../../state/runs.ts';
import { showFault } from '../../state/toasts.ts';
import styles from './runs.module.css';

export function TagDialog({ runs, onClose }: { readonly runs: readonly Run[]; readonly onClose: () => void }) {
  const host = useHost();
  const [typed, setTyped] = useState('');
  const byId = useRuns((state) => state.byId);
  const now = runs.flatMap((run) => byId.get(run.id) ?? []);
  const tags = [...new Set(now.flatMap((run) => run.tags))].sort();
  const used = [...new Set([...byId.values()].flatMap((run) => run.tags))]
    .filter((tag) => !tags.includes(tag))
    .sort()
    .slice(0, 12);
  const change = async (tag: string, has: boolean): Promise<void> => {
    const changed = now.filter((run) => run.tags.includes(tag) !== has);
    try {
      await Promise.all(
        changed.map((run) =>
          host.call('runs.edit', {
            run: run.id,
            tags: has ? [...run.tags, tag] : run.tags.filter((each) => each !== tag),
          }),
        ),
      );
    } catch (fault) {
      showFault('Not all runs could be tagged', fault);
    }
  };
  const add = (): void => {
    const tag = typed.trim();
    if (tag === '') return;
    setTyped('');
    void change(tag, true);
  };
  const title = runs.length === 1 ? `Tags of ${runs[0]!.name}` : `Tags of ${runs.length} runs`;
  return (
    <Dialog
      title={title}
      open
      onClose={onClose}
      width={420}
      foot={
        <Button look="primary" onPress={onClose}>
          Done
        </Button>
      }
    >
      <TextField
        label="Add a tag"
        value={typed}
        onChange={setTyped}
        maxLength={64}
        autoFocus
        onEnter={add}
        help="Enter adds it"
      />
      <div className={styles['tagList']}>
        {tags.map((tag) => (
          <Tag key={tag} onRemove={() => void change(tag, false)} removeLabel={`Remove the tag ${tag}`}>
            {tag} {now.length > 1 && `(${now.filter((run) => run.tags.includes(tag)).length})`}
          </Tag>
        ))}
        {tags.length === 0 && <span className={styles['faint']}>No tags yet.</span>}
      </div>
      {used.length > 0 && (
        <div className={styles['tagList']}>
          <span className={styles['faint']}>Used elsewhere:</span>
          {used.map((tag) => (
            <Button key={tag} size="small" icon="plus" onPress={() => void change(tag, true)}>
              {tag}
            </Button>
          ))}
        </div>
      )}
    </Dialog>
  );
}
