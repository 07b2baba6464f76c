import { describe, expect, it } from 'vitest';
import { issueCodes } from '../../../core/spec/issue.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { migrate } from '../../../core/spec/migrations.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { inputWords } from '../../../core/spec/schema.ts';
import { inputKindOf } from '../../../core/nn/network-inputs.ts';
import { changed, pointedAt, sampleDocument } from './sample-document.ts';

describe('a right document', () => {
  it('parses without issues and gets every default of its sections', () => {
    const { document, issues } = parseDocument(sampleDocument);
    expect(issues).toEqual([]);
    expect(document?.training).toMatchObject({
      steps: 20,
      seed: 1,
      logEvery: 1,
      optimizer: { type: 'adam', beta1: 0.9 },
    });
    expect(document?.data.batchSize).toBe(32);
    expect(document?.task).toEqual({ type: 'classifier', labelSmoothing: 0 });
  });

  it('is plain JSON that says everything again', () => {
    const { document } = parseDocument(sampleDocument);
    expect(parseDocument(JSON.stringify(document)).document).toEqual(document);
  });

  it('may leave the optimizer out: it is adam with its defaults', () => {
    const text = changed('    "optimizer": { "type": "adam", "learningRate": 0.001 },\n', '');
    expect(parseDocument(text).document?.training.optimizer).toMatchObject({
      type: 'adam',
      learningRate: 0.001,
      beta2: 0.999,
    });
  });

  it('may say where its JSON Schema is', () => {
    expect(
      parseDocument(changed('"lathe": 1', '"$schema": "../model-document.schema.json", "lathe": 1')).issues,
    ).toEqual([]);
  });

  it('may count epochs', () => {
    expect(parseDocument(changed('"steps": 20', '"epochs": 1.5')).document?.training.epochs).toBe(1.5);
  });
});

/** One wrong document for each code that a text alone can have: what to replace, and the text the issue points at. */
const faults: readonly (readonly [code: keyof typeof issueCodes, from: string, to: string, at: string])[] = [
  ['syntax', '"name": "Sample",', '"name": Sample,', 'Sample'],
  ['duplicateKey', '"batchSize": 32', '"batchSize": 32, "batchSize": 16', '"batchSize"'],
  ['forbiddenKey', '"batchSize": 32', '"batchSize": 32, "__proto__": { "x": 1 }', '"__proto__"'],
  ['unsupportedVersion', '"lathe": 1', '"lathe": 2', '2'],
  ['unknownField', '"batchSize"', '"batchsize"', '"batchsize"'],
  ['unknownField', '"units": 10', '"units": 10, "unit": 3', '"unit"'],
  ['missingField', '"source": "builtin:glyphs", ', '', '{ "batchSize": 32 }'],
  ['wrongType', '"batchSize": 32', '"batchSize": "32"', '"32"'],
  ['wrongType', '{ "type": "flatten" }', '"flatten"', '"flatten"'],
  ['outOfRange', '"batchSize": 32', '"batchSize": 0', '0'],
  ['outOfRange', '"learningRate": 0.001', '"learningRate": 1e999', '1e999'],
  ['invalidValue', '"type": "adam"', '"type": "adamm"', '"adamm"'],
  ['invalidValue', '"x": "image"', '"x": "imagee"', '"imagee"'],
  ['conflictingFields', '"steps": 20', '"steps": 20, "epochs": 2', '"epochs"'],
  ['unknownData', 'builtin:glyphs', 'builtin:glyfs', '"builtin:glyfs"'],
  ['unknownData', 'builtin:glyphs', 'image:/photos', '"image:/photos"'],
  ['unknownTask', '{ "type": "classifier" }', '{ "type": "clasifier" }', '"clasifier"'],
  ['network', '"type": "flatten"', '"type": "flaten"', '"flaten"'],
  ['network', '"filters": 4', '"filters": 0', '0'],
  ['network', '{ "type": "flatten" }', '{ "type": "flatten", "inputs": ["c2"] }', '"c2"'],
  ['missingNetwork', '"classifier": {', '"clasifier": {', '"networks"'],
  ['unknownNetwork', '"steps": 20,', '"steps": 20, "optimizers": { "generator": { "type": "sgd" } },', '"generator"'],
  [
    'unusedBlock',
    '"networks": {',
    '"blocks": { "twice": { "layers": [{ "type": "flatten" }] } }, "networks": {',
    '"twice"',
  ],
];

