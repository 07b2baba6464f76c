/** What canvases need of the page's style: colours as drawn now, and word when the theme changes. */
import { useSyncExternalStore } from 'react';

/** A CSS colour (`var(--series-1)`, `light-dark(…)`) as a canvas can take it. */
export function resolvedColour(colour: string, within: Element = document.body): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  within.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

let turn = 0;

function followStyle(onChange: () => void): () => void {
  const changed = (): void => {
    turn++;
    onChange();
  };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  dark.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', changed);
  };
}

/** Another number after each change of theme: draw again when it differs. */
export const useStyleTurn = (): number => useSyncExternalStore(followStyle, () => turn);

/** Gives a file made in the window to the person. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A title as a file name: `Training loss` is `training-loss`. */
export const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'lathe';
