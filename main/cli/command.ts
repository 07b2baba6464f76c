/** What a command of the command line is: its words for people, its options, and what it does. */
import type { Arguments } from './arguments.ts';
import type { Host } from '../host/host.ts';
import type { Interrupts } from './interrupts.ts';
import type { OptionSpecs } from './options.ts';
import type { Output } from './output.ts';

/** 0 done, 1 failure, 2 a mistake in use or in the document, 130 interrupted with the run left resumable. */
export type ExitCode = 0 | 1 | 2 | 130;

export interface Command {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Positional arguments as usage shows them: `FILE`, `RUN RUN…`, `[SOURCE]`. */
  readonly operands: string;
  /** Fewest and most positional arguments. */
  readonly operandCount: readonly [number, number];
  readonly options: OptionSpecs;
  /** Paragraphs of help in Markdown. */
  readonly details: readonly string[];
  readonly examples: readonly string[];
  run(context: CommandContext): Promise<ExitCode>;
}

export interface CommandContext {
  readonly args: Arguments;
  readonly output: Output;
  readonly interrupts: Interrupts;
  /** Opens the home; it is closed when the command ends. A reading host works beside a process that trains. */
  readonly openHost: (options?: { readonly readOnly?: boolean }) => Promise<Host>;
}
