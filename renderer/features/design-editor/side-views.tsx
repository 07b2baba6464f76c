/** The views beside the canvas, in the order of their tabs. */
import type { ComponentType } from 'react';
import { CompiledView } from './compiled-view.tsx';
import type { SideView } from './design-view.ts';
import { Inspector } from './inspector.tsx';
import { TextView } from './text-view.tsx';

export interface SideViewSpec {
  readonly id: SideView;
  readonly label: string;
  readonly View: ComponentType;
}

export const sideViews: readonly SideViewSpec[] = [
  { id: 'text', label: 'Text', View: TextView },
  { id: 'inspector', label: 'Inspector', View: Inspector },
  { id: 'compiled', label: 'Compiled', View: CompiledView },
];
