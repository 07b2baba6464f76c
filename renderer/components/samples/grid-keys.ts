/** Moving in a grid by keys. */

/** Where a key leads in a grid; null for keys that lead nowhere. */
export function movedIndex(key: string, from: number, columns: number, count: number): number | null {
  const ways: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from - columns,
    ArrowDown: from < 0 ? 0 : from + columns,
    Home: 0,
    End: count - 1,
  };
  const to = ways[key];
  if (to === undefined || count === 0) return null;
  return to < 0 || to >= count ? Math.max(0, Math.min(count - 1, from)) : to;
}
