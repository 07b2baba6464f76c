/** The text view's knowledge of a document: places, completion, hovers, shapes and quick fixes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../core/spec/check.ts';
import { readOutline, type DocumentOutline } from '../../core/spec/model-edits/outline.ts';
import { suggestionsAt } from '../../renderer/features/design-editor/text-completion.ts';
import { fixesFor } from '../../renderer/features/design-editor/text-fixes.ts';
import { shapeHints } from '../../renderer/features/design-editor/text-hints.ts';
import { hoverAt } from '../../renderer/features/design-editor/text-hover.ts';
import { TextLines } from '../../renderer/features/design-editor/text-lines.ts';
import { definitionAt, nodeAt, nodesIn, stretchOfNode } from '../../renderer/features/design-editor/text-place.ts';

const folder = join(import.meta.dirname, '../../resources/examples');
const vae = readFileSync(join(folder, 'vae.lathe.jsonc'), 'utf8');
const outlineOf = (text: string): DocumentOutline => readOutline(text)!;

/** The text without its `|`, and where that was. */
function marked(text: string): readonly [text: string, offset: number] {
  const offset = text.indexOf('|');
  return [text.slice(0, offset) + text.slice(offset + 1), offset];
}

function labels(withMark: string, outline: DocumentOutline | null = null): readonly string[] {
  const [text, offset] = marked(withMark);
  return suggestionsAt(text, offset, outline).map((suggestion) => suggestion.label);
}

/** The text after taking a suggestion, placeholders filled with what they propose. */
function completed(withMark: string, label: string): string {
  const [text, offset] = marked(withMark);
  const { snippet, replaces } = suggestionsAt(text, offset, null).find((suggestion) => suggestion.label === label)!;
  const plain = snippet
    .replaceAll(/\$\{\d+:((?:[^}\\]|\\.)*)\}/g, '$1')
    .replaceAll(/\$\{?\d+\}?/g, '')
    .replaceAll(/\\(.)/g, '$1');
  return text.slice(0, replaces.offset) + plain + text.slice(replaces.offset + replaces.length);
}

const withLayers = (layers: string): string =>
  `{ "lathe": 1, "task": { "type": "vae" }, "networks": { "encoder": { "inputs": { "x": "image" }, "layers": [${layers}] } } }`;

describe('completion', () => {
  it('offers the fields of the layer type that is written, without those it has', () => {
    const found = labels(withLayers('{ "type": "dense", "units": 4, "|" }'));
    expect(found).toContain('activation');
    expect(found).toContain('inputs');
    expect(found).not.toContain('units');
    expect(found).not.toContain('kernelSize');
  });

  it('puts what must be given first', () => {
    const [text, offset] = marked(withLayers('{ "type": "conv2d", "|" }'));
    const [first] = suggestionsAt(text, offset, null).toSorted((a, b) => a.rank - b.rank);
    expect(first.label).toBe('filters');
  });

  it('writes a field with its default, ready to be typed over, and keeps the text readable', () => {
    const text = completed(withLayers('{ "type": "conv2d", "filters": 3, "|" }'), 'strides');
    expect(text).toContain('"strides": 1');
    expect(readOutline(text)).toBeDefined();
  });

  it('only changes the name where a value already follows', () => {
    expect(completed(withLayers('{ "type": "conv2d", "fil|": 3 }'), 'filters')).toBe(
      withLayers('{ "type": "conv2d", "filters": 3 }'),
    );
  });

  it('offers layer types, activations and the values of booleans', () => {
    expect(labels(withLayers('{ "type": "|" }'))).toContain('groupNormalization');
    expect(labels(withLayers('{ "type": "dense", "activation": "|" }'))).toContain('leakyRelu');
    expect(labels(withLayers('{ "type": "dense", "useBias": | }'))).toEqual(['true', 'false']);
  });

  it('offers as inputs what stands before the layer, nearest first, then the inputs of the network', () => {
    const text = withLayers(
      '{ "id": "a", "type": "flatten" }, { "id": "b", "type": "dense", "units": 2 }, { "id": "c", "type": "add", "inputs": ["|"] }, { "id": "d", "type": "flatten" }',
    );
    expect(labels(text, outlineOf(marked(text)[0]))).toEqual(['b', 'a', 'x']);
  });

  it('offers the networks the task needs and the optimizers there are', () => {
    expect(labels('{ "task": { "type": "vae" }, "networks": { "|" } }')).toEqual(
      expect.arrayContaining(['encoder', 'decoder']),
    );
    expect(labels('{ "training": { "optimizer": { "type": "|" } } }')).toEqual(
      expect.arrayContaining(['adam', 'sgd', 'lion']),
    );
    expect(labels('{ "training": { "optimizer": { "type": "sgd", "|" } } }')).toContain('nesterov');
  });

  it('never fails, wherever the cursor stands in a document, whole or cut off', () => {
    for (let offset = 0; offset <= vae.length; offset += 7) {
      expect(() => suggestionsAt(vae, offset, null)).not.toThrow();
      expect(() => suggestionsAt(vae.slice(0, offset), offset, null)).not.toThrow();
    }
  });
});

