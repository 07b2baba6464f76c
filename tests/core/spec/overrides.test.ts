import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../core/spec/parse.ts';
import { applyOverrides } from '../../../core/spec/overrides.ts';
import { sampleDocument } from './sample-document.ts';

const documentWith = (...overrides: string[]) => {
  const { text, issues } = applyOverrides(sampleDocument, overrides);
  expect(issues).toEqual([]);
  const parsed = parseDocument(text);
  expect(parsed.issues).toEqual([]);
  return parsed.document!;
};

describe('an override', () => {
  it('sets a field that stands in the text, and one that does not', () => {
    const { training, task } = documentWith('training.steps=300', 'task.labelSmoothing=0.1');
    expect([training.steps, task.labelSmoothing]).toEqual([300, 0.1]);
  });

  it('reads its value as JSON where that means something, else as a text', () => {
    expect(documentWith('data.source=idx:/a=b').data.source).toBe('idx:/a=b');
    expect(documentWith('data.image={"width":14}').data.image).toEqual({ width: 14 });
    expect(documentWith('name=2026').name).toBe('2026');
  });

  it('names a layer by its id or its place', () => {
    const { networks } = documentWith(
      'networks.classifier.layers.scores.useBias=false',
      'networks.classifier.layers.0.filters=8',
    );
    expect(networks.classifier.layers[2].useBias).toBe(false);
    expect(networks.classifier.layers[0].filters).toBe(8);
  });

  it('inside an object that is left out starts from its default', () => {
    const text = sampleDocument.replace(/ +"optimizer".*\n/, '');
    const changed = applyOverrides(text, ['training.optimizer.beta1=0.5', 'training.optimizer.schedule.type=cosine']);
    expect(changed.issues).toEqual([]);
    expect(parseDocument(changed.text).document?.training.optimizer).toMatchObject({
      type: 'adam',
      beta1: 0.5,
      schedule: { type: 'cosine' },
    });
  });

  it('leaves every comment and every other line alone', () => {
    const { text } = applyOverrides(sampleDocument, ['training.steps=300']);
    expect(text).toBe(sampleDocument.replace('"steps": 20', '"steps": 300'));
  });

  it.each([
    ['training.step=3', "did you mean 'steps'?"],
    ['task.labelSmothing=3', "did you mean 'labelSmoothing'?"],
    ['networks.classifer.layers.0.filters=8', undefined],
    ['networks.classifier.layers.score.units=8', "did you mean 'scores'?"],
    ['networks.classifier.layers.0.filter=8', "did you mean 'filters'?"],
    ['training.steps.more=3', undefined],
    ['training.steps', 'for example training.steps=300'],
    ['=3', 'for example training.steps=300'],
    ['training..steps=3', 'for example training.steps=300'],
    ['__proto__.x=3', 'for example training.steps=300'],
    ['constructor.prototype.x=3', undefined],
  ])('that leads nowhere is reported with what there is: %s', (override, hint) => {
    const { text, issues } = applyOverrides(sampleDocument, [override]);
    expect(text).toBe(sampleDocument);
    expect(issues).toMatchObject([{ code: 'unknownPath', severity: 'error', found: expect.any(String) }]);
    expect(issues[0].message).toContain(override);
    expect(issues[0].hint).toEqual(hint ?? issues[0].hint);
  });

  it('of a text with faults in its syntax reports those', () => {
    expect(applyOverrides('{"a": }', ['training.steps=1']).issues).toMatchObject([{ code: 'syntax' }]);
  });
});
