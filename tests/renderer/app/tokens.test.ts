/** Colours keep the contrast that the Web Content Accessibility Guidelines 2.2 ask for, in both themes. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../../../renderer/app/tokens.css', import.meta.url), 'utf8');
const pairs = new Map(
  [...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! },
  ]),
);
const themes = ['light', 'dark'] as const;

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function expectContrast(theme: (typeof themes)[number], front: string, back: string, least: number): void {
  expect(
    contrast(pairs.get(front)![theme], pairs.get(back)![theme]),
    `${front} on ${back}, ${theme}`,
  ).toBeGreaterThanOrEqual(least);
}

test('the formula gives the published ratios', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

describe.each(themes)('in the %s theme', (theme) => {
  const surfaces = ['ground', 'surface', 'surface-raised', 'surface-sunken', 'hover'];

  test('text is read on every surface (4.5)', () => {
    for (const text of ['text', 'text-muted', 'text-faint', 'accent-text', 'ok', 'warning', 'error', 'running'])
      for (const surface of surfaces) expectContrast(theme, text, surface, 4.5);
    for (const text of ['text', 'text-muted', 'accent-text']) expectContrast(theme, text, 'selected', 4.5);
    expectContrast(theme, 'on-tooltip', 'tooltip', 4.5);
  });

  test('text is read on fills and tints (4.5)', () => {
    expectContrast(theme, 'on-accent', 'accent', 4.5);
    expectContrast(theme, 'on-accent', 'accent-hover', 4.5);
    expectContrast(theme, 'on-error-fill', 'error-fill', 4.5);
    for (const state of ['ok', 'warning', 'error', 'running', 'idle'])
      expectContrast(theme, state, `${state}-tint`, 4.5);
    for (const state of ['ok', 'warning', 'error']) expectContrast(theme, 'text', `${state}-tint`, 4.5);
    expectContrast(theme, 'text-muted', 'idle-tint', 4.5);
    expectContrast(theme, 'surface', 'running', 4.5);
  });

  test('borders of controls, the focus ring, curves and layer colours are seen (3)', () => {
    for (const surface of ['ground', 'surface', 'surface-raised']) {
      expectContrast(theme, 'line-strong', surface, 3);
      expectContrast(theme, 'focus', surface, 3);
      expectContrast(theme, 'accent', surface, 3);
      for (const name of pairs.keys()) if (/^(series|layer)-/.test(name)) expectContrast(theme, name, surface, 3);
    }
  });
});

test('there are eight categorical colours, each another', () => {
  for (const theme of themes) {
    const colours = [...pairs].filter(([name]) => name.startsWith('series-')).map(([, pair]) => pair[theme]);
    expect(new Set(colours).size).toBe(8);
  }
});
