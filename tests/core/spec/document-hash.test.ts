import { expect, it } from 'vitest';
import { canonicalDocument, canonicalJson } from '../../../core/spec/document-hash.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { changed, sampleDocument } from './sample-document.ts';

const canonical = (text: string): string => canonicalDocument(parseDocument(text).document!);
const same = canonical(sampleDocument);

it('keys are sorted at every depth and nothing is between them', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: 1.5, e: undefined })).toBe(
    '{"a":1.5,"b":[1,{"c":"x","d":null}]}',
  );
});

it('what a document means decides, not how it is written', () => {
  expect(canonical(JSON.stringify(JSON.parse(JSON.stringify(parseDocument(sampleDocument).document))))).toBe(same);
  expect(canonical(changed('"steps": 20,', '"seed": 1, "steps": 20,'))).toBe(same);
  expect(
    canonical(changed('"name": "Sample"', '"name": "Another", "canvas": { "classifier.c1": { "x": 1, "y": 2 } }')),
  ).toBe(same);
});

it('any other change makes it another', () => {
  const others = [
    changed('"steps": 20', '"steps": 21'),
    changed('"units": 10', '"units": 10, "useBias": false'),
    changed('"x": "image"', '"y": "image"'),
  ];
  expect(new Set([same, ...others.map(canonical)]).size).toBe(4);
});
