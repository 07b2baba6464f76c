/** Tables and NumPy arrays: values, statistics and classes agree with figures worked out by hand; mistakes are named. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { all, bytes, failureOf, npy, openIn, put, scratch } from './helpers.ts';

const whole = { split: { validation: 0, test: 0 } };

describe('table', () => {
  it('standardises numbers, encodes words one-hot and numbers the classes', async () => {
    const folder = scratch();
    put(folder, 't.csv', '\ufeffage,colour,kind\n1,red,b\n2,blue,a\n3,"re,d",b\n6,blue,a\n');
    const set = await openIn(folder, 'table:t.csv', { ...whole, target: 'kind' });
    expect(set.info).toMatchObject({ kind: 'table', shape: [4], target: 'class', classes: ['a', 'b'] });
    // Mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5.
    expect(set.info.columns).toEqual([
      { name: 'age', kind: 'number', mean: 3, deviation: Math.sqrt(3.5) },
      { name: 'colour', kind: 'category', categories: ['blue', 're,d', 'red'] },
    ]);
    const rows = all(set, 'train');
    expect(rows.map(({ y }) => y)).toEqual([1, 0, 1, 0]);
    expect(rows.map(({ x }) => x.slice(1))).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    for (const [i, age] of [1, 2, 3, 6].entries()) expect(rows[i].x[0]).toBeCloseTo((age - 3) / Math.sqrt(3.5), 6);
  });

  it('takes statistics from the training rows alone', async () => {
    const folder = scratch();
    const values = Array.from({ length: 50 }, (_, i) => i * i);
    put(folder, 't.csv', `v\n${values.join('\n')}\n`);
    const set = await openIn(folder, 'table:t.csv', { split: { validation: 10, test: 0.2 } });
    expect(set.info.counts).toEqual({ train: 30, validation: 10, test: 10 });
    const training = all(set, 'train').map(({ x }) => x[0]);
    expect(training.reduce((sum, x) => sum + x, 0) / 30).toBeCloseTo(0, 5);
    expect(training.reduce((sum, x) => sum + x * x, 0) / 30).toBeCloseTo(1, 5);
    const { mean = 0, deviation = 1 } = set.info.columns?.[0] ?? {};
    const back = (['train', 'validation', 'test'] as const)
      .flatMap((split) => all(set, split))
      .map(({ x }) => Math.round(x[0] * deviation + mean));
    expect(back.sort((a, b) => a - b)).toEqual(values);
  });

  it("decides class or number by the target's values", async () => {
    const folder = scratch();
    const rows = Array.from({ length: 30 }, (_, i) => `${i},${i % 3},${i / 7},${i % 2 ? '1.0' : '0'}`);
    put(folder, 't.csv', `a,few,real,mixed\n${rows.join('\n')}`);
    const open = (target: string) => openIn(folder, 'table:t.csv', { ...whole, target });
    expect((await open('few')).info).toMatchObject({ target: 'class', classes: ['0', '1', '2'] });
    expect((await open('mixed')).info).toMatchObject({ target: 'class', classes: ['0', '1'] });
    expect((await open('a')).info.target).toBe('number');
    const real = await open('real');
    expect(real.info.target).toBe('number');
    expect(real.info.targetColumn?.mean).toBeCloseTo(14.5 / 7, 6);
    expect(all(real, 'train')[5].y).toBeCloseTo(5 / 7, 6);
    expect((await openIn(folder, 'table:t.csv', whole)).info).toMatchObject({ target: 'none', shape: [4] });
  });

  it('reads empty cells as the mean or as a category of their own, and semicolons and tabs', async () => {
    const folder = scratch();
    put(folder, 't.csv', 'n;w\n1;x\n;x\n3;NA\n');
    const set = await openIn(folder, 'table:t.csv', whole);
    expect(set.info.columns).toEqual([
      { name: 'n', kind: 'number', mean: 2, deviation: 1, missing: 1 },
      { name: 'w', kind: 'category', categories: ['x', ''] },
    ]);
    expect(all(set, 'train').map(({ x }) => x)).toEqual([
      [-1, 1, 0],
      [0, 1, 0],
      [1, 0, 1],
    ]);
    put(folder, 't.tsv', 'a\tb\n1\t2,5\n');
    expect((await openIn(folder, 'table:t.tsv', whole)).info.columns?.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('names the line, the column and the mistake', async () => {
    const folder = scratch();
    const file = path.join(folder, 't.csv');
    const problem = async (text: string | Uint8Array, target?: string): Promise<string> => {
      put(folder, 't.csv', text);
      const error = await failureOf(folder, 'table:t.csv', { ...whole, ...(target && { target }) });
      expect(error.message.startsWith(`${file}: `)).toBe(true);
      return `${error.code}: ${error.message.slice(file.length + 2)}${error.hint?.startsWith('did') ? ` (${error.hint})` : ''}`;
    };
    const good = Array.from({ length: 15 }, (_, i) => `${i},2,3,4,5,6`);
    expect(await problem(`a,b,c,d,e,f\n${good.join('\n')}\n1,2,3,4,5\n`)).toBe(
      'corrupt: line 17 has 5 fields, expected 6 as in the header',
    );
    expect(await problem('')).toBe('empty: is empty');
    expect(await problem('a,b\n')).toBe('empty: has no rows below its header');
    expect(await problem('1,2\n3,4\n')).toBe('format: has no header: the first line holds only numbers');
    expect(await problem('a,a\n3,4\n')).toBe('format: two columns are named "a"');
    expect(await problem('a,\n3,4\n')).toBe('format: column 2 has no name in the first line');
    expect(await problem('a,b\n1,"never closed\n2,3\n')).toMatch(/^corrupt: is not a readable csv file: /);
    expect(await problem('height,width\n1,2\n3,4\n', 'widht')).toBe(
      'option: has no column "widht" (did you mean "width"?)',
    );
    expect(await problem('a,b\n1,2\n3,\n', 'b')).toBe('content: line 3 has no value for the target "b"');
    expect(await problem(`id,v\n${Array.from({ length: 70 }, (_, i) => `word${i},1`).join('\n')}`)).toMatch(
      /^content: column "id" has more than 64/,
    );
    expect(await problem('a,b\n,1\n,2\n')).toBe('content: column "a" is empty');
    expect(await problem(Uint8Array.from([137, 80, 78, 71, 0, 0, 0, 13]))).toMatch(/^format: is not a text file/);
    expect(await problem(Buffer.concat([Buffer.from('a,b\ncaf'), Buffer.from([0xe9]), Buffer.from(',1\n')]))).toBe(
      'format: line 2 is not UTF-8 text',
    );
  });
});

describe('npy', () => {
  it('reads points and their labels', async () => {
    const folder = scratch();
    const values = Float64Array.from({ length: 12 }, (_, i) => i / 8 - 0.5);
    put(folder, 'p.npy', npy('<f8', [6, 2], values));
    put(folder, 'p.labels.npy', npy('<i8', [6], BigInt64Array.from([7n, 3n, 7n, 3n, 3n, 7n])));
    const set = await openIn(folder, 'npy:p.npy', whole);
    expect(set.info).toMatchObject({ kind: 'points', shape: [2], target: 'class', classes: ['3', '7'] });
    expect(all(set, 'train').flatMap(({ x }) => x)).toEqual([...values]);
    expect(all(set, 'train').map(({ y }) => y)).toEqual([1, 0, 1, 0, 0, 1]);
  });

  it('reads byte pictures with channels first or last to the same samples', async () => {
    const [first, last] = [scratch(), scratch()];
    const planes = bytes(2 * 3 * 4 * 5);
    const mixed = Uint8Array.from(planes, (_, at) => {
      const [n, y, x, c] = [Math.floor(at / 60), Math.floor((at % 60) / 15), Math.floor((at % 15) / 3), at % 3];
      return planes[n * 60 + c * 20 + y * 5 + x];
    });
    put(first, 'a.npy', npy('|u1', [2, 3, 4, 5], planes));
    put(last, 'a.npy', npy('|u1', [2, 4, 5, 3], mixed));
    const [a, b] = [await openIn(first, 'npy:a.npy', whole), await openIn(last, 'npy:a.npy', whole)];
    expect([a.info.shape, b.info.contentHash]).toEqual([[3, 4, 5], a.info.contentHash]);
  });

  it('brings real pictures from [−1, 1] or [0, 255] to [0, 1]', async () => {
    const folder = scratch();
    put(folder, 's.npy', npy('<f4', [1, 2, 2], Float32Array.from([-1, 0, 0.5, 1])));
    put(folder, 'b.npy', npy('<f4', [1, 2, 2], Float32Array.from([0, 51, 102, 255])));
    put(folder, 'w.npy', npy('<f4', [1, 2, 2], Float32Array.from([-3, 51, 102, 255])));
    const signed = await openIn(folder, 'npy:s.npy', whole);
    expect(all(signed, 'train')[0].x).toEqual([0, 0.5, 0.75, 1]);
    expect(all(signed, 'train', 'symmetric')[0].x).toEqual([-1, 0, 0.5, 1]);
    const scaled = all(await openIn(folder, 'npy:b.npy', whole), 'train')[0].x;
    for (const [i, value] of [0, 0.2, 0.4, 1].entries()) expect(scaled[i]).toBeCloseTo(value, 6);
    await expect(openIn(folder, 'npy:w.npy', whole)).rejects.toThrow(
      'w.npy: holds pictures with values from -3 to 255, expected',
    );
  });

  it('says what is wrong', async () => {
    const folder = scratch();
    const file = path.join(folder, 'a.npy');
    const problem = async (data: Uint8Array | string): Promise<string> => {
      put(folder, 'a.npy', data);
      const error = await failureOf(folder, 'npy:a.npy', whole);
      return `${error.code}: ${error.message.replace(`${file}: `, '')}`;
    };
    const good = npy('<f4', [3, 2], Float32Array.from([1, 2, 3, 4, 5, 6]));
    expect(await problem(good.subarray(0, good.length - 4))).toBe(
      `truncated: expected ${good.length} bytes, found ${good.length - 4}`,
    );
    expect(await problem('PK\u0003\u0004 a zip archive')).toBe(
      'format: is not a NumPy array file: it begins with 504b03042061, not 934e554d5059',
    );
    expect(await problem(good.subarray(0, 40))).toMatch(
      /^truncated: ends inside its header: expected 128 bytes, found 40$/,
    );
    expect(await problem('')).toBe('empty: is empty');
    expect(await problem(npy('<f4', [3, 2], Float32Array.from([1, 2, 3, 4, 5, 6]), true))).toBe(
      'format: is stored in Fortran order, expected C order',
    );
    expect(await problem(npy('>f4', [3, 2], Float32Array.from([1, 2, 3, 4, 5, 6])))).toMatch(
      /^format: holds elements of type >f4, expected one of/,
    );
    expect(await problem(npy('<f4', [3, 2], Float32Array.from([1, 2, 3, NaN, 5, 6])))).toBe(
      'content: holds NaN in row 1',
    );
    expect(await problem(npy('|u1', [3, 4], bytes(12)))).toMatch(
      /^format: is a \|u1 array of shape \(3, 4\), expected \[N, H, W\]/,
    );
    expect(await problem(npy('<f4', [0, 2], new Float32Array(0)))).toBe(
      'empty: has the shape (0, 2), which holds nothing',
    );
    put(folder, 'a.labels.npy', npy('<f4', [2], Float32Array.from([1, 2])));
    put(folder, 'a.npy', good);
    expect((await failureOf(folder, 'npy:a.npy', whole)).message).toBe(
      `${path.join(folder, 'a.labels.npy')}: has the shape (2), expected (3), one label a row`,
    );
  });
});
