/** Mistakes in use, in documents and in data: told plainly, at their places, with exit 2, and nothing recorded. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lathe, only, tinyDocument, writeDocument } from '../../bench/lathe-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const cwd = temporaryFolder();
const file = writeDocument(cwd, tinyDocument());

/** The tiny document with five mistakes, each on a line of its own. */
const faulty = tinyDocument()
  .replace('"batchSize": 32', '"batchSize": -1') // line 4
  .replace('"units": 16, "activation": "tanh"', '"units": 16, "activation": "tahn"') // line 10
  .replace('"units": 2 }', '"unit": 2 }') // line 11: an unknown field, and units is missing
  .replace('"steps": 60', '"steps": "many"') // line 16
  .replace('"type": "adam"', '"type": "adamm"'); // line 18
const faultyLines = [4, 10, 11, 16, 18];

describe('a document with mistakes', () => {
  const bad = writeDocument(cwd, faulty, 'bad.lathe.jsonc');

  it.each(['check', 'train'])('%s tells all of them at their lines and exits 2', async (name) => {
    const home = join(cwd, `home-${name}`);
    const finished = await lathe([name, bad, '--json', '--home', home], { cwd });
    expect(finished.code).toBe(2);
    const issues = finished.events.filter(({ event }) => event === 'issue');
    expect([...new Set(issues.map(({ line }) => line))]).toEqual(faultyLines);
    for (const issue of issues) {
      expect(issue).toMatchObject({ file: bad, severity: 'error' });
      expect(String(faulty.split('\n')[Number(issue.line) - 1]).length).toBeGreaterThanOrEqual(
        Number(issue.column) - 1,
      );
    }
    for (const line of faultyLines)
      expect(finished.stderr).toMatch(new RegExp(`^bad\\.lathe\\.jsonc:${line}:\\d+: error: `, 'm'));
    expect(finished.stderr).toContain(`did you mean 'adam'?`);
    const runs = await lathe(['runs', '--json', '--home', home], { cwd });
    expect(runs.stdout).toBe('');
    expect(existsSync(join(home, 'lathe.db'))).toBe(false);
  });

  it('tells a mistake that an option brought as one of the options', async () => {
    const { code, stderr } = await lathe(['train', file, '--set', 'training.steps=-4'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/with the fields set by options: training\.steps: .*found -4/);
  });

  it('tells a syntax error at its line', async () => {
    const broken = writeDocument(cwd, tinyDocument().replace('"lathe": 1,', '"lathe": 1'), 'syntax.lathe.jsonc');
    const { code, stderr } = await lathe(['check', broken], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^syntax\.lathe\.jsonc:3:3: error: /m);
  });

  it('checks a right one: shapes, parameters, multiply-adds and activations by hand', async () => {
    const finished = await lathe(['check', file, '--json'], { cwd });
    expect(finished.code).toBe(0);
    const { errors, summary } = only(finished, 'checked') as unknown as {
      errors: number;
      summary: { parameters: number; networks: { layers: object[] }[] };
    };
    expect(errors).toBe(0);
    expect(summary.parameters).toBe(2 * 16 + 16 + 16 * 2 + 2);
    expect(summary.networks[0].layers).toMatchObject([
      { type: 'dense', outputShape: ['N', 16], parameters: 48, multiplyAdds: 32, activationElements: 16 },
      { type: 'dense', outputShape: ['N', 2], parameters: 34, multiplyAdds: 32, activationElements: 2 },
    ]);
  });
});

describe('mistakes in use', () => {
  it.each([
    [['trian', file], /there is no command 'trian' \(did you mean 'train'\?\)/],
    [['chekc', file], /did you mean 'check'\?/],
    [['runz'], /did you mean 'runs'\?/],
    [['train', file, '--stepz', '3'], /there is no option '--stepz' here \(did you mean '--steps'\?\)/],
    [['train'], /too few arguments \(usage: lathe train FILE\)/],
    [['train', file, 'other'], /there is no place for 'other'/],
    [['train', file, '--steps', 'x'], /--steps must be a whole number of at least 1, found 'x'/],
    [['train', file, '--steps'], /--steps needs a value: --steps N/],
    [['train', file, '--steps', '--seed'], /--steps needs a value/],
    [['train', file, '--seed', '1', '--seed', '2'], /--seed is given 2 times/],
    [['train', file, '--device', 'gpu'], /--device must be one of cpu/],
    [['train', 'nowhere.jsonc'], /nowhere\.jsonc does not exist/],
    [['train', '.'], /\. is a folder/],
    [['train', file, '--set', 'training.step=3'], /training has no 'step'.*did you mean 'steps'\?/],
    [['train', file, '--set', 'novalue'], /expected path=value/],
    [['runs', '--status', 'done'], /--status must be one of queued, running/],
    [['new', 'vee'], /did you mean 'vae'\?/],
    [['sample', 'latest'], /--out DIR is missing/],
  ] as const)('%j', async (words, message) => {
    const { code, stdout, stderr } = await lathe(words, { cwd });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  it('names runs that do not exist', async () => {
    await lathe(['train', file, '--steps', '1', '--home', 'known'], { cwd });
    for (const name of ['show', 'resume']) {
      const { code, stderr } = await lathe([name, 'zzz', '--home', 'known'], { cwd });
      expect(stderr).toBe(`lathe ${name}: there is no run 'zzz' in this home\n`);
      expect(code).toBe(2);
    }
    const show = await lathe(['show', 'latest', '--metric', 'los', '--home', 'known'], { cwd });
    expect(show.stderr).toContain(`did you mean 'loss'?`);
  });
});

it(
  'a device of another system is refused by resume and demo before anything changes',
  { timeout: 300_000 },
  async () => {
    const device = process.platform === 'darwin' ? 'dml' : 'coreml';
    const home = ['--home', 'elsewhere'];
    // A learning rate without end makes a run that can be resumed.
    const wild = writeDocument(cwd, tinyDocument({ learningRate: 1e38, optimizer: 'sgd' }), 'wild.lathe.jsonc');
    await lathe(['train', wild, ...home], { cwd });
    const before = (await lathe(['runs', '--json', ...home], { cwd })).stdout;
    for (const words of [['demo'], ['resume', 'latest']]) {
      const { code, stderr } = await lathe([...words, '--device', device, ...home], { cwd });
      expect(stderr).toContain(`the device '${device}' does not compute here: `);
      expect(stderr).toContain('What does: cpu');
      expect(code).toBe(2);
    }
    expect((await lathe(['runs', '--json', ...home], { cwd })).stdout).toBe(before);
  },
);

describe('bad data and homes', () => {
  /** An IDX file of 28 × 28 pictures that says it holds ten and ends after two. */
  function truncatedIdx(folder: string): void {
    mkdirSync(folder);
    const header = Buffer.from([0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 28, 0, 0, 0, 28]);
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), Buffer.concat([header, Buffer.alloc(2 * 784)]));
    writeFileSync(
      join(folder, 'train-labels-idx1-ubyte'),
      Buffer.from([0, 0, 8, 1, 0, 0, 0, 10, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]),
    );
  }

  it('tells of a truncated IDX file in one sentence that names it, and records nothing', async () => {
    truncatedIdx(join(cwd, 'idx'));
    const document = tinyDocument({ source: 'idx:idx' }).replace('"layers": [', '"layers": [{ "type": "flatten" },');
    const idx = writeDocument(cwd, document, 'idx.lathe.jsonc');
    for (const name of ['check', 'train']) {
      const { code, stderr } = await lathe([name, idx, '--home', 'idx-home'], { cwd });
      expect(code).toBe(1);
      const lines = stderr.trimEnd().split('\n');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/train-images-idx3-ubyte: .*(truncated|ends|short|bytes)/);
    }
    expect((await lathe(['runs', '--json', '--home', 'idx-home'], { cwd })).stdout).toBe('');
  });

  it('tells of data that does not exist', async () => {
    const missing = writeDocument(cwd, tinyDocument({ source: 'table:none.csv' }), 'missing.lathe.jsonc');
    const { code, stderr } = await lathe(['train', missing, '--home', 'idx-home'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/none\.csv: does not exist/);
  });

  it('tells of homes that cannot be', async () => {
    const nested = await lathe(['train', file, '--home', 'no/such/place'], { cwd });
    expect(nested.code).toBe(1);
    expect(nested.stderr).toMatch(/no\/such\/place/);
    const aFile = await lathe(['train', file, '--home', file], { cwd });
    expect(aFile.code).toBe(1);
    expect(aFile.stderr).toMatch(/is a file; name a folder/);
    // Root may write anywhere.
    if (process.getuid?.() === 0) return;
    mkdirSync(join(cwd, 'locked'));
    chmodSync(join(cwd, 'locked'), 0o500);
    const readOnly = await lathe(['train', file, '--home', 'locked'], { cwd });
    expect(readOnly.code).toBe(1);
    expect(readOnly.stderr).toMatch(/locked/);
  });
});

describe('new', () => {
  it('copies an example with its table and never overwrites', async () => {
    const folder = temporaryFolder();
    const made = await lathe(['new', 'table-classifier', 'mine.lathe.jsonc'], { cwd: folder });
    expect(made.code).toBe(0);
    expect(existsSync(join(folder, 'flowers.csv'))).toBe(true);
    const before = readFileSync(join(folder, 'mine.lathe.jsonc'), 'utf8');
    const again = await lathe(['new', 'vae', 'mine.lathe.jsonc'], { cwd: folder });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('exists already');
    expect(readFileSync(join(folder, 'mine.lathe.jsonc'), 'utf8')).toBe(before);
    expect((await lathe(['check', 'mine.lathe.jsonc'], { cwd: folder })).code).toBe(0);
  });
});
