/** Arithmetic on dimensions that may be symbolic, with one canonical name for equal expressions (`'N'` + `'N'` is `'N*2'`). */
import { isUnknown, unknownDim, type Dim } from '../../graph/graph.ts';

/** Coefficients by monomial: the sorted symbols joined by `*`; the constant term's monomial is `''`. */
type Polynomial = ReadonlyMap<string, number>;

/** Splits at separators outside parentheses; each piece keeps the separator before it. */
function pieces(text: string, separators: string): string[] {
  const result: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (depth === 0 && at > start && separators.includes(text[at])) {
      result.push(text.slice(start, at));
      start = at;
    }
  }
  result.push(text.slice(start));
  return result;
}

/** The factors of a product; none of the constant term. */
function symbolsOf(product: string): string[] {
  return product === '' ? [] : pieces(product, '*').map((factor) => factor.replace(/^\*/, '').trim());
}

function parse(dim: Dim): Polynomial {
  if (typeof dim === 'number') return new Map([['', dim]]);
  const terms = new Map<string, number>();
  for (const piece of pieces(dim, '+-')) {
    let coefficient = piece.startsWith('-') ? -1 : 1;
    const symbols: string[] = [];
    for (const name of symbolsOf(piece.replace(/^[+-]/, ''))) {
      if (/^\d+$/.test(name)) coefficient *= Number(name);
      else symbols.push(name);
    }
    accumulate(terms, symbols.sort().join('*'), coefficient);
  }
  return terms;
}

function accumulate(terms: Map<string, number>, monomial: string, coefficient: number): void {
  terms.set(monomial, (terms.get(monomial) ?? 0) + coefficient);
}

function format(terms: Polynomial): Dim {
  const symbolic = [...terms].filter(([monomial, coefficient]) => monomial !== '' && coefficient !== 0);
  const constant = terms.get('') ?? 0;
  if (symbolic.length === 0) return constant;
  symbolic.sort(([a], [b]) => (a < b ? -1 : 1));
  let text = '';
  for (const [monomial, coefficient] of symbolic) {
    const size = Math.abs(coefficient);
    text += (coefficient < 0 ? '-' : text ? '+' : '') + monomial + (size === 1 ? '' : `*${size}`);
  }
  return text + (constant === 0 ? '' : `${constant < 0 ? '-' : '+'}${Math.abs(constant)}`);
}

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (isUnknown(a) || isUnknown(b)) return unknownDim;
  const terms = new Map(parse(a));
  for (const [monomial, coefficient] of parse(b)) accumulate(terms, monomial, coefficient);
  return format(terms);
}

export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, multiplyDims(b, -1));
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (isUnknown(a) || isUnknown(b)) return unknownDim;
  const terms = new Map<string, number>();
  for (const [left, leftCoefficient] of parse(a)) {
    for (const [right, rightCoefficient] of parse(b)) {
      const symbols = [...symbolsOf(left), ...symbolsOf(right)].sort();
      accumulate(terms, symbols.join('*'), leftCoefficient * rightCoefficient);
    }
  }
  return format(terms);
}

/** Number of elements of a shape that may be symbolic: `productOf(['N', 7, 7])` is `'N*49'`. */
export function productOf(dims: readonly Dim[]): Dim {
  return dims.reduce(multiplyDims, 1);
}

/** a / b when that is exact for every value of the symbols; undefined otherwise. */
export function divideExactly(a: Dim, b: Dim): Dim | undefined {
  if (isUnknown(a) || isUnknown(b)) return unknownDim;
  const divisors = [...parse(b)];
  if (divisors.length !== 1 || divisors[0][1] === 0) return a === b ? 1 : undefined;
  const [symbols, divisor] = divisors[0];
  const quotient = new Map<string, number>();
  for (const [monomial, coefficient] of parse(a)) {
    const left = symbolsOf(monomial);
    for (const symbol of symbolsOf(symbols)) {
      const at = left.indexOf(symbol);
      if (at < 0) return undefined;
      left.splice(at, 1);
    }
    if (coefficient % divisor !== 0) return undefined;
    quotient.set(left.join('*'), coefficient / divisor);
  }
  return format(quotient);
}

/** ⌊a / divisor⌋ for a positive whole divisor. */
export function floorDivide(a: Dim, divisor: number): Dim {
  if (typeof a === 'number') return Math.floor(a / divisor);
  if (divisor === 1) return a;
  if (isUnknown(a)) return unknownDim;
  const terms = [...parse(a)];
  if (terms.some(([monomial, coefficient]) => monomial !== '' && coefficient % divisor !== 0))
    return `floor((${a})/${divisor})`;
  return format(new Map(terms.map(([monomial, coefficient]) => [monomial, Math.floor(coefficient / divisor)])));
}

/** ⌈a / divisor⌉ for a positive whole divisor. */
export function ceilDivide(a: Dim, divisor: number): Dim {
  return floorDivide(addDims(a, divisor - 1), divisor);
}

/** The smaller of two dimensions; names stand for sizes of at least 1. */
export function minDim(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return Math.min(a, b);
  if (a === b) return a;
  if (isUnknown(a) || isUnknown(b)) return unknownDim;
  if (neverNegative(subtractDims(b, a))) return a;
  if (neverNegative(subtractDims(a, b))) return b;
  return `min(${[String(a), String(b)].sort().join(',')})`;
}

/** Whether a difference is at least 0 whatever its names stand for: it grows with each of them, and is so where all are 1. */
function neverNegative(dim: Dim): boolean {
  const terms = [...parse(dim)];
  const grows = terms.every(([monomial, coefficient]) => monomial === '' || coefficient >= 0);
  // A name made by floor or min may stand for 0.
  return (
    grows && terms.reduce((sum, [monomial, coefficient]) => sum + (monomial.includes('(') ? 0 : coefficient), 0) >= 0
  );
}

/** The dimension with every name standing for 1: costs are told for one example. */
export function perExample(dim: Dim): number {
  if (typeof dim === 'number') return dim;
  return isUnknown(dim)
    ? 1
    : Math.max(
        1,
        [...parse(dim).values()].reduce((sum, coefficient) => sum + coefficient, 0),
      );
}

/** The dimension two equal ones share: the better known of the two, or undefined when they certainly differ. */
export function unify(a: Dim, b: Dim): Dim | undefined {
  if (a === b || isUnknown(b)) return a;
  if (isUnknown(a)) return b;
  return undefined;
}

/** `[N, 3, 28]`, for messages. */
export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.join(', ')}]`;
}
