/** The colour of a run's curves: one of eight that can be told apart, or the one it was given. */
import { useHost } from '../../client/host-context.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { showFault } from '../../state/toasts.ts';
import styles from './runs.module.css';

/** Okabe and Ito 2008, in a lightness that stands off light and dark surfaces: kept with the run, so not a token. */
const palette = [
  { name: 'blue', colour: '#1f82bf' },
  { name: 'vermilion', colour: '#d9640f' },
  { name: 'green', colour: '#0c9a70' },
  { name: 'purple', colour: '#bd6497' },
  { name: 'orange', colour: '#b87a00' },
  { name: 'sky', colour: '#3f93c9' },
  { name: 'olive', colour: '#8f8400' },
  { name: 'grey', colour: '#7a828f' },
] as const;

export function RunColours({ run }: { readonly run: Run }) {
  const host = useHost();
  const choose = (colour: string | null): void =>
    void host
      .call('runs.edit', { run: run.id, colour })
      .catch((fault: unknown) => showFault('The colour was not kept', fault));
  return (
    <span className={styles['swatches']} role="group" aria-label="Colour of its curves">
      {palette.map(({ name, colour }) => (
        <button
          key={colour}
          type="button"
          aria-label={name}
          title={name}
          aria-pressed={run.colour === colour}
          className={styles['swatch']}
          style={{ background: colour }}
          onClick={() => choose(colour)}
        />
      ))}
      <button
        type="button"
        className={styles['automatic']}
        aria-pressed={run.colour === null}
        onClick={() => choose(null)}
      >
        automatic
      </button>
    </span>
  );
}
