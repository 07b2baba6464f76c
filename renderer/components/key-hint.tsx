/** The keys of a shortcut, drawn as caps. */
import { classNames } from './class-names.ts';
import { keyCaps, onMac } from './keys.ts';
import styles from './key-hint.module.css';

export function KeyHint({ keys, onDark = false }: { readonly keys: string; readonly onDark?: boolean }) {
  return (
    <span className={classNames(styles['keys'], onDark && styles['onDark'])}>
      {keyCaps(keys, onMac()).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}
