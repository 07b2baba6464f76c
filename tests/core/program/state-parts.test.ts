/** State in parts and back: each part has its own name, shape and numbers. */
import { describe, expect, it } from 'vitest';
import type { StateSpec } from '../../../core/program/program.ts';
import { fromParts, inParts } from '../../../core/program/state-parts.ts';
import { tensorOf, zeros, type Tensor } from '../../../core/tensor/tensor.ts';

const slots: StateSpec = {
  name: 'slot/a..b',
  shape: [5],
  role: 'optimizer',
  init: { type: 'zeros' },
  decay: false,
  parts: [
    { name: 'slot/a', of: 'a', shape: [1, 3] },
    { name: 'slot/b', of: 'b', shape: [2] },
  ],
};
const weight: StateSpec = { name: 'a', shape: [2], role: 'parameter', init: { type: 'zeros' }, decay: true };
const whole = new Map([
  [weight.name, tensorOf('float32', [2], [8, 9])],
  [slots.name, tensorOf('float32', [5], [1, 2, 3, 4, 5])],
]);
const parts = new Map([
  ['a', tensorOf('float32', [2], [8, 9])],
  ['slot/a', tensorOf('float32', [1, 3], [1, 2, 3])],
  ['slot/b', tensorOf('float32', [2], [4, 5])],
]);

describe('state in parts', () => {
  it('has each part under its own name', () => {
    expect(inParts([weight, slots], whole)).toEqual(parts);
  });

  it('shares the memory of the whole', () => {
    expect(inParts([slots], whole).get('slot/b')?.data.buffer).toBe(whole.get(slots.name)?.data.buffer);
  });

  it('makes the whole again', () => {
    const find = (name: string): Tensor<'float32'> | undefined => parts.get(name);
    expect(fromParts(slots, zeros('float32', [5]), find)).toEqual(whole.get(slots.name));
    expect(fromParts(weight, zeros('float32', [2]), find)).toEqual(whole.get(weight.name));
  });

  it('keeps what it starts from where a part is missing, and leaves the start alone', () => {
    const start = tensorOf('float32', [5], [7, 7, 7, 7, 7]);
    const found = fromParts(slots, start, (name) => (name === 'slot/a' ? parts.get(name) : undefined));
    expect(found).toEqual(tensorOf('float32', [5], [1, 2, 3, 7, 7]));
    expect(start).toEqual(tensorOf('float32', [5], [7, 7, 7, 7, 7]));
    expect(fromParts(weight, start, () => undefined)).toBe(start);
  });
});
