/** One picture of several runs' samples side by side, each under its name. */
import sharp from 'sharp';
import { escape } from './html.ts';
import type { ReportRun } from './report-data.ts';

const panelWidth = 360;
const gap = 24;
const labelHeight = 46;
/** Characters of a name that surely fit above a panel. */
const longestName = 32;

/** Draws every run that has samples; undefined when none has. */
export async function comparePicture(runs: readonly ReportRun[]): Promise<Uint8Array | undefined> {
  const shown = runs.filter((run) => run.samples);
  if (shown.length === 0) return undefined;
  const panels = await Promise.all(shown.map((run) => panel(run.samples?.png ?? new Uint8Array())));
  const height = Math.max(...panels.map((each) => each.height));
  const width = gap + shown.length * (panelWidth + gap);
  const layers = panels.map((each, i) => ({
    input: each.png,
    left: gap + i * (panelWidth + gap),
    top: gap + labelHeight,
  }));
  const labels = { input: Buffer.from(labelSvg(shown, width)), left: 0, top: 0 };
  return sharp({ create: { width, height: height + labelHeight + 2 * gap, channels: 3, background: '#ffffff' } })
    .composite([...layers, labels])
    .png({ compressionLevel: 9 })
    .toBuffer();
}

async function panel(png: Uint8Array): Promise<{ readonly png: Buffer; readonly height: number }> {
  const { data, info } = await sharp(png)
    .resize({ width: panelWidth, kernel: 'nearest' })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { png: data, height: info.height };
}

/** Names longer than a panel is wide lose their end. */
function shortened(name: string): string {
  const characters = Array.from(name);
  return characters.length <= longestName ? name : `${characters.slice(0, longestName - 1).join('')}…`;
}

function labelSvg(runs: readonly ReportRun[], width: number): string {
  const texts = runs.map((run, i) => {
    const left = gap + i * (panelWidth + gap);
    return `<circle cx="${left + 5}" cy="${gap + 11}" r="5" fill="${run.colour}"/>
      <text x="${left + 18}" y="${gap + 16}" font-size="16" font-weight="600" fill="#1b1f24">${escape(shortened(run.run.name))}</text>
      <text x="${left + 18}" y="${gap + 34}" font-size="12" fill="#5b6570">${escape(run.family)}, step ${run.run.currentStep.toLocaleString('en-US')}</text>`;
  });
  const fonts = 'system-ui, Segoe UI, Helvetica, Arial, DejaVu Sans, sans-serif';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${gap + labelHeight}" font-family="${fonts}">${texts.join('')}</svg>`;
}
