/** A plot in words and as tables, for readers that cannot see it and for other programs. */
import { figure } from '../figures.ts';
import { nearestIndex, type PlotLine } from './plot-data.ts';

export interface NamedLine extends PlotLine {
  readonly label: string;
}

const namedAtMost = 8;

/** What a line does, in a sentence: where it starts and ends, and its lowest value. */
function lineSummary(line: NamedLine, xLabel: string): string {
  const { x, y, label } = line;
  if (y.length === 0) return `${label}: no points yet.`;
  let lowest = -1;
  let broken = 0;
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]!)) broken++;
    else if (lowest < 0 || y[i]! < y[lowest]!) lowest = i;
  }
  const ends = `${label}: from ${figure(y[0]!)} to ${figure(y[y.length - 1]!)}`;
  const least = lowest < 0 ? '' : `, lowest ${figure(y[lowest]!)} at ${xLabel} ${figure(x[lowest]!)}`;
  return `${ends}${least}${broken > 0 ? `, ${broken} values not finite` : ''}.`;
}

/** The whole plot in a few sentences. */
export function plotSummary(title: string, xLabel: string, lines: readonly NamedLine[]): string {
  if (lines.length === 0) return `${title}: nothing is shown yet.`;
  const said = lines.slice(0, namedAtMost).map((line) => lineSummary(line, xLabel));
  const more = lines.length > namedAtMost ? [`And ${lines.length - namedAtMost} more.`] : [];
  return [`${title}, ${lines.length} ${lines.length === 1 ? 'line' : 'lines'} over ${xLabel}.`, ...said, ...more].join(
    ' ',
  );
}

/** Rows of a table that stands for the plot: `count` evenly spaced x, and the nearest recorded value of each line. */
export function plotRows(
  lines: readonly NamedLine[],
  from: number,
  to: number,
  count: number,
): readonly { readonly x: number; readonly values: readonly (number | null)[] }[] {
  return Array.from({ length: count }, (_, row) => {
    const x = from + ((to - from) * row) / Math.max(1, count - 1);
    const values = lines.map((line) => {
      const at = nearestIndex(line.x, x);
      const inside = at >= 0 && x >= line.x[0]! && x <= line.x[line.x.length - 1]!;
      return inside ? line.y[at]! : null;
    });
    return { x, values };
  });
}

const csvCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Every recorded point, one row for each x: the raw values, never smoothed or thinned. */
export function plotCsv(xLabel: string, lines: readonly NamedLine[]): string {
  const rows = new Map<number, (number | undefined)[]>();
  lines.forEach((line, column) => {
    for (let i = 0; i < line.x.length; i++) {
      let row = rows.get(line.x[i]!);
      if (!row) rows.set(line.x[i]!, (row = []));
      row[column] = line.y[i]!;
    }
  });
  const head = [xLabel, ...lines.map((line) => line.label)].map(csvCell).join(',');
  const body = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([x, values]) => [x, ...lines.map((_, column) => values[column] ?? '')].join(','));
  return [head, ...body].join('\n') + '\n';
}
