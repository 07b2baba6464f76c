/** Reads the words behind a command by its options; mistakes are told with the option probably meant. */
import { parseArgs } from 'node:util';
import { didYouMean } from '../../core/nn/nearest-name.ts';
import { UsageError, type OptionSpecs } from './options.ts';

/** Options that every command takes. */
export const commonOptions = {
  home: { value: 'DIR', help: 'Folder that holds runs and caches (LATHE_HOME, else the place for application data)' },
  help: { short: 'h', help: 'Show how the command is used' },
} as const satisfies OptionSpecs;

interface Given {
  readonly name: string;
  readonly value: string | undefined;
}

/** The options and positional arguments given to one command. */
export class Arguments {
  readonly operands: readonly string[];
  readonly #given: readonly Given[];

  /** Use `parseArguments`. */
  constructor(operands: readonly string[], given: readonly Given[]) {
    this.operands = operands;
    this.#given = given;
  }

  flag(name: string): boolean {
    return this.#given.some((option) => option.name === name);
  }

  /** The last value given. */
  text(name: string): string | undefined {
    return this.list(name).at(-1);
  }

  /** Every value given, in order. */
  list(name: string): readonly string[] {
    return this.#given.flatMap((option) => (option.name === name && option.value !== undefined ? [option.value] : []));
  }

  /** A whole number. @throws UsageError when it is none, or lies outside the limits */
  integer(name: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= min && value <= max) return value;
    const limits = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`--${name} must be a whole number ${limits}, found '${text}'`);
  }

  /** One of a list of words. @throws UsageError */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const found = words.find((word) => word === text);
    if (text === undefined || found !== undefined) return found;
    throw new UsageError(`--${name} must be one of ${words.join(', ')}, found '${text}'`, didYouMean(text, words));
  }

  /** `NAME=VALUE` pairs; values that are numbers become numbers. @throws UsageError */
  pairs(name: string): Readonly<Record<string, number | string>> {
    const entries = this.list(name).map((pair): readonly [string, number | string] => {
      const equals = pair.indexOf('=');
      if (equals <= 0) throw new UsageError(`--${name} must be NAME=VALUE, found '${pair}'`);
      const value = pair.slice(equals + 1);
      return [pair.slice(0, equals), value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
    });
    return Object.fromEntries(entries);
  }
}

/** @throws UsageError for options that do not exist, lack their value, or have one too many. */
export function parseArguments(words: readonly string[], options: OptionSpecs): Arguments {
  const specs: OptionSpecs = { ...options, ...commonOptions };
  const config = Object.entries(specs).map(([name, { value, short }]) => {
    return [
      name,
      { type: value === undefined ? 'boolean' : 'string', multiple: true, ...(short && { short }) },
    ] as const;
  });
  const { tokens, positionals } = parseArgs({
    args: [...words],
    options: Object.fromEntries(config),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = tokens.flatMap((token): Given[] => {
    if (token.kind !== 'option') return [];
    checkOption(token.rawName, token.name, token.value, specs);
    return [{ name: token.name, value: token.value }];
  });
  for (const [name, { multiple }] of Object.entries(specs)) {
    const times = given.filter((option) => option.name === name).length;
    if (times > 1 && !multiple) throw new UsageError(`--${name} is given ${times} times; once is enough`);
  }
  return new Arguments(positionals, given);
}

function checkOption(written: string, name: string, value: string | undefined, specs: OptionSpecs): void {
  if (!Object.hasOwn(specs, name)) {
    const near = didYouMean(
      written,
      Object.keys(specs).map((known) => `--${known}`),
    );
    throw new UsageError(`there is no option '${written}' here`, near);
  }
  const { value: wanted } = specs[name];
  if (wanted === undefined && value !== undefined) throw new UsageError(`--${name} takes no value, found '${value}'`);
  const swallowed = value !== undefined && /^--?[a-z]/i.test(value);
  if (wanted !== undefined && (value === undefined || value === '' || swallowed)) {
    throw new UsageError(`--${name} needs a value: --${name} ${wanted}`);
  }
}
