/** Point samples as a scatter, with the centres their data is known to have, on axes of one scale. */
import { useEffect, useRef } from 'react';
import type { Samples } from '../../../core/protocol/samples.ts';
import { figure } from '../figures.ts';
import { resolvedColour, useStyleTurn } from '../page-style.ts';
import { useWidth } from '../plot/use-uplot.ts';
import { sampleCount } from './pixels.ts';
import { pointBounds, type PointBounds } from './point-bounds.ts';
import styles from './samples.module.css';

export interface PointsPlotProps {
  readonly samples: Samples;
  /** Known centres and spread, drawn as rings of two deviations. */
  readonly modes?: { readonly centres: readonly (readonly number[])[]; readonly deviation: number } | undefined;
  /** Shared by plots that are compared; absent: those of the points and the modes. */
  readonly bounds?: PointBounds | undefined;
  readonly height?: number;
}

export function PointsPlot({ samples, modes, bounds, height = 260 }: PointsPlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(frame);
  const turn = useStyleTurn();
  useEffect(() => {
    if (canvas.current && width > 0)
      drawPoints(canvas.current, width, height, samples, modes, bounds ?? pointBounds(samples, modes?.centres));
  }, [samples, modes, bounds, width, height, turn]);
  return (
    <div ref={frame} className={styles['points']}>
      <canvas ref={canvas} style={{ height }} role="img" aria-label={pointsWords(samples, modes?.centres.length)} />
      {samples.shape[0]! > 2 && <p className={styles['note']}>The first two of {samples.shape[0]} coordinates.</p>}
    </div>
  );
}

function pointsWords(samples: Samples, modes: number | undefined): string {
  const { minX, maxX, minY, maxY } = pointBounds(samples);
  const known = modes ? ` The data has ${modes} known centres, drawn as rings.` : '';
  const count = sampleCount(samples.data, samples.shape);
  return `${samples.label}: ${count} points, x from ${figure(minX, 3)} to ${figure(maxX, 3)}, y from ${figure(minY, 3)} to ${figure(maxY, 3)}.${known}`;
}

function drawPoints(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  samples: Samples,
  modes: PointsPlotProps['modes'],
  bounds: PointBounds,
): void {
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  const room = 12;
  const scale = Math.min(
    (width - 2 * room) / (bounds.maxX - bounds.minX),
    (height - 2 * room) / (bounds.maxY - bounds.minY),
  );
  const toX = (x: number): number => width / 2 + (x - (bounds.minX + bounds.maxX) / 2) * scale;
  const toY = (y: number): number => height / 2 - (y - (bounds.minY + bounds.maxY) / 2) * scale;
  drawOrigin(context, width, height, toX(0), toY(0));
  const dimensions = samples.shape[0]!;
  const colours = Array.from({ length: 8 }, (_, i) =>
    resolvedColour(`color-mix(in srgb, var(--series-${i + 1}) 75%, transparent)`),
  );
  const count = sampleCount(samples.data, samples.shape);
  const radius = count > 2000 ? 1.2 : 2;
  for (let i = 0; i < count; i++) {
    const label = samples.labels?.[i] ?? 0;
    context.fillStyle = colours[Math.max(0, label) % colours.length]!;
    context.beginPath();
    context.arc(
      toX(samples.data[i * dimensions]!),
      toY(dimensions > 1 ? samples.data[i * dimensions + 1]! : 0),
      radius,
      0,
      2 * Math.PI,
    );
    context.fill();
  }
  context.strokeStyle = resolvedColour('var(--text)');
  for (const [x = 0, y = 0] of modes?.centres ?? []) {
    context.beginPath();
    context.arc(toX(x), toY(y), Math.max(3, 2 * modes!.deviation * scale), 0, 2 * Math.PI);
    context.stroke();
  }
}

function drawOrigin(context: CanvasRenderingContext2D, width: number, height: number, x: number, y: number): void {
  context.strokeStyle = resolvedColour('var(--line)');
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.moveTo(x, 0);
  context.lineTo(x, height);
  context.stroke();
}
