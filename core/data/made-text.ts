/**
 * `builtin:text`: lines made by code that have rules worth learning: English sentences whose verbs agree with their
 * subjects, sums that are right, and brackets that close. Whether a line keeps the rules can be counted.
 */
import { RandomStream } from '../random/random.ts';

/** Raised when the same index begins to give another text, so that caches made before are not taken for it. */
export const madeTextVersion = 1;

const seed = 21_112_024;

interface Noun {
  readonly one: string;
  readonly many: string;
}

const nouns: readonly Noun[] = [
  { one: 'cat', many: 'cats' },
  { one: 'dog', many: 'dogs' },
  { one: 'child', many: 'children' },
  { one: 'mouse', many: 'mice' },
  { one: 'bird', many: 'birds' },
  { one: 'fox', many: 'foxes' },
  { one: 'robot', many: 'robots' },
  { one: 'teacher', many: 'teachers' },
];
/** Without the s of the third person. */
const verbs = ['see', 'follow', 'help', 'find', 'like', 'hear', 'paint', 'need'];
const adjectives = ['small', 'red', 'old', 'happy', 'quiet', 'clever', 'green', 'brave'];
const determiners: Readonly<Record<'one' | 'many', readonly string[]>> = {
  one: ['the', 'a', 'every', 'this'],
  many: ['the', 'some', 'many', 'these'],
};
const brackets = ['()', '[]', '{}', '<>'];

const pick = <T>(random: RandomStream, items: readonly T[]): T => items[random.integer(items.length)];

/** `the small cats`, with the number of its noun. */
function nounPhrase(random: RandomStream): { readonly words: string; readonly number: 'one' | 'many' } {
  const number = random.integer(2) === 0 ? 'one' : 'many';
  const adjective = random.integer(2) === 0 ? `${pick(random, adjectives)} ` : '';
  return { words: `${pick(random, determiners[number])} ${adjective}${pick(random, nouns)[number]}`, number };
}

const verbFor = (verb: string, number: 'one' | 'many'): string => (number === 'one' ? `${verb}s` : verb);

/** A sentence; half of the subjects have a clause between them and their verb. */
function sentence(random: RandomStream): string {
  const subject = nounPhrase(random);
  const inner = nounPhrase(random);
  const clause = random.integer(2) === 0 ? ` that ${inner.words} ${verbFor(pick(random, verbs), inner.number)}` : '';
  const verb = verbFor(pick(random, verbs), subject.number);
  const words = `${subject.words}${clause} ${verb} ${nounPhrase(random).words}.`;
  return words[0].toUpperCase() + words.slice(1);
}

/** `7 + 35 = 42`. */
function calculation(random: RandomStream): string {
  const [a, b] = [random.integer(50), random.integer(50)];
  return random.integer(2) === 0 ? `${a} + ${b} = ${a + b}` : `${a + b} - ${b} = ${a}`;
}

/** One to three groups of brackets, up to four deep. */
function nested(random: RandomStream, depth = 0): string {
  const groups = depth === 0 ? 1 + random.integer(3) : random.integer(depth < 3 ? 3 : 1);
  let text = '';
  for (let i = 0; i < groups; i++) {
    const pair = pick(random, brackets);
    text += pair[0] + nested(random, depth + 1) + pair[1];
  }
  return text;
}

/** What a line may be; of five lines about three are sentences. */
function line(random: RandomStream): string {
  switch (random.integer(5)) {
    case 0:
      return calculation(random);
    case 1:
      return nested(random);
    default:
      return sentence(random);
  }
}

/** Characters cut off the first line at most, so that windows begin anywhere in it. */
const longestStart = 24;

/** Window `index` of the made text: `length` characters that begin within a line, then whole lines, the last one cut. */
export function madeText(index: number, length: number): string {
  const random = new RandomStream(seed, 'text', index);
  const start = random.integer(longestStart);
  let text = '';
  while (text.length < start + length) text += `${line(random)}\n`;
  return text.slice(start, start + length);
}

const phrase = (number: 'one' | 'many'): string =>
  `(?:${determiners[number].join('|')}) (?:(?:${adjectives.join('|')}) )?(?:${nouns.map((noun) => noun[number]).join('|')})`;
const verbOf = (number: 'one' | 'many'): string => `(?:${verbs.map((verb) => verbFor(verb, number)).join('|')})`;
const anyPhrase = `(?:${phrase('one')}|${phrase('many')})`;
const clauseOf = `(?: that (?:${phrase('one')} ${verbOf('one')}|${phrase('many')} ${verbOf('many')}))?`;
const sentencePattern = new RegExp(
  `^(?:${phrase('one')}${clauseOf} ${verbOf('one')}|${phrase('many')}${clauseOf} ${verbOf('many')}) ${anyPhrase}\\.$`,
);
const calculationPattern = /^(\d+) ([+-]) (\d+) = (\d+)$/;

function closes(text: string): boolean {
  const open: string[] = [];
  for (const character of text) {
    const pair = brackets.find((each) => each.includes(character));
    if (!pair) return false;
    if (character === pair[0]) open.push(pair);
    else if (open.pop() !== pair) return false;
  }
  return open.length === 0;
}

/** Whether a line keeps the rules of the made text: what a model that has learned them writes. */
export function keepsRules(text: string): boolean {
  if (text === '') return false;
  const sum = calculationPattern.exec(text);
  if (sum) {
    const [a, b, c] = [Number(sum[1]), Number(sum[3]), Number(sum[4])];
    return sum[2] === '+' ? a + b === c : a - b === c;
  }
  if (brackets.some((pair) => pair.includes(text[0]))) return closes(text);
  return /^[A-Z]/.test(text) && sentencePattern.test(text[0].toLowerCase() + text.slice(1));
}