describe('hovers', () => {
  const hover = (word: string, within = vae): string => {
    const outline = outlineOf(within);
    return (
      hoverAt(within, within.indexOf(word) + 2, outline, checkDocument(within).summary)?.paragraphs.join('\n') ?? ''
    );
  };

  it('explain a field with its meaning, limits and default', () => {
    expect(hover('"batchSize"')).toContain('Samples in one training batch.');
    expect(hover('"batchSize"')).toContain('from 1 to 65,536');
    expect(hover('"batchSize"')).toContain('Default: `64`');
    expect(hover('"filters"')).toContain('Must be given.');
  });

  it('explain a layer with the shape it gives', () => {
    expect(hover('"flatten"')).toContain('Gives N×3136');
  });

  it('say what a name stands for', () => {
    expect(hover('"features"]')).toContain('flatten');
  });

  it('say nothing of punctuation', () => {
    expect(hoverAt(vae, vae.indexOf('{'), outlineOf(vae), undefined)).toBeUndefined();
  });
});

describe('shapes beside the layers', () => {
  it('stand behind the type of every layer of every example', () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonc'))) {
      const text = readFileSync(join(folder, file), 'utf8');
      const { summary } = checkDocument(text);
      for (const { offset } of shapeHints(text, summary)) expect(text.slice(0, offset)).toMatch(/"type": "\w+"$/);
      const layers = outlineOf(text)
        .scopes.filter((scope) => scope.kind === 'network')
        .flatMap((scope) => scope.layers);
      // shapes of data in files are not known here
      expect(shapeHints(text, summary)).toHaveLength(summary ? layers.length : 0);
    }
  });

  it('are the shapes of the layers: two strides of 2 take 28 pixels to 7', () => {
    const { summary } = checkDocument(vae);
    expect(
      shapeHints(vae, summary)
        .slice(0, 3)
        .map((hint) => hint.label),
    ).toEqual(['N×32×14×14', 'N×64×7×7', 'N×3136']);
  });
});

