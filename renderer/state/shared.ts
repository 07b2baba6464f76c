/** Structural sharing: data read anew keeps the objects of before wherever they say the same, so that nothing of them is done again. */
import { isRecord } from '../../core/spec/schema-walk.ts';

/** `fresh`, with every part that equals its counterpart in `last` replaced by it; `last` itself when all is equal. Plain data only. */
export function shared<Value>(last: unknown, fresh: Value): Value {
  if (Object.is(last, fresh)) return fresh;
  if (Array.isArray(last) && Array.isArray(fresh)) return sharedList(last, fresh) as Value;
  if (last instanceof Map && fresh instanceof Map) return sharedMap(last, fresh) as Value;
  if (isPlain(last) && isPlain(fresh)) return sharedRecord(last, fresh) as Value;
  return fresh;
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && Object.getPrototypeOf(value) === Object.prototype;

function sharedList(last: readonly unknown[], fresh: readonly unknown[]): readonly unknown[] {
  const next = fresh.map((item, index) => shared(last[index], item));
  return next.length === last.length && next.every((item, index) => Object.is(item, last[index])) ? last : next;
}

function sharedMap(
  last: ReadonlyMap<unknown, unknown>,
  fresh: ReadonlyMap<unknown, unknown>,
): ReadonlyMap<unknown, unknown> {
  const next = new Map([...fresh].map(([key, value]) => [key, shared(last.get(key), value)] as const));
  return next.size === last.size && [...next].every(([key, value]) => last.has(key) && Object.is(value, last.get(key)))
    ? last
    : next;
}

function sharedRecord(
  last: Readonly<Record<string, unknown>>,
  fresh: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(fresh);
  let isSame = names.length === Object.keys(last).length;
  const next: Record<string, unknown> = {};
  for (const name of names) {
    const value = shared(last[name], fresh[name]);
    next[name] = value;
    isSame &&= Object.hasOwn(last, name) && Object.is(value, last[name]);
  }
  return isSame ? last : next;
}
