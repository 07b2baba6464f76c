/** Writes texts token by token: a program takes one token and what the layers remember, and gives scores of the next. */
import { TextEncoding, vocabularySize, type Vocabulary } from '../data/text.ts';
import type { Program, ProgramInput } from '../program/program.ts';
import { RandomStream } from '../random/random.ts';
import { sizeOf, tensor, tensorOf, zeros, type Tensor } from '../tensor/tensor.ts';
import { floatsOf, temperatureOption } from './common.ts';
import type { SampleOption, SampleOutput, SampleRequest, TaskSession } from './task.ts';

export const generationOptions: readonly SampleOption[] = [
  { name: 'prompt', label: 'Prompt', kind: 'text', fallback: '', longest: 1000 },
  { name: 'length', label: 'Length', kind: 'integer', fallback: 200, min: 1, max: 5000 },
  temperatureOption,
  { name: 'topK', label: 'Most likely only (0: all)', kind: 'integer', fallback: 0, min: 0, max: 1000 },
];

/** A prompt that cannot be written in the model's vocabulary. */
class PromptError extends Error {
  readonly code = 'option';
  readonly hint = 'leave them out';
}

function promptTokens(vocabulary: Vocabulary, prompt: string): readonly number[] {
  const { tokens, unknown } = new TextEncoding(vocabulary).encode(prompt.replaceAll('\r\n', '\n'));
  if (unknown.length === 0) return tokens;
  const found = unknown.map((character) => `'${character}'`).join(', ');
  throw new PromptError(`the prompt holds ${found}, which the text the model learned from does not`);
}

/** What a text without a prompt follows: the end of a line, or the first token where there are no lines. */
function firstToken(vocabulary: Vocabulary): number {
  return new TextEncoding(vocabulary).encode('\n').tokens[0] ?? 0;
}

/** Writes a slice of size 1 along one axis into a tensor, at a place of that axis. */
function putAt(whole: Tensor, slice: Tensor, place: number): void {
  const axis = whole.shape.findIndex((size, at) => size !== slice.shape[at]);
  const [to, from] = [floatsOf(whole), floatsOf(slice)];
  // A whole of one slice alone.
  const inner = axis < 0 ? from.length : sizeOf(whole.shape.slice(axis + 1));
  const stride = inner * (axis < 0 ? 1 : whole.shape[axis]);
  for (let at = 0, start = place * inner; at < from.length; at += inner, start += stride)
    to.set(from.subarray(at, at + inner), start);
}

/** One token at a time for several texts: what layers carry, and where they are. */
export class Stepper {
  readonly #session: TaskSession;
  readonly #program: Program;
  readonly #rows: number;
  readonly #context: number;
  readonly #carried: readonly ProgramInput[];
  readonly #past: readonly ProgramInput[];
  #state: Record<string, Tensor> = {};
  #position = 0;

  /** @param context steps a network that knows places can go through. */
  constructor(session: TaskSession, program: Program, rows: number, context: number) {
    this.#session = session;
    this.#program = program;
    this.#rows = rows;
    this.#context = context;
    this.#carried = program.inputs.filter((input) => input.name.startsWith('carried/'));
    this.#past = program.inputs.filter((input) => input.name.startsWith('past/'));
    this.restart();
  }

  /** Forgets everything. */
  restart(): void {
    this.#position = 0;
    this.#state = Object.fromEntries(
      [...this.#carried, ...this.#past].map(({ name, shape }) => [
        name,
        zeros('float32', [this.#rows, ...(shape.slice(1) as number[])]),
      ]),
    );
  }

  /** Whether no further step fits. Networks that know no places never come to an end. */
  get full(): boolean {
    return this.#position === this.#context && this.#program.inputs.some((input) => input.name === 'position');
  }

