import { expect, test } from 'vitest';
import { formatHash, parseHash } from '../../../renderer/state/navigation.ts';

test('an address is read back as it was written', () => {
  const location = { place: 'compare', params: { runs: 'a,b', title: 'x & y = ü', step: '10' } } as const;
  expect(parseHash(formatHash(location))).toEqual(location);
});

test('empty parameters are left out', () => {
  expect(formatHash({ place: 'runs', params: { filter: '', sort: 'name' } })).toBe('#/runs?sort=name');
});

test.each(['', '#', '#/', '#/nowhere?x=1', 'javascript:alert(1)'])('%s is Home', (hash) => {
  expect(parseHash(hash).place).toBe('home');
});
