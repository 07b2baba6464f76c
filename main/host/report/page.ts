/** The report as one HTML file that needs nothing else: styles, plots and pictures are inside. */
import { duration, escape, figure, html, type Html, type Part } from './html.ts';
import { linePlot, type Line } from './plot.ts';
import type { ReportCurve, ReportPicture, ReportRun } from './report-data.ts';
import { rankScores, type ScoreCell, type ScoreRow } from './scores.ts';

export interface PageOptions {
  readonly title: string;
  readonly seed: number;
  readonly createdMs: number;
  readonly version: string;
}

/** Width of a plot when two stand side by side. */
const pairWidth = 560;
/** Curves with more points are smoothed. */
const manyPoints = 40;
/** Share of a curve's points that its smoothed line looks back on: enough to calm it, too few to lag visibly. */
const smoothedShare = 0.02;

/** Renders the whole page. */
export function reportPage(runs: readonly ReportRun[], options: PageOptions): string {
  const body = html`<header>
      <h1>${options.title}</h1>
      <p class="muted">
        ${runs.length} runs · samples at seed ${options.seed} ·
        ${new Date(options.createdMs).toISOString().slice(0, 16).replace('T', ' ')} UTC · Lathe ${options.version}
      </p>
    </header>
    <main>
      ${section('Samples at the same seeds', sampleMatrix(runs))} ${section('Quality', qualityTable(runs))}
      ${section('Cost', costTable(runs))} ${section('Curves', curves(runs))} ${section('On the way', histories(runs))}
      ${section('What differs', differences(runs))}
    </main>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(options.title)}</title><style>${style}</style></head><body>${body.text}</body></html>`;
}

function section(title: string, content: Part): Part {
  return content === undefined
    ? undefined
    : html`<section>
        <h2>${title}</h2>
        ${content}
      </section>`;
}

const dot = (run: ReportRun): Html => html`<span class="dot" style="background:${run.colour}"></span>`;
const named = (run: ReportRun): Html => html`${dot(run)}${run.run.name}`;

function picture({ label, png, text }: ReportPicture): Html {
  if (text !== undefined) return html`<pre class="texts" aria-label="${label}">${text}</pre>`;
  return html`<img alt="${label}" src="data:image/png;base64,${Buffer.from(png).toString('base64')}" />`;
}

function sampleMatrix(runs: readonly ReportRun[]): Part {
  const shown = runs.filter((run) => run.samples);
  if (shown.length === 0) return undefined;
  return html`<div class="matrix">
    ${shown.map(
      (run) =>
        html`<figure>
          <figcaption>${named(run)} <span class="muted">${run.family}</span></figcaption>
          ${run.samples && picture(run.samples)}
        </figure>`,
    )}
  </div>`;
}