  /** Takes one token for each text. @returns scores of the next, [rows, vocabulary]. */
  async take(tokens: readonly number[]): Promise<Float32Array> {
    const position = tensorOf('int64', [], [this.#position]);
    const token = tensorOf('int64', [this.#rows, 1], tokens);
    const results = await this.#session.run(this.#program.name, { token, position, ...this.#state });
    for (const { name } of this.#carried) this.#state[name] = results[name.replace(/^carried/, 'next')];
    for (const { name } of this.#past)
      putAt(this.#state[name], results[name.replace(/^past/, 'fresh')], this.#position);
    this.#position++;
    return floatsOf(results['logits']);
  }
}

/**
 * Writes `request.count` texts after the prompt. Text i draws from RandomStream(seed, 'sample', i), one number a token.
 * A network whose places are used up begins again from the later half of what it has seen.
 */
export async function generatedTokens(
  session: TaskSession,
  program: Program,
  vocabulary: Vocabulary,
  context: number,
  request: SampleRequest,
): Promise<SampleOutput> {
  const { count, seed, options } = request;
  const prompt = promptTokens(vocabulary, String(options['prompt'] ?? ''));
  const length = Number(options['length'] ?? 200);
  const size = vocabularySize(vocabulary);
  const choice = { temperature: Number(options['temperature'] ?? 1), topK: Number(options['topK'] ?? 0) };
  const given = prompt.length > 0 ? prompt : [firstToken(vocabulary)];
  const texts = Array.from({ length: count }, () => [...given]);
  const streams = texts.map((_, index) => new RandomStream(seed, 'sample', index));
  const stepper = new Stepper(session, program, count, context);
  let taken = 0;
  while (texts[0].length < given.length + length) {
    if (stepper.full) {
      stepper.restart();
      taken -= Math.floor(context / 2);
    }
    const logits = await stepper.take(texts.map((text) => text[taken]));
    taken++;
    if (taken < texts[0].length) continue;
    texts.forEach((text, row) =>
      text.push(chosen(logits.subarray(row * size, (row + 1) * size), streams[row].uniform(), choice)),
    );
    session.progress(texts[0].length - given.length, length);
  }
  const shown = texts.map((text) => (prompt.length > 0 ? text : text.slice(1)));
  return textOutput(shown, prompt);
}

function textOutput(texts: readonly (readonly number[])[], prompt: readonly number[]): SampleOutput {
  const data = tensor('float32', [texts.length, texts[0].length], Float32Array.from(texts.flat()));
  const given = tensorOf(
    'float32',
    [texts.length, prompt.length],
    texts.flatMap(() => prompt),
  );
  const reference = prompt.length > 0 ? { reference: given } : {};
  return { name: 'samples', label: 'Texts', kind: 'text', range: 'unit', data, ...reference };
}

/**
 * A token drawn from softmax(logits / temperature), of the `topK` most likely ones alone where topK is above 0; the most
 * likely one at temperature 0. @param uniform a number on [0, 1) that decides.
 */
export function chosen(
  logits: Float32Array,
  uniform: number,
  { temperature, topK }: { readonly temperature: number; readonly topK: number },
): number {
  // Sorting plain numbers is ten times faster than sorting tokens by their scores.
  const scores = logits.toSorted().reverse();
  if (temperature === 0) return tokenRanked(logits, scores, 0);
  const kept = topK > 0 ? scores.subarray(0, topK) : scores;
  const weights = Float64Array.from(kept, (score) => Math.exp((score - scores[0]) / temperature));
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  const rank = weights.findIndex((weight) => (left -= weight) < 0);
  return tokenRanked(logits, scores, rank < 0 ? kept.length - 1 : rank);
}

/** The token at a rank, 0 the most likely; among equally likely ones the lower token comes first. @param scores falling */
function tokenRanked(logits: Float32Array, scores: Float32Array, rank: number): number {
  let token = -1;
  for (let at = scores.indexOf(scores[rank]); at <= rank; at++) token = logits.indexOf(scores[rank], token + 1);
  // Scores of a broken model are no numbers, which equal nothing.
  return Math.max(token, 0);
}
