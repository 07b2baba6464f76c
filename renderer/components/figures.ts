/** Numbers and times in the few characters a dense window has for them. */

// Made once each: making one takes longer than all the figures of a window.
const whole = new Intl.NumberFormat('en-GB');
const decimals = Array.from({ length: 9 }, (_, most) => ({
  plain: new Intl.NumberFormat('en-GB', { maximumFractionDigits: most }),
  padded: new Intl.NumberFormat('en-GB', { minimumFractionDigits: most, maximumFractionDigits: most }),
}));

/**
 * A number in about `digits` significant digits: `0.0312`, `1.2e−7`, `12,400`; `NaN` and infinities in words. No digit
 * before the point is lost, and zeros at the end stand only where they were measured: 145.03 is `145.0`, 0.1 is `0.1`.
 */
export function figure(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return whole.format(value).replace('-', '−');
  if (size >= 1e7 || size < 1e-4)
    return Number(value.toPrecision(Math.max(1, digits - 1)))
      .toExponential()
      .replaceAll('-', '−')
      .replace('e+', 'e');
  const rounded = Number(value.toPrecision(Math.max(digits, Math.floor(Math.log10(size)) + 1)));
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  const { plain, padded } = decimals[Math.min(places, decimals.length - 1)]!;
  // Numbers come as float32 as well, where 0.1 is not quite 0.1.
  const isExact = rounded === value || Math.fround(rounded) === value;
  return (isExact ? plain : padded).format(rounded).replace('-', '−');
}

/** The marks of an axis in few digits, but in as many as tell them apart (up to 7): `0.3061`, `0.3062`. Null: no mark. */
export function axisFigures(values: readonly (number | null)[]): string[] {
  const different = new Set(values).size;
  const words = (digits: number): string[] => values.map((value) => (value === null ? '' : figure(value, digits)));
  for (let digits = 3; digits < 7; digits++) {
    const written = words(digits);
    if (new Set(written).size === different) return written;
  }
  return words(7);
}

/** Bytes in the unit a person would say: `4.7 MB` (of 1000). */
export function bytesFigure(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(value < 100 ? 2 : 3))} ${units[unit]}`;
}

/** A duration: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationFigure(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '—';
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return seconds % 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds / 60} min`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2880) return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
  return `${Math.round(minutes / 1440)} days`;
}

/** How long ago: `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date. */
export function agoFigure(ms: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - ms) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / 1440);
  if (days < 14) return days === 1 ? 'yesterday' : `${days} days ago`;
  return new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}