function qualityTable(runs: readonly ReportRun[]): Part {
  const rows = rankScores(runs);
  if (rows.length === 0) return html`<p class="muted">No scores yet: lathe evaluate RUN records them.</p>`;
  const notes = [...new Set(rows.flatMap((row) => (row.note ? [row.note] : [])))];
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Score</th>
            ${runs.map((run) => html`<th scope="col">${named(run)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(scoreRow)}
        </tbody>
      </table>
    </div>
    ${notes.map((note) => html`<p class="muted">${note}</p>`)}
    <p class="muted">
      Brackets: 95 % bootstrap interval. ↓ lower is better, ↑ higher is better. Bold: the best, where scores can be
      ranked.
    </p>`;
}

function scoreRow(row: ScoreRow): Html {
  const cell = (score: ScoreCell | undefined): Html => {
    if (!score) return html`<td class="muted">–</td>`;
    const interval =
      score.high > score.low
        ? html` <span class="muted">[${figure(score.low)}, ${figure(score.high)}]</span>`
        : undefined;
    return html`<td class="${score.best ? 'best' : ''}">${figure(score.value)}${interval}</td>`;
  };
  return html`<tr>
    <th scope="row">${row.label} ${row.arrow}</th>
    ${row.cells.map(cell)}
  </tr>`;
}

function costTable(runs: readonly ReportRun[]): Html {
  const rows: readonly (readonly [string, (run: ReportRun) => string])[] = [
    ['Family', (run) => run.family],
    ['Status', (run) => run.run.status],
    ['Trained parameters', (run) => figure(run.parameters)],
    ['Multiply-adds a sample, forward', (run) => figure(run.multiplyAdds)],
    ['Steps', (run) => figure(run.run.currentStep)],
    ['Samples seen', (run) => figure(run.run.currentStep * run.batchSize)],
    ['Training time', (run) => duration(run.trainingSeconds)],
    ['Steps a second', (run) => figure(run.run.currentStep / Math.max(1e-3, run.trainingSeconds))],
    ['Seed · threads · device', (run) => `${run.run.seed} · ${run.run.threads} · ${run.run.device}`],
  ];
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col"></th>
          ${runs.map((run) => html`<th scope="col">${named(run)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([label, value]) =>
            html`<tr>
              <th scope="row">${label}</th>
              ${runs.map((run) => html`<td>${value(run)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Curves that several runs share stand in one plot, aligned by time and by step; then each run's own. */
function curves(runs: readonly ReportRun[]): Html {
  const shared = sharedKeys(runs);
  const together = shared.flatMap(({ key, label }) => [
    plotOf(
      label,
      'training time (s)',
      lines(runs, key, (series) => series.elapsedMs.map((ms) => ms / 1000)),
      pairWidth,
    ),
    plotOf(
      label,
      'step',
      lines(runs, key, (series) => series.steps),
      pairWidth,
    ),
  ]);
  const alone = runs.flatMap((run) =>
    run.curves
      .filter((curve) => !shared.some(({ key }) => key === curve.key) && curve.goal !== undefined)
      .map((curve) => plotOf(`${run.run.name}: ${curve.label}`, 'step', [line(run, curve, curve.series.steps)])),
  );
  const watched = runs.flatMap((run) =>
    run.curves
      .filter((curve) => curve.goal === undefined && !curve.key.startsWith('learningRate'))
      .map((curve) => plotOf(`${run.run.name}: ${curve.label}`, 'step', [line(run, curve, curve.series.steps)])),
  );
  return html`<div class="legend">${runs.map((run) => html`<span>${named(run)}</span>`)}</div>
    ${together.length > 0 ? html`<div class="plots pairs">${together}</div>` : undefined}
    <div class="plots">${alone}</div>
    <details>
      <summary>Everything else that was watched</summary>
      <div class="plots">${watched}</div>
    </details>`;
}

function sharedKeys(runs: readonly ReportRun[]): readonly { readonly key: string; readonly label: string }[] {
  if (runs.length < 2) return [];
  const candidates = runs[0].curves.filter(
    (curve) => curve.key.startsWith('score.') || runs.every((run) => run.run.family === runs[0].run.family),
  );
  return candidates.filter(
    (curve) => curve.goal && runs.every((run) => run.curves.some((other) => other.key === curve.key)),
  );
}

function lines(
  runs: readonly ReportRun[],
  key: string,
  xOf: (series: ReportCurve['series']) => ArrayLike<number>,
): Line[] {
  return runs.flatMap((run) => {
    const curve = run.curves.find((candidate) => candidate.key === key);
    return curve ? [line(run, curve, xOf(curve.series))] : [];
  });
}

function line(run: ReportRun, curve: ReportCurve, x: ArrayLike<number>): Line {
  return { label: run.run.name, colour: run.colour, x, y: curve.series.values };
}

/** @param width in pixels where the page is wide; as many as there are, text keeps one size */
function plotOf(title: string, xLabel: string, drawn: readonly Line[], width = 370): Html {
  const most = Math.max(0, ...drawn.map((each) => each.y.length));
  const many = most > manyPoints;
  const smoothing = many ? 1 - 1 / (1 + most * smoothedShare) : 0;
  return linePlot(drawn, { title, xLabel, width, height: 210, smoothing, dots: !many });
}

function histories(runs: readonly ReportRun[]): Part {
  const shown = runs.filter((run) => run.history.length > 1);
  if (shown.length === 0) return undefined;
  return shown.map(
    (run) =>
      html`<h3>${named(run)}</h3>
        <div class="history">
          ${run.history.map(
            (moment) =>
              html`<figure>
                ${picture(moment)}
                <figcaption class="muted">${moment.label}</figcaption>
              </figure>`,
          )}
        </div>`,
  );
}

function differences(runs: readonly ReportRun[]): Part {
  const keys = [...new Set(runs.flatMap((run) => [...run.params.keys()]))].filter(
    (key) => !key.startsWith('networks.') && !key.startsWith('canvas.'),
  );
  const differing = keys.filter((key) => new Set(runs.map((run) => run.params.get(key))).size > 1);
  if (runs.length < 2 || differing.length === 0) return undefined;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Field</th>
          ${runs.map((run) => html`<th scope="col">${named(run)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${differing.map(
          (key) =>
            html`<tr>
              <th scope="row"><code>${key}</code></th>
              ${runs.map((run) => html`<td>${run.params.get(key) ?? '–'}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const style = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--muted:#5b6570;--rule:#e2e6ea;--panel:#f6f8fa}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--ink:#e6e9ec;--muted:#98a2ac;--rule:#2a3036;--panel:#1b1f24}}
body{margin:0 auto;max-width:1180px;padding:24px;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:32px 0 12px}h3{font-size:14px;margin:16px 0 8px}
.muted{color:var(--muted);font-weight:400}p.muted{margin:8px 0}
.dot{display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:7px}
.matrix,.plots,.history{display:grid;gap:16px}.matrix{grid-template-columns:repeat(auto-fit,minmax(300px,1fr))}
.matrix img,.matrix pre{align-self:start}.matrix figure{display:grid;grid-row:span 2;grid-template-rows:subgrid;gap:6px;align-items:end}.matrix figcaption{margin:0;overflow-wrap:anywhere}
.plots{grid-template-columns:repeat(auto-fill,minmax(340px,1fr))}.plots.pairs{grid-template-columns:repeat(auto-fit,minmax(440px,1fr));margin-bottom:16px}.history{grid-template-columns:repeat(auto-fill,minmax(165px,1fr))}
figure{margin:0}figcaption{margin:0 0 6px}.history figcaption{margin:4px 0 0;font-size:12px}
pre.texts{margin:0;max-height:420px;overflow:auto;padding:10px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px;background:var(--panel);border-radius:4px}img{width:100%;max-height:420px;object-fit:contain;object-position:left top;image-rendering:pixelated;background:var(--panel);border-radius:4px}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{padding:6px 14px 6px 0;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
thead th{white-space:normal;overflow-wrap:anywhere;min-width:110px;max-width:260px;vertical-align:bottom}
tbody th{font-weight:400;color:var(--muted)}.best{font-weight:700}code{font:12px ui-monospace,Menlo,Consolas,monospace}
.legend{display:flex;flex-wrap:wrap;gap:6px 20px;margin-bottom:10px}
.plot{width:100%;height:auto;background:var(--panel);border-radius:6px}.plot-title{font-size:12px;font-weight:600;fill:var(--ink)}
.tick{font-size:10.5px;fill:var(--muted)}.grid{stroke:var(--rule)}.line{fill:none;stroke-width:1.8}.raw{fill:none;stroke-width:1;opacity:.28}
details{margin-top:16px}summary{cursor:pointer;color:var(--muted)}
@media print{body{max-width:none}}
`;
