/** Numbers, times, tables and small curves as text. */
import type { Dim } from '../../core/graph/graph.ts';

/** Four significant digits; very large and very small ones with an exponent. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value))
    return Math.abs(value) >= 1e7 ? value.toPrecision(4) : String(value);
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-4 ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

/** `1,234,567`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `[N, 1, 28, 28]`. */
export function formatShape(shape: readonly Dim[] | undefined): string {
  return shape ? `[${shape.join(', ')}]` : '?';
}

/** `3.2 s`, `4 min 05 s`, `2 h 10 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.5) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `2026-03-01 14:05`, in local time. */
export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `1.5 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}

/** Columns in line; a title that begins with `>` stands for a column aligned to the right. */
export function formatTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const heads = titles.map((title) => title.replace(/^>/, ''));
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((width, at) =>
      titles[at].startsWith('>') ? (cells[at] ?? '').padStart(width) : (cells[at] ?? '').padEnd(width),
    );
    return padded.join('  ').trimEnd();
  };
  return [line(heads), ...rows.map(line)].join('\n');
}

const bars = '▁▂▃▄▅▆▇█';

/** A curve as bars, each the mean of its stretch; what is not finite shows as `×`. */
export function sparkline(values: ArrayLike<number>, width = 40): string {
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, at) => {
    const [from, to] = [Math.floor((at * values.length) / count), Math.floor(((at + 1) * values.length) / count)];
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i];
    return sum / (to - from);
  });
  const finite = means.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const bar = (value: number): string =>
    bars[high > low ? Math.round(((value - low) / (high - low)) * (bars.length - 1)) : 0];
  return means.map((value) => (Number.isFinite(value) ? bar(value) : '×')).join('');
}
