/** What the canvas shows beside the document: open boxes, the direction of its layout, and its palette. */
import { create } from 'zustand';
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import type { Direction, Point } from './layout.ts';

/** A list over the canvas from which something is chosen by typing; `at` is in pixels of the canvas's own box. */
export type Chooser =
  | {
      readonly kind: 'add';
      readonly at: Point;
      readonly scope: string;
      /** The layer behind which it is put. */
      readonly after?: NodeKey;
      /** The node a wire was drawn from, instead. */
      readonly from?: NodeKey;
      /** Where on the canvas it was asked for. */
      readonly place?: Point;
    }
  | { readonly kind: 'connect'; readonly at: Point; readonly from: NodeKey }
  | { readonly kind: 'disconnect'; readonly at: Point; readonly to: NodeKey };

interface CanvasUi {
  readonly chooser: Chooser | null;
  readonly isFinding: boolean;
  readonly hasPalette: boolean;
  readonly direction: Direction;
}

const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(`canvas:${key}`);
  } catch {
    return null;
  }
};

function store(key: string, value: string): void {
  try {
    localStorage.setItem(`canvas:${key}`, value);
  } catch {
    // A window without storage forgets it; nothing else is lost.
  }
}

export const useCanvasUi = create<CanvasUi>()(() => ({
  chooser: null,
  isFinding: false,
  hasPalette: stored('palette') === 'shown',
  direction: stored('direction') === 'right' ? 'right' : 'down',
}));

export const openChooser = (chooser: Chooser | null): void => useCanvasUi.setState({ chooser });
export const setFinding = (isFinding: boolean): void => useCanvasUi.setState({ isFinding });

export function setPalette(hasPalette: boolean): void {
  store('palette', hasPalette ? 'shown' : 'hidden');
  useCanvasUi.setState({ hasPalette });
}

export function setDirection(direction: Direction): void {
  store('direction', direction);
  useCanvasUi.setState({ direction });
}