/** The same for codes that need the layers to be built. */
const shapeFaults: typeof faults = [
  ['layer', '"type": "flatten"', '"type": "reshape", "shape": [5]', '{ "type": "reshape", "shape": [5] }'],
  [
    'layerTooLarge',
    '{ "type": "flatten" }',
    '{ "type": "flatten" }, { "type": "dense", "units": 1000000 }, { "type": "dense", "units": 1000000 }',
    '{ "type": "dense", "units": 1000000 }',
  ],
  ['task', '"units": 10', '"units": 9', '['],
  ['unsuitableData', 'builtin:glyphs', 'builtin:points/swissroll', '"builtin:points/swissroll"'],
  [
    'unusedLayer',
    '{ "type": "flatten" }',
    '{ "type": "dropout", "inputs": ["x"] }, { "type": "flatten", "inputs": ["c1"] }',
    '{ "type": "dropout", "inputs": ["x"] }',
  ],
];

describe('a wrong document', () => {
  it.each(faults)('%s: %s → %s', (code, from, to, at) => {
    const text = changed(from, to);
    const { document, issues } = parseDocument(text);
    const found = issues.find((issue) => issue.code === code);
    expect(found).toBeDefined();
    expect(pointedAt(text, found!)).toBe(at);
    expect(document === undefined).toBe(issues.some((issue) => issue.severity === 'error'));
  });

  it.each(shapeFaults)('%s, seen once layers are built: %s → %s', (code, from, to, at) => {
    const text = changed(from, to);
    const found = checkDocument(text).issues.find((issue) => issue.code === code);
    expect(found).toBeDefined();
    expect(pointedAt(text, found!).startsWith(at)).toBe(true);
  });

  it('every code but those of hostile texts and overrides is produced above, or by an unused network', () => {
    const elsewhere = ['documentTooLarge', 'nestingTooDeep', 'tooManyIssues', 'unknownPath', 'unusedNetwork'];
    const produced = [...faults, ...shapeFaults].map(([code]) => code);
    expect(new Set([...produced, ...elsewhere])).toEqual(new Set(Object.keys(issueCodes)));
  });

  it('warns of a network its task does not use, and is not refused for it', () => {
    const extra = '"networks": { "spare": { "inputs": { "x": "image" }, "layers": [{ "type": "flatten" }] },';
    const { document, issues } = parseDocument(changed('"networks": {', extra));
    expect(issues).toMatchObject([{ code: 'unusedNetwork', severity: 'warning', line: 7 }]);
    expect(document).toBeDefined();
  });

  it('says what was expected, what was found, and what was probably meant', () => {
    const [issue] = parseDocument(changed('"type": "adam"', '"type": "adamm"')).issues;
    expect(issue).toMatchObject({
      found: "'adamm'",
      hint: "did you mean 'adam'?",
      path: ['training', 'optimizer', 'type'],
    });
    expect(issue.expected).toContain("'adam'");
  });

  it('reports a missing field once, and a misspelt one not also as missing', () => {
    const { issues } = parseDocument(changed('"steps": 20', '"step": 20'));
    expect(issues.map((issue) => issue.code)).toEqual(['unknownField']);
    expect(issues[0].hint).toBe("did you mean 'steps'?");
  });

  it('does not call a field missing whose value a syntax error swallowed', () => {
    const { issues } = parseDocument(changed('"steps": 20,', '"steps": ,'));
    expect(issues.every((issue) => issue.code === 'syntax')).toBe(true);
  });
});

