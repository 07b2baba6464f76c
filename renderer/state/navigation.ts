/** Where in the workbench the person is: a place and its parameters, kept in the address so that a reload keeps them. */
import { create } from 'zustand';

export const places = ['home', 'design', 'train', 'runs', 'compare', 'generate', 'data', 'settings'] as const;
export type PlaceName = (typeof places)[number];
export type PlaceParams = Readonly<Record<string, string>>;

export interface Location {
  readonly place: PlaceName;
  readonly params: PlaceParams;
}

/** Reads `#/runs?run=abc`; anything else is Home. */
export function parseHash(hash: string): Location {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const place = places.find((name) => name === path) ?? 'home';
  return { place, params: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a place; parameters that are empty are left out. */
export function formatHash({ place, params }: Location): string {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== '')).toString();
  return query ? `#/${place}?${query}` : `#/${place}`;
}

interface NavigationState extends Location {
  /** The last parameters of each place, so that coming back finds it as it was left. */
  readonly left: Readonly<Partial<Record<PlaceName, PlaceParams>>>;
}

const start: Location = typeof location === 'undefined' ? { place: 'home', params: {} } : parseHash(location.hash);
export const useNavigation = create<NavigationState>()(() => ({ ...start, left: {} }));

function show(next: Location): void {
  useNavigation.setState((state) => ({ ...next, left: { ...state.left, [state.place]: state.params } }));
}

/** Goes to a place: with these parameters, or with those it was left with. */
export function navigate(place: PlaceName, params?: PlaceParams): void {
  const next: Location = { place, params: params ?? useNavigation.getState().left[place] ?? {} };
  show(next);
  history.pushState(null, '', formatHash(next));
}

/** Changes parameters of the place one is in, without a new entry in the window's history; `null` removes one. */
export function setParams(changes: Readonly<Record<string, string | null>>): void {
  const { place, params } = useNavigation.getState();
  const entries = Object.entries({ ...params, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  const next: Location = { place, params: Object.fromEntries(entries) };
  useNavigation.setState(next);
  history.replaceState(null, '', formatHash(next));
}

/** One parameter of the place one is in. */
export const useParam = (name: string): string | undefined => useNavigation((state) => state.params[name]);

/** Follows the window's back, forward and typed addresses; returns the way to stop. */
export function followAddress(): () => void {
  const follow = (): void => show(parseHash(location.hash));
  window.addEventListener('popstate', follow);
  window.addEventListener('hashchange', follow);
  return () => {
    window.removeEventListener('popstate', follow);
    window.removeEventListener('hashchange', follow);
  };
}
