import { describe, expect, test } from 'vitest';
import { movedIndex } from '../../../renderer/components/samples/grid-keys.ts';
import { cellSize, imageSize, rgbaOf, sampleAt, sampleCount } from '../../../renderer/components/samples/pixels.ts';
import { pointBounds } from '../../../renderer/components/samples/point-bounds.ts';
import { bestScores, columnNames, rowCells } from '../../../renderer/components/samples/table-values.ts';
import { baseName, folderOf, pathIn, withEnding } from '../../../renderer/components/files/paths.ts';

describe('pixels', () => {
  test('grey of both ranges, clipped at its ends', () => {
    const size = imageSize([1, 1, 4]);
    expect([...rgbaOf(new Float32Array([-1, 0, 1, 3]), size, 'symmetric')].filter((_, i) => i % 4 === 0)).toEqual([
      0, 128, 255, 255,
    ]);
    expect([...rgbaOf(new Float32Array([-1, 0, 1, 3]), size, 'unit')].filter((_, i) => i % 4 === 0)).toEqual([
      0, 0, 255, 255,
    ]);
  });

  test('colours stand channel after channel', () => {
    expect([...rgbaOf(new Float32Array([1, 0, 0, 1, 0, 0]), imageSize([3, 1, 2]), 'unit')]).toEqual([
      255, 0, 0, 255, 0, 255, 0, 255,
    ]);
  });

  test('counts and slices samples', () => {
    const data = Float32Array.from({ length: 12 }, (_, i) => i);
    expect(sampleCount(data, [1, 2, 2])).toBe(3);
    expect([...sampleAt(data, [1, 2, 2], 1)]).toEqual([4, 5, 6, 7]);
  });

  test('pictures grow by whole numbers and shrink to fit', () => {
    expect(cellSize(imageSize([1, 28, 28]), 64)).toEqual({ width: 56, height: 56 });
    expect(cellSize(imageSize([3, 128, 64]), 64)).toEqual({ width: 32, height: 64 });
  });
});

test('keys move in a grid and stop at its edges', () => {
  expect(movedIndex('ArrowRight', 9, 4, 10)).toBe(9);
  expect(movedIndex('ArrowDown', 2, 4, 10)).toBe(6);
  expect(movedIndex('ArrowDown', 7, 4, 10)).toBe(7);
  expect(movedIndex('ArrowUp', 1, 4, 10)).toBe(1);
  expect(movedIndex('End', 0, 4, 10)).toBe(9);
  expect(movedIndex('a', 0, 4, 10)).toBeNull();
});

test('bounds leave out what is not finite and never have no width', () => {
  expect(pointBounds({ shape: [2], data: new Float32Array([1, 2, NaN, 5, 3, -4]) })).toEqual({
    minX: 1,
    maxX: 3,
    minY: -4,
    maxY: 2,
  });
  expect(pointBounds({ shape: [2], data: new Float32Array([1, 2]) })).toEqual({
    minX: 0.5,
    maxX: 1.5,
    minY: 1.5,
    maxY: 2.5,
  });
});

describe('rows of tables', () => {
  const columns = [
    { name: 'age', kind: 'number', mean: 40, deviation: 10 },
    { name: 'city', kind: 'category', categories: ['Ulm', 'Wien', 'Bonn'] },
    { name: 'size', kind: 'number', mean: 0, deviation: 2 },
  ] as const;

  test('are read back in their own units', () => {
    expect(rowCells(columns, new Float32Array([-1, 0.1, 0.7, 0.2, 0.5]))).toEqual(['30', 'Wien', '1']);
    expect(columnNames(columns, 5)).toEqual(['age', 'city', 'size']);
    expect(columnNames(undefined, 2)).toEqual(['x1', 'x2']);
  });

  test('scores, best first', () => {
    expect(bestScores([0.1, 0.7, 0.2], 2)).toEqual([
      { index: 1, score: 0.7 },
      { index: 2, score: 0.2 },
    ]);
  });
});

test('paths of both systems', () => {
  expect(pathIn('/home/ada', 'x')).toBe('/home/ada/x');
  expect(pathIn('/', 'x')).toBe('/x');
  expect(pathIn('C:\\Users', 'x')).toBe('C:\\Users\\x');
  expect(baseName('/home/ada/photos/')).toBe('photos');
  expect(folderOf('/home/ada/x.json')).toBe('/home/ada');
  expect(folderOf('/x.json')).toBe('/');
  expect(withEnding('model', ['json', 'jsonc'])).toBe('model.json');
  expect(withEnding('model.JSONC', ['json', 'jsonc'])).toBe('model.JSONC');
});
