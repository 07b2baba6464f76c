/** Runs one command: finds it, reads its arguments, and turns what happens into words and an exit code. */
import { readFileSync } from 'node:fs';
import { didYouMean } from '../../core/nn/nearest-name.ts';
import type { Host } from '../host/host.ts';
import { parseArguments, type Arguments } from './arguments.ts';
import { commandTable } from './command-table.ts';
import type { Command, CommandContext, ExitCode } from './command.ts';
import { UsageError } from './options.ts';
import { explain, wordsFor } from './explain.ts';
import { commandHelp, overview } from './help.ts';
import { Interrupts } from './interrupts.ts';
import { Output } from './output.ts';

/** @param words what stands behind `lathe`. */
export async function runCli(words: readonly string[]): Promise<ExitCode> {
  const output = new Output(words.includes('--json'));
  try {
    return await dispatch(words, output);
  } catch (error) {
    return report(error, words[0], output);
  }
}

async function dispatch(words: readonly string[], output: Output): Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === undefined) {
    output.say(await overview());
    return 2;
  }
  if (name === '--version' || name === '-V') return print(output, `lathe ${version()}`);
  if (name === 'help' || name === '--help' || name === '-h') {
    return print(output, rest.length === 0 ? await overview() : commandHelp(await find(rest[0])));
  }
  const command = await find(name);
  const args = parseArguments(rest, command.options);
  if (args.flag('help')) return print(output, commandHelp(command));
  checkOperands(command, args);
  return perform(command, args, output);
}

function print(output: Output, text: string): ExitCode {
  output.result(text);
  return 0;
}

async function find(name: string): Promise<Command> {
  const load = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined;
  if (load) return (await load()).command;
  const what = name.startsWith('-') ? 'option' : 'command';
  const known = what === 'option' ? ['--help', '--version'] : [...Object.keys(commandTable), 'help'];
  throw new UsageError(`there is no ${what} '${name}'`, didYouMean(name, known) ?? `lathe help lists the commands`);
}

function checkOperands({ name, operands, operandCount: [least, most] }: Command, { operands: given }: Arguments): void {
  if (given.length >= least && given.length <= most) return;
  const problem = given.length < least ? 'too few arguments' : `there is no place for '${given[most]}'`;
  throw new UsageError(problem, `usage: ${['lathe', name, operands].filter(Boolean).join(' ')}`);
}

async function perform(command: Command, args: Arguments, output: Output): Promise<ExitCode> {
  const hosts: Host[] = [];
  const interrupts = new Interrupts();
  output.whenClosed(() => interrupts.ask());
  const context: CommandContext = {
    args,
    output,
    interrupts,
    openHost: async ({ readOnly = false } = {}) => {
      const { createHost } = await import('../host/host.ts');
      const home = args.text('home');
      const host = createHost({ readOnly, ...(home !== undefined && { home }) });
      hosts.push(host);
      return host;
    },
  };
  try {
    return await command.run(context);
  } catch (error) {
    if (!interrupts.asked) throw error;
    output.say('interrupted');
    return 130;
  } finally {
    for (const host of hosts) await host.close();
  }
}

function report(error: unknown, name: string | undefined, output: Output): ExitCode {
  const { code, message, hint, exit } = explain(error);
  output.event('error', { code, message, ...(hint !== undefined && { hint }) });
  output.say(`lathe${name !== undefined && Object.hasOwn(commandTable, name) ? ` ${name}` : ''}: ${wordsFor(error)}`);
  return exit;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
