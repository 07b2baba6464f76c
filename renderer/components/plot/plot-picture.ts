/** A plot as a picture to take away: title, curves and legend on the colour of the page. */
import { resolvedColour } from '../page-style.ts';
import type { LegendLine } from './legend.tsx';

/** PNG of the plot's canvas at the resolution it is shown in, with words above and below. */
export function plotPicture(canvas: HTMLCanvasElement, title: string, lines: readonly LegendLine[]): Promise<Blob> {
  const ratio = devicePixelRatio;
  const row = 18 * ratio;
  const picture = document.createElement('canvas');
  picture.width = canvas.width + 16 * ratio;
  picture.height = canvas.height + 32 * ratio + row * lines.length + 8 * ratio;
  const context = picture.getContext('2d')!;
  context.fillStyle = resolvedColour('var(--surface)');
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = resolvedColour('var(--text)');
  context.textBaseline = 'middle';
  context.font = `600 ${13 * ratio}px system-ui, sans-serif`;
  context.fillText(title, 12 * ratio, 16 * ratio);
  context.drawImage(canvas, 0, 32 * ratio);
  context.font = `${12 * ratio}px system-ui, sans-serif`;
  lines.forEach((line, i) => {
    const y = 32 * ratio + canvas.height + row * (i + 0.5);
    context.fillStyle = resolvedColour(line.colour);
    context.fillRect(12 * ratio, y - ratio, 14 * ratio, 2 * ratio);
    context.fillStyle = resolvedColour('var(--text)');
    context.fillText(line.label, 32 * ratio, y);
  });
  return new Promise((resolve, reject) => {
    picture.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large to be made'))),
      'image/png',
    );
  });
}
