/** The inspector's forms: every schema has a suitable control, numbers step sensibly, several layers share fields. */
import { describe, expect, it } from 'vitest';
import { layerTable } from '../../core/nn/layer-table.ts';
import { documentSchema, objectShape } from '../../core/spec/document-schema.ts';
import { taskTable } from '../../core/tasks/task-table.ts';
import {
  commonFields,
  fieldOf,
  fieldsOfShape,
  labelOf,
  parameterField,
  sameValue,
  sharedValue,
  stepped,
  type Field,
} from '../../renderer/features/design-editor/inspector-fields.ts';

const fieldsOfLayer = (type: string): readonly Field[] =>
  fieldsOfShape(objectShape(layerTable.get(type)!.schema, type));
const field = (type: string, name: string): Field => fieldsOfLayer(type).find((each) => each.name === name)!;

describe('controls', () => {
  it('suit the fields of a convolution', () => {
    expect(field('conv2d', 'filters').control).toEqual({ kind: 'number', min: 1, max: 1_000_000, isWhole: true });
    expect(field('conv2d', 'kernelSize').control.kind).toBe('pair');
    expect(field('conv2d', 'padding').control).toMatchObject({
      kind: 'wordOrNumber',
      words: ['same', 'valid'],
      min: 0,
    });
    expect(field('conv2d', 'activation').control).toMatchObject({ kind: 'named' });
    expect(field('conv2d', 'kernelInitializer').control).toMatchObject({ kind: 'named' });
    expect(field('conv2d', 'useBias').control.kind).toBe('switch');
  });

  it('know the default and whether a field must be given', () => {
    expect(field('conv2d', 'strides')).toMatchObject({ fallback: 1, isOptional: true });
    expect(field('conv2d', 'filters')).toMatchObject({ fallback: undefined, isOptional: false });
  });

  it('let every field of every layer and task be explained', () => {
    const layers = [...layerTable.keys()].flatMap(fieldsOfLayer);
    const tasks = Object.values(taskTable).flatMap((task) =>
      fieldsOfShape(objectShape(task.schema, task.type), ['type']),
    );
    expect([...layers, ...tasks].filter((each) => !each.help).map((each) => each.name)).toEqual([]);
  });

  it('offer each optimizer with its own fields, and sections that may be left out', () => {
    const training = fieldOf('training', documentSchema.shape['training']);
    if (training.control.kind !== 'section') throw new Error('training is an object');
    const byName = new Map(training.control.fields.map((each) => [each.name, each]));
    const optimizer = byName.get('optimizer')!.control;
    if (optimizer.kind !== 'variant') throw new Error('an optimizer has a type');
    expect(optimizer.variants.get('sgd')!.fields.map((each) => each.name)).toContain('nesterov');
    expect(optimizer.variants.get('adam')!.fields.map((each) => each.name)).not.toContain('nesterov');
    expect(byName.get('ema')).toMatchObject({ isOptional: true, fallback: undefined, control: { kind: 'section' } });
    expect(byName.get('optimizers')!.control.kind).toBe('record');
  });

  it('of a block follow from the defaults of its parameters', () => {
    expect(parameterField('filters', 64).control).toMatchObject({ kind: 'number', isWhole: true });
    expect(parameterField('rate', 0.5).control).toMatchObject({ kind: 'number', isWhole: false });
    expect(parameterField('activation', 'relu').control.kind).toBe('text');
    expect(parameterField('shape', [1, 2]).control.kind).toBe('json');
  });

  it('are named in words', () => {
    expect(labelOf('kernelSize')).toBe('Kernel size');
    expect(labelOf('beta1')).toBe('Beta1');
  });
});

describe('numbers', () => {
  const free = { min: undefined, max: undefined, isWhole: false };

  it('step by one when they are whole', () => {
    expect(stepped(32, 1, { ...free, isWhole: true })).toBe(33);
    expect(stepped(32, -10, { ...free, isWhole: true })).toBe(22);
  });

  it('step in their second digit when they are not', () => {
    expect(stepped(0.001, 1, free)).toBe(0.0011);
    expect(stepped(0.5, -1, free)).toBe(0.49);
    expect(stepped(0, 1, free)).toBe(0.1);
  });

  it('stay within their limits', () => {
    expect(stepped(1, -1, { min: 1, max: 10, isWhole: true })).toBe(1);
    expect(stepped(10, 5, { min: 1, max: 10, isWhole: true })).toBe(10);
  });
});

describe('several things at once', () => {
  it('have a value when it is the same in all', () => {
    expect(
      sharedValue([
        [3, 3],
        [3, 3],
      ]),
    ).toEqual({ isMixed: false, value: [3, 3] });
    expect(sharedValue([3, 4])).toEqual({ isMixed: true });
    expect(sharedValue([undefined, 1])).toEqual({ isMixed: true });
  });

  it('compare objects by what they hold, in any order', () => {
    expect(sameValue({ type: 'elu', alpha: 1 }, { alpha: 1, type: 'elu' })).toBe(true);
    expect(sameValue({ type: 'elu' }, { type: 'elu', alpha: 1 })).toBe(false);
    expect(sameValue([1], { 0: 1 })).toBe(false);
  });

  it('show the fields they have in common', () => {
    const names = commonFields([fieldsOfLayer('dense'), fieldsOfLayer('conv2d')]).map((each) => each.name);
    expect(names).toContain('activation');
    expect(names).not.toContain('units');
    expect(names).not.toContain('kernelSize');
  });
});
