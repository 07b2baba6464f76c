/** Help for people in the terminal. */
import { commonOptions } from './arguments.ts';
import { allCommands } from './command-table.ts';
import type { Command } from './command.ts';
import type { OptionSpecs } from './options.ts';

/** All commands, one a line. */
export async function overview(): Promise<string> {
  const commands = await allCommands();
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'lathe: design, train and compare neural networks, offline',
    '',
    'usage: lathe COMMAND [arguments] [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `lathe help COMMAND explains one; lathe --version says which version this is.`,
    `A RUN is an id, the beginning of one, or 'latest'.`,
  ].join('\n');
}

/** One command in full. */
export function commandHelp(command: Command): string {
  const { name, operands, summary, details, options, examples } = command;
  return [
    `lathe ${name}: ${summary}`,
    '',
    `usage: ${['lathe', name, operands, '[options]'].filter(Boolean).join(' ')}`,
    ...details.flatMap((paragraph) => ['', ...wrap(paragraph.replaceAll('`', ''), 96)]),
    '',
    ...optionLines({ ...options, ...commonOptions }),
    ...(examples.length > 0 ? ['', 'examples:', ...examples.map((example) => `  ${example}`)] : []),
  ].join('\n');
}

/** `--set PATH=VALUE`, `-h, --help`. */
export function optionWords(name: string, { value, short }: OptionSpecs[string]): string {
  return `${short ? `-${short}, ` : ''}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function optionLines(options: OptionSpecs): readonly string[] {
  const words = Object.entries(options).map(([name, spec]) => [optionWords(name, spec), spec.help] as const);
  const width = Math.max(...words.map(([left]) => left.length));
  return words.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`);
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
