/** Glyphs: the same picture for an index always, inside the frame, different from each other, one class in turn. */
import { describe, expect, it } from 'vitest';
import { GlyphPainter, glyphClass, glyphSize } from '../../../core/data/glyphs.ts';

const area = glyphSize * glyphSize;

function paint(index: number, painter = new GlyphPainter()): Uint8Array {
  const out = new Uint8Array(area);
  painter.paint(index, out);
  return out;
}

describe('glyphs', () => {
  it('does not depend on what was drawn before', () => {
    const painter = new GlyphPainter();
    for (const index of [5, 3, 12_345, 8]) paint(index, painter);
    for (const index of [8, 12_345, 0]) expect(paint(index, painter)).toEqual(paint(index));
  });

  it('draws visible ink that stays off the outermost pixels', () => {
    const painter = new GlyphPainter();
    for (let index = 0; index < 1000; index++) {
      const picture = paint(index, painter);
      const inked = picture.filter((value) => value > 127).length;
      expect(inked).toBeGreaterThan(10);
      expect(inked).toBeLessThan(area / 2);
      const edge = picture.filter(
        (_, at) => at % glyphSize === 0 || at % glyphSize === glyphSize - 1 || at < glyphSize || at >= area - glyphSize,
      );
      expect(Math.max(...edge)).toBe(0);
    }
  });

  it('antialiases: a good part of the ink is neither paper nor full', () => {
    const picture = paint(0);
    const between = picture.filter((value) => value > 20 && value < 200).length;
    expect(between).toBeGreaterThan(10);
  });

  it('gives each class in turn and never the same picture twice', () => {
    expect(Array.from({ length: 12 }, (_, i) => glyphClass(i))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    const painter = new GlyphPainter();
    const seen = new Set(Array.from({ length: 2000 }, (_, i) => Buffer.from(paint(i, painter)).toString('base64')));
    expect(seen.size).toBe(2000);
  });

  it('varies within a class yet keeps classes apart: class means classify new samples far above chance', () => {
    const painter = new GlyphPainter();
    const means = Array.from({ length: 10 }, () => new Float64Array(area));
    for (let i = 0; i < 2000; i++) paint(i, painter).forEach((value, at) => (means[glyphClass(i)][at] += value / 200));
    let right = 0;
    for (let i = 2000; i < 2500; i++) {
      const picture = paint(i, painter);
      const distances = means.map((mean) => mean.reduce((sum, value, at) => sum + (value - picture[at]) ** 2, 0));
      if (distances.indexOf(Math.min(...distances)) === glyphClass(i)) right++;
    }
    // MNIST's own figure for nearest class mean is 82 %.
    expect(right / 500).toBeGreaterThan(0.6);
    expect(right / 500).toBeLessThan(0.92);
  });
});
