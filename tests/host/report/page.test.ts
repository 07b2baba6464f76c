/** Claims about the report's page and picture: whole, safe, in need of nothing else. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { comparePicture } from '../../../main/host/report/compare-picture.ts';
import { reportPage } from '../../../main/host/report/page.ts';
import type { ReportRun } from '../../../main/host/report/report-data.ts';
import { reportRun, series } from './fixtures.ts';

const hostile = `"><img src=x onerror=alert(1)><script>alert('&')</script>`;
const options = { title: hostile, seed: 3, createdMs: 0, version: '0.0.0' };

async function square(size: number): Promise<Uint8Array> {
  return sharp({ create: { width: size, height: size, channels: 3, background: '#336699' } })
    .png()
    .toBuffer();
}

async function hostileRun(more: Partial<ReportRun> = {}): Promise<ReportRun> {
  const base = reportRun();
  const png = await square(40);
  return reportRun({
    run: { ...base.run, name: hostile, dataSource: hostile },
    family: hostile,
    curves: [
      { key: 'loss', label: hostile, goal: 'min', series: series(Array.from({ length: 100 }, (_, i) => Math.cos(i))) },
      { key: 'score.frechetDistance', label: 'Fréchet distance', goal: 'min', series: series([3, 2, 1]) },
      { key: 'watched', label: hostile, goal: undefined, series: series([NaN, 1]) },
    ],
    samples: { label: hostile, png },
    history: [
      { label: hostile, png },
      { label: 'later', png },
    ],
    params: new Map([['training.seed', hostile]]),
    ...more,
  });
}

/** Tags of a page in order; throws where one does not close what was opened last. */
function checkNesting(page: string): number {
  const voids = new Set(['meta', 'img', 'line', 'circle', 'path', 'br']);
  const open: string[] = [];
  let count = 0;
  for (const [, close, name, rest] of page
    .replace(/<style>.*?<\/style>/s, '')
    .replace('<!doctype html>', '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/g)) {
    count++;
    if (voids.has(name) || rest.endsWith('/')) continue;
    if (!close) open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
  return count;
}

describe('the page', () => {
  it('escapes every word that comes from outside', async () => {
    const page = reportPage(
      [await hostileRun(), await hostileRun({ params: new Map([['training.seed', '2']]) })],
      options,
    );
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img src=x');
    expect(page).toContain('&lt;script&gt;');
    for (const [, attribute] of page.matchAll(/(?:aria-label|alt|style|class)="([^"]*)"/g))
      expect(attribute).not.toMatch(/[<>]/);
  });

  it('is well nested and asks nothing of any other file or address', async () => {
    const page = reportPage([await hostileRun(), reportRun()], { ...options, title: 'Two runs' });
    expect(checkNesting(page)).toBeGreaterThan(100);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|\/\/[a-z]|url\(|@import|<link|<iframe|<script/i,
    );
    for (const [, source] of page.matchAll(/src="([^"]{0,30})/g)) expect(source).toMatch(/^data:image\/png;base64,/);
  });

  it('has light and dark colours, and text for what only eyes see', async () => {
    const page = reportPage([await hostileRun()], { ...options, title: 'One' });
    expect(page).toContain('prefers-color-scheme:dark');
    for (const [svg] of page.matchAll(/<svg[^>]*>/g)) expect(svg).toMatch(/role="img" aria-label="[^"]+"/);
    for (const [image] of page.matchAll(/<img[^>]*>/g)) expect(image).toMatch(/alt="[^"]+"/);
  });

  it('says what is missing instead of failing: no runs with points, scores, samples', () => {
    const page = reportPage([reportRun()], { ...options, title: 'Nothing' });
    checkNesting(page);
    expect(page).toContain('No scores yet');
    checkNesting(reportPage([], { ...options, title: 'None' }));
  });
});

describe('the picture', () => {
  it('is as wide as its panels and as high as the highest of them', async () => {
    const wide = await sharp({ create: { width: 90, height: 45, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    const runs = [await hostileRun(), await hostileRun({ samples: { label: 'wide', png: wide } }), reportRun()];
    const picture = await comparePicture(runs);
    const { width, height, format } = await sharp(picture).metadata();
    // Two panels of 360 and three gaps of 24; 360 high, a label of 46 and a gap above and below.
    expect({ width, height, format }).toEqual({ width: 2 * 360 + 3 * 24, height: 360 + 46 + 2 * 24, format: 'png' });
    const { data } = await sharp(picture)
      .extract({ left: 100, top: 200, width: 1, height: 1 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 3)]).toEqual([0x33, 0x66, 0x99]);
  });

  it('does not exist when no run has samples', async () => {
    expect(await comparePicture([reportRun()])).toBeUndefined();
  });
});