describe('places', () => {
  const outline = outlineOf(vae);

  it('leads from every layer to its text and back', () => {
    for (const { key } of outline.scopes.flatMap((scope) => [...scope.layers, ...scope.inputs])) {
      const { offset, length } = stretchOfNode(vae, outline, key)!;
      expect(nodeAt(vae, outline, offset + 1)).toBe(key);
      expect(nodeAt(vae, outline, offset + length - 1)).toBe(key);
    }
  });

  it('belongs to no layer outside of them', () => {
    expect(nodeAt(vae, outline, vae.indexOf('"training"'))).toBeUndefined();
    expect(nodeAt(vae, outline, 0)).toBeUndefined();
  });

  it('gives all layers a stretch touches', () => {
    const keys = outline.scopes[0].layers.map((layer) => layer.key);
    const start = stretchOfNode(vae, outline, keys[1])!;
    const end = stretchOfNode(vae, outline, keys[3])!;
    expect(nodesIn(vae, outline, start.offset + 3, end.offset + 3)).toEqual(keys.slice(1, 4));
  });

  it('leads from a named input to the layer it names', () => {
    const found = definitionAt(vae, outline, vae.indexOf('"features"]') + 3)!;
    expect(vae.slice(found.to.offset, found.to.offset + found.to.length)).toBe(
      '{ "id": "features", "type": "flatten" }',
    );
    expect(vae.slice(found.from.offset, found.from.offset + found.from.length)).toBe('"features"');
  });

  it('counts lines that end in any of the three ways', () => {
    const lines = new TextLines('a\r\nbc\rd\ne');
    expect([0, 3, 4, 6, 8].map((offset) => lines.placeOf(offset))).toEqual([
      { lineNumber: 1, column: 1 },
      { lineNumber: 2, column: 1 },
      { lineNumber: 2, column: 2 },
      { lineNumber: 3, column: 1 },
      { lineNumber: 4, column: 1 },
    ]);
    for (let offset = 0; offset <= 9; offset++) {
      if (offset === 2) continue; // between \r and \n is no place of its own
      expect(lines.offsetOf(lines.placeOf(offset))).toBe(offset);
    }
  });
});

describe('quick fixes', () => {
  /** The text after the preferred fix of each issue in turn, and what is wrong with it then. */
  function mended(text: string): readonly string[] {
    let now = text;
    for (let turn = 0; turn < 20; turn++) {
      const issue = checkDocument(now).issues.find((each) => fixesFor(now, each).some((fix) => fix.isPreferred));
      if (!issue) break;
      now = fixesFor(now, issue)
        .find((fix) => fix.isPreferred)!
        .apply(now);
    }
    return checkDocument(now).issues.map((issue) => issue.message);
  }

  it('of plain slips make the document right again', () => {
    const slips = vae
      .replace('"filters": 32', '"filtres": 32')
      .replace('"type": "flatten"', '"type": "flaten"')
      .replace('"activation": "relu"', '"activation": "rellu"')
      .replace('"units": 16', '"units": "16"')
      .replace('["features"]', '["featurs"]')
      .replace('"type": "adam"', '"type": "adm"')
      .replace('builtin:glyphs', 'builtin:glyfs');
    expect(checkDocument(slips).issues.length).toBeGreaterThan(5);
    expect(mended(slips)).toEqual([]);
  });

  it('remove fields that do not exist', () => {
    const text = vae.replace('"batchSize": 64', '"batchSize": 64, "colourfulness": 3');
    const [issue] = checkDocument(text).issues;
    const fix = fixesFor(text, issue).find((each) => each.title === 'Remove "colourfulness"')!;
    expect(fix.apply(text)).toBe(vae);
  });

  it('do not make a second field of one name', () => {
    const text = vae.replace('"filters": 32', '"filtres": 32, "filters": 32');
    const issue = checkDocument(text).issues.find((each) => each.code === 'unknownField')!;
    expect(fixesFor(text, issue).map((fix) => fix.title)).toEqual(['Remove "filtres"']);
  });

  it('use padding that fits when a window is larger than its input', () => {
    const text = vae.replace(
      '"kernelSize": 4, "strides": 2, "padding": "same"',
      '"kernelSize": 31, "strides": 2, "padding": "valid"',
    );
    const issue = checkDocument(text).issues.find((each) => each.hint?.includes("'same'"))!;
    const [fix] = fixesFor(text, issue);
    expect(fix.title).toBe('Set "padding" to "same"');
    expect(checkDocument(fix.apply(text)).issues).toEqual([]);
  });

  it('are not offered for syntax, which is corrected by typing', () => {
    const text = vae.replace('"lathe": 1,', '"lathe" 1,');
    for (const issue of checkDocument(text).issues.filter((each) => each.code === 'syntax'))
      expect(fixesFor(text, issue)).toEqual([]);
  });
});