describe('five mistakes in five sections', () => {
  const text = [
    '{',
    '  "lathe": 1, "name": "Wrong",',
    '  "data": { "source": "builtin:glyphs", "batchSize": -4 },',
    '  "task": { "type": "vae", "betta": 2 },',
    '  "networks": {',
    '    "encoder": {',
    '      "inputs": { "x": "image" },',
    '      "layers": [',
    '        { "id": "c3", "type": "conv2d", "filters": 8, "kernelSize": 29, "padding": "valid" },',
    '        { "id": "all", "type": "flatten" },',
    '        { "id": "mean", "type": "dense", "units": 8, "inputs": ["all"] },',
    '        { "id": "logVariance", "type": "dense", "units": 8, "inputs": ["all"] }',
    '      ],',
    '      "outputs": ["mean", "logVariance"]',
    '    },',
    '    "decoder": {',
    '      "inputs": { "z": "latent" },',
    '      "layers": [{ "type": "dense", "units": 784 }, { "type": "reshape", "shape": [1, 28, 27] }]',
    '    }',
    '  },',
    '  "training": { "steps": 10, "optimizer": { "type": "adam", "lerningRate": 0.1 } }',
    '}',
  ];

  it.each(['\n', '\r\n', '\r'])(
    'are all found, each at its line and column, and nothing else (line break %j)',
    (eol) => {
      const whole = text.join(eol);
      const { issues } = checkDocument(whole);
      const at = (line: number, word: string) => [line, text[line - 1].indexOf(word) + 1];
      expect(issues.map(({ code, line, column }) => [code, line, column])).toEqual([
        ['outOfRange', ...at(3, '-4')],
        ['unknownField', ...at(4, '"betta"')],
        ['layer', ...at(9, '{')],
        ['layer', ...at(18, '{ "type": "reshape"')],
        ['unknownField', ...at(21, '"lerningRate"')],
      ]);
      expect(issues.map((issue) => pointedAt(whole, issue))).toEqual([
        '-4',
        '"betta"',
        text[8].trim().slice(0, -1),
        '{ "type": "reshape", "shape": [1, 28, 27] }',
        '"lerningRate"',
      ]);
    },
  );

  it('columns count UTF-16 units, so that tabs count one and 😀 two, as editors do', () => {
    const line = '\t\t/* 😀 é */ "name": 5,';
    const { issues } = parseDocument(changed('  "name": "Sample", // what it is called', line));
    expect(issues).toMatchObject([{ line: 4, column: line.indexOf('5') + 1, endColumn: line.indexOf('5') + 2 }]);
  });
});

describe('hostile texts are refused without a crash', () => {
  it('ten million characters', () => {
    expect(parseDocument(`"${'x'.repeat(10_000_000)}"`).issues).toMatchObject([
      { code: 'documentTooLarge', line: 1, column: 1 },
    ]);
  });

  it.each(['[', '{"a":'])('ten thousand times %s', (open) => {
    expect(parseDocument(open.repeat(10_000)).issues).toMatchObject([{ code: 'nestingTooDeep' }]);
  });

  it.each(['', '   \n', 'null', '[]', '5', '"text"', '{', '}', '\u0000', '/* never closed', '{"lathe":'])(
    '%j',
    (text) => {
      const { document, issues } = parseDocument(text);
      expect(document).toBeUndefined();
      expect(issues.length).toBeGreaterThan(0);
    },
  );

  it('keys that JavaScript knows do not reach any prototype', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      for (const at of ['"networks": {', '"training": {', '"task": { ']) {
        const { document } = checkText(changed(at, `${at} "${key}": { "polluted": true },`));
        expect(document).toBeUndefined();
      }
      expect(parseDocument(changed('{ "type": "classifier" }', `{ "type": "${key}" }`)).issues[0].code).toBe(
        'unknownTask',
      );
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('thousands of mistakes are cut to a list with a last word', () => {
    const many = Array.from({ length: 3000 }, (_, i) => `"k${i}": 1`).join(', ');
    const { issues } = parseDocument(changed('"batchSize": 32', many));
    expect(issues.length).toBe(501);
    expect(issues.at(-1)?.code).toBe('tooManyIssues');
  });

  function checkText(text: string) {
    checkDocument(text);
    return parseDocument(text);
  }
});

describe('migrations', () => {
  it('run in order from the version of the document on', () => {
    const stamp = (from: number) => ({
      from,
      apply: (document: Readonly<Record<string, unknown>>) => ({
        ...document,
        seen: [...((document.seen as number[]) ?? []), from],
      }),
    });
    expect(migrate({ lathe: 2 }, 2, [stamp(1), stamp(2), stamp(3)])).toMatchObject({ seen: [2, 3] });
  });

  it('leave a document of the present version as it is', () => {
    const document = { lathe: 1 };
    expect(migrate(document, 1)).toBe(document);
  });
});

it('every word for a network input stands for something', () => {
  expect(inputWords.filter((word) => inputKindOf(word) === undefined)).toEqual([]);
});
