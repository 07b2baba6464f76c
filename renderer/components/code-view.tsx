/** Text of a document or a log to read: line numbers, and lines marked as added, removed or pointed at. */
import { classNames } from './class-names.ts';
import styles from './code-view.module.css';

export type LineMark = 'added' | 'removed' | 'marked';

export interface CodeLine {
  readonly text: string;
  /** Null leaves the number out, as for lines that are only on the other side of a comparison. */
  readonly number: number | null;
  readonly mark?: LineMark;
}

const signs: Readonly<Record<LineMark, string>> = { added: '+', removed: '−', marked: '›' };

/** The lines of a text, numbered. */
export const codeLines = (text: string): readonly CodeLine[] =>
  text.split('\n').map((line, i) => ({ text: line, number: i + 1 }));

export function CodeView({
  label,
  lines,
  maxHeight,
}: {
  readonly label: string;
  readonly lines: readonly CodeLine[];
  readonly maxHeight?: number;
}) {
  return (
    <div
      className={styles['frame']}
      role="group"
      aria-label={label}
      tabIndex={0}
      style={maxHeight ? { maxHeight } : {}}
    >
      <table role="presentation">
        <tbody>
          {lines.map((line, i) => (
            <tr key={i} className={classNames(line.mark && styles[line.mark])}>
              <td className={classNames(styles['number'], line.mark && styles[line.mark])}>{line.number}</td>
              <td className={styles['sign']}>{line.mark && signs[line.mark]}</td>
              <td className={styles['text']}>{line.text || ' '}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
