/** Every command with its keys, which a person may change by pressing others. */
import { type KeyboardEvent, useState } from 'react';
import { useCommandList } from '../../app/commands.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { KeyHint } from '../../components/key-hint.tsx';
import { keysOf, onMac } from '../../components/keys.ts';
import { SearchField } from '../../components/text-field.tsx';
import { changeSettings, useSettings } from '../../state/settings.ts';
import { announce } from '../../state/toasts.ts';
import { Section } from './section.tsx';
import { matchingRows, type ShortcutRow, shortcutRows, withShortcut } from './shortcut-rows.ts';
import styles from './settings.module.css';

export function Shortcuts() {
  const seen = useCommandList((state) => state.seen);
  const shortcuts = useSettings((state) => state.settings.shortcuts);
  const [words, setWords] = useState('');
  const [resetting, setResetting] = useState(false);
  const rows = matchingRows(shortcutRows(seen, shortcuts), words);
  const groups = [...Map.groupBy(rows, (row) => row.group)];
  const set = (id: string, keys: string | null): void =>
    void changeSettings({ shortcuts: withShortcut(shortcuts, id, keys) });
  return (
    <Section title="Shortcuts">
      <div className={styles['line']}>
        <SearchField label="Find a shortcut" size="small" value={words} onChange={setWords} />
        <Button
          size="small"
          icon="undo"
          isDisabled={Object.keys(shortcuts).length === 0}
          onPress={() => setResetting(true)}
        >
          Reset all
        </Button>
      </div>
      <p className={styles['note']}>
        Choose a command’s keys and press others; Backspace takes them away, Escape leaves them as they are. A place’s
        own commands are listed once it has been visited.
      </p>
      <div>
        {groups.map(([group, members]) => (
          <div key={group}>
            <h3 className={styles['group']}>{group}</h3>
            <ul className={styles['list']}>
              {members.map((row) => (
                <ShortcutLine key={row.id} row={row} onKeys={(keys) => set(row.id, keys)} />
              ))}
            </ul>
          </div>
        ))}
        {rows.length === 0 && <p className={styles['note']}>No command matches.</p>}
      </div>
      <ConfirmDialog
        title="Reset all shortcuts"
        open={resetting}
        action="Reset all"
        onCancel={() => setResetting(false)}
        onConfirm={() => {
          setResetting(false);
          void changeSettings({ shortcuts: {} });
        }}
      >
        Every command gets the keys it came with; those you chose are forgotten.
      </ConfirmDialog>
    </Section>
  );
}

function ShortcutLine({ row, onKeys }: { readonly row: ShortcutRow; readonly onKeys: (keys: string | null) => void }) {
  return (
    <li className={styles['shortcut']}>
      <span>{row.title}</span>
      {row.conflicts.length > 0 && <span className={styles['conflict']}>also {row.conflicts.join(', ')}</span>}
      <KeyCapture title={row.title} keys={row.keys} onKeys={onKeys} />
      <span className={styles['keySlot']}>
        {row.isChanged && (
          <IconButton size="small" icon="undo" label={`Reset the keys of ${row.title}`} onPress={() => onKeys(null)} />
        )}
      </span>
    </li>
  );
}

interface KeyCaptureProps {
  readonly title: string;
  readonly keys: string | null;
  /** `''`: none. */
  readonly onKeys: (keys: string) => void;
}

/** Takes the next keys that are pressed. Tab still leaves it, so that nobody is caught. */
function KeyCapture({ title, keys, onKeys }: KeyCaptureProps) {
  const [isCapturing, setCapturing] = useState(false);
  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>): void => {
    if (!isCapturing || event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    event.nativeEvent.stopImmediatePropagation();
    if (event.key === 'Escape') return setCapturing(false);
    const pressed = event.key === 'Backspace' ? '' : keysOf(event, onMac());
    if (pressed === null) return;
    setCapturing(false);
    onKeys(pressed);
    announce(pressed === '' ? `${title} has no keys now` : `${title} is now ${pressed}`);
  };
  return (
    <button
      type="button"
      className={classNames(styles['capture'], isCapturing && styles['capturing'])}
      aria-label={isCapturing ? `Press keys for ${title}` : `Keys of ${title}: ${keys ?? 'none'}. Change`}
      onClick={() => setCapturing(true)}
      onBlur={() => setCapturing(false)}
      onKeyDown={onKeyDown}
    >
      {isCapturing ? (
        'Press keys'
      ) : keys === null ? (
        <span className={styles['faint']}>none</span>
      ) : (
        <KeyHint keys={keys} />
      )}
    </button>
  );
}
