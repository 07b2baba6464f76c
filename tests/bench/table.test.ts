/** The tables of docs/performance.md say what the stored results say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resultsSchema, type Results } from '../../bench/speed/results.ts';
import { digits, markdownTable, resultsText, withResults } from '../../bench/speed/table.ts';

const root = resolve(import.meta.dirname, '../..');
const about = (median: number) => ({ median, low: median * 0.9, high: median * 1.1 });

const results: Results = {
  format: 1,
  date: '2026-01-02',
  machine: { processor: 'Abacus 3', cores: 2, memoryGiB: 8, system: 'linux x64', load: 0.2 },
  versions: { node: '24.0.0', onnxruntime: '1.30.0', pytorch: '1.13.0' },
  threads: 2,
  multiplyRates: { lathe: about(200e9), pytorch: about(150e9) },
  workloads: [
    {
      name: 'mlp',
      what: 'two layers',
      parameters: 10,
      flops: 400e6,
      compileMs: 20,
      firstStepMs: 50,
      own: about(4),
      peakBytes: 100 * 2 ** 20,
      peers: [
        {
          name: 'pytorch',
          settings: 'oneDNN off',
          times: { own: about(4), peer: about(10), ratio: about(2.5), pairs: 15 },
          peakBytes: 250 * 2 ** 20,
          parameters: 10,
          tried: [
            { words: 'oneDNN off', ms: 10 },
            { words: 'oneDNN on', ms: 12 },
          ],
        },
      ],
      missing: [{ name: 'tensorflow.js', reason: 'no kernel for it' }],
      sampling: {
        what: 'Decode',
        unit: 'images',
        units: 64,
        own: about(32),
        against: { name: 'pytorch', times: { own: about(32), peer: about(64), ratio: about(2), pairs: 9 } },
      },
    },
  ],
};

/** Cells of the first row that begins so. */
const rowOf = (text: string, start: string): readonly string[] =>
  text
    .split('\n')
    .find((line) => line.startsWith(`| ${start}`))!
    .split('|')
    .map((cell) => cell.trim())
    .slice(1, -1);

describe('the tables', () => {
  const text = resultsText(results);

  test('a training row has both times, the ratio with its quartiles, the share of the rate and both memories', () => {
    // 400 MFLOP in 4 ms are 100 GFLOP/s, half of 200.
    const row = ['**mlp** two layers', '4.00', '10.0', '**2.50×** (2.25–2.75)', '50 %', '100', '250', '20.0', '50.0'];
    expect(rowOf(text, '**mlp**')).toEqual(row);
  });

  test('at the foot stands the geometric mean of the ratios', () => {
    const [slow] = results.workloads;
    const fast = structuredClone({ ...slow, name: 'cnn' });
    const peers = fast.peers.map((peer) => ({ ...peer, times: { ...peer.times, ratio: about(10) } }));
    const two = resultsText({ ...results, workloads: [slow, { ...fast, peers }] });
    // √(2.5 × 10) = 5.
    expect(rowOf(two, 'geometric mean')[3]).toBe('**5.00×**');
    expect(text).not.toContain('geometric mean');
  });

  test('a peer that could not take part is there with its reason', () => {
    expect(text).toContain('| mlp | – | – | – | – | no kernel for it |');
  });

  test('sampling is given in units a second', () => {
    expect(rowOf(text, 'Decode')).toEqual([
      'Decode (64 images at a time)',
      '2,000 images/s',
      '1,000',
      '**2.00×** (1.80–2.20)',
    ]);
  });

  test('a run on a busy machine says so', () => {
    expect(text).not.toContain('Other programs');
    const busy = resultsText({ ...results, machine: { ...results.machine, load: 1.5 } });
    expect(busy).toContain('Other programs were running (load average 1.50 before it began)');
  });

  test('the settings of PyTorch that were slower are named', () => {
    expect(text).toContain('| mlp | oneDNN off: 10.0 | oneDNN on: 12.0 |');
  });

  test('without peers Lathe stands alone, and tables without rows are left out', () => {
    const [workload] = results.workloads;
    const { sampling: _, ...silent } = workload;
    const alone = resultsText({ ...results, workloads: [{ ...silent, peers: [], missing: [] }] });
    expect(rowOf(alone, '**mlp**').slice(1, 4)).toEqual(['4.00', '–', '–']);
    expect(alone).not.toMatch(/### (Sampling|PyTorch|Training with)/);
  });
});

test('figures have three digits that count', () => {
  expect([0.1234, 1.234, 12.34, 123.4, 1234, 123_456].map(digits)).toEqual([
    '0.123',
    '1.23',
    '12.3',
    '123',
    '1,230',
    '123,000',
  ]);
});

test('columns of figures stand right, of words left', () => {
  expect(
    markdownTable([
      ['what', 'ms'],
      ['a', '**1.5×**'],
    ]),
  ).toBe('| what | ms |\n| --- | ---: |\n| a | **1.5×** |');
});

describe('the page', () => {
  test('takes new results between its markers and keeps the rest', () => {
    const page = '# P\n\n<!-- results -->\nold\n<!-- end of results -->\n\nend\n';
    const changed = '# P\n\n<!-- results -->\n\nnew\n\n<!-- end of results -->\n\nend\n';
    expect(withResults(page, 'new')).toBe(changed);
    expect(withResults(changed, 'new')).toBe(changed);
  });

  test('has a place for each kind of results', () => {
    const page = '<!-- results -->\na\n<!-- end of results -->\n<!-- b -->\nb\n<!-- end of b -->\n';
    expect(withResults(page, 'new', 'b')).toBe(page.replace('\nb\n', '\n\nnew\n\n'));
  });

  test('without markers is refused', () => {
    expect(() => withResults('# P\n', 'new')).toThrow('<!-- results -->');
  });

  test('docs/performance.md shows the newest stored results, and none while there are none', () => {
    const folder = join(root, 'bench/results');
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
    const newest = files.toSorted().at(-1);
    const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');
    const text = newest && resultsText(resultsSchema.parse(JSON.parse(readFileSync(join(folder, newest), 'utf8'))));
    expect(page).toBe(withResults(page, text ?? ''));
  });
});
