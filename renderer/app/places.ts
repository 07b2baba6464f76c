/** The places of the workbench: their names, pictures and keys, and how each is loaded when it is first gone to. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { IconName } from '../components/icon.tsx';
import type { PlaceName } from '../state/navigation.ts';

export interface PlaceInfo {
  readonly name: PlaceName;
  readonly title: string;
  readonly icon: IconName;
  readonly keys: string;
  readonly Place: LazyExoticComponent<ComponentType>;
}

const load = (file: () => Promise<{ readonly Place: ComponentType }>): LazyExoticComponent<ComponentType> =>
  lazy(async () => ({ default: (await file()).Place }));

export const placeTable: readonly PlaceInfo[] = [
  { name: 'home', title: 'Home', icon: 'home', keys: 'Alt+1', Place: load(() => import('../features/home/place.tsx')) },
  {
    name: 'design',
    title: 'Design',
    icon: 'design',
    keys: 'Alt+2',
    Place: load(() => import('../features/design-editor/place.tsx')),
  },
  {
    name: 'train',
    title: 'Train',
    icon: 'train',
    keys: 'Alt+3',
    Place: load(() => import('../features/train/place.tsx')),
  },
  { name: 'runs', title: 'Runs', icon: 'runs', keys: 'Alt+4', Place: load(() => import('../features/runs/place.tsx')) },
  {
    name: 'compare',
    title: 'Compare',
    icon: 'compare',
    keys: 'Alt+5',
    Place: load(() => import('../features/compare/place.tsx')),
  },
  {
    name: 'generate',
    title: 'Generate',
    icon: 'generate',
    keys: 'Alt+6',
    Place: load(() => import('../features/generate/place.tsx')),
  },
  { name: 'data', title: 'Data', icon: 'data', keys: 'Alt+7', Place: load(() => import('../features/data/place.tsx')) },
  {
    name: 'settings',
    title: 'Settings',
    icon: 'settings',
    keys: 'Alt+8',
    Place: load(() => import('../features/settings/place.tsx')),
  },
];
