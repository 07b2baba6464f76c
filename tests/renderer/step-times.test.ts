/** The predicted time of a step among the layers: nothing is lost, and updates belong to the layers they move. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boundarySeconds, graphSeconds } from '../../core/ops/predicted-time.ts';
import { builtinDataInfo } from '../../core/spec/builtin-data.ts';
import { compileDocument } from '../../core/spec/compile.ts';
import { parseDocument } from '../../core/spec/parse.ts';
import { sizeOf } from '../../core/tensor/tensor.ts';
import { ordinaryRates as rates } from '../core/ops/ordinary-rates.ts';
import { predictionWords, stepFigure } from '../../renderer/features/design-editor/predicted-times.ts';
import { stepTimes } from '../../renderer/features/design-editor/step-times.ts';

function modelOf(name: string) {
  const text = readFileSync(join(import.meta.dirname, '../../resources/examples', `${name}.lathe.jsonc`), 'utf8');
  const { document } = parseDocument(text);
  return compileDocument(document!, builtinDataInfo(document!.data)!);
}

describe.each(['vae', 'gan-points'])('the predicted step of %s', (name) => {
  const { train, registry } = modelOf(name);
  const { total, byOrigin } = stepTimes(train, registry, rates);

  it('is that of its graph, and of its parts and what is handed in and out together', () => {
    expect(total).toBeCloseTo(graphSeconds(train.graph, rates), 12);
    const parts = [...byOrigin.values()].reduce(
      (sum, { forward, backward, optimizer }) => sum + forward + backward + optimizer,
      0,
    );
    expect(parts + boundarySeconds(train.graph, rates)).toBeCloseTo(total, 12);
  });

  it('has an update for every parameter, and next to none that belongs to no layer', () => {
    for (const { name: state, role } of registry.all)
      if (role === 'parameter') expect(byOrigin.get(state)?.optimizer, state).toBeGreaterThan(0);
    const updates = [...byOrigin].map(([origin, { optimizer }]) => [origin, optimizer] as const);
    const sum = (of: readonly (readonly [string, number])[]): number =>
      of.reduce((all, [, seconds]) => all + seconds, 0);
    const unowned = updates.filter(([origin]) => origin.startsWith('optimizer/'));
    expect(sum(unowned)).toBeLessThan(sum(updates) / 4);
  });

  it('gives each parameter of those updated together its share by its numbers', () => {
    const shared = registry.all.flatMap(({ parts }) => (parts ? [parts] : []));
    expect(shared.length).toBeGreaterThan(0);
    for (const parts of shared) {
      const each = parts.map(({ of, shape }) => (byOrigin.get(of)?.optimizer ?? 0) / sizeOf(shape));
      for (const seconds of each) expect(seconds / each[0]).toBeCloseTo(1, 9);
    }
  });

  it('has a forward and a backward part for the layers that are trained', () => {
    const [first] = [...byOrigin].filter(([, { forward, backward }]) => forward > 0 && backward > 0);
    expect(first).toBeDefined();
  });
});

describe('the words', () => {
  it.each([
    [0.0012, '1.2 ms'],
    [0.000043, '0.043 ms'],
    [1.32, '1,300 ms'],
    [0.0000021, '< 0.01 ms'],
    [0, '0 ms'],
  ])('of %d s are %s', (seconds, words) => expect(stepFigure(seconds)).toBe(words));

  const times = {
    byLayer: new Map([['a', { forward: 0.001, backward: 0.002, optimizer: 0.001 }]]) as never,
    total: 0.005,
    threads: 2,
    isSteady: true,
  };

  it('tell the whole and what is outside layers', () =>
    expect(predictionWords({ times, note: undefined })).toBe(
      '5 ms on the CPU with 2 threads, 1 ms of it outside layers',
    ));

  it('tell what is measured, or why nothing is', () => {
    expect(predictionWords({ times: undefined, note: undefined })).toBe('measuring…');
    expect(predictionWords({ times: undefined, note: 'not measured: a run is training' })).toBe(
      'not measured: a run is training',
    );
  });

  it('tell doubts', () => {
    expect(predictionWords({ times: { ...times, isSteady: false }, note: undefined })).toContain('measured while busy');
    expect(predictionWords({ times, note: 'the document has errors' })).toContain('of an earlier text');
  });
});
