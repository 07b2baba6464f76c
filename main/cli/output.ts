/** Where words go: people read stderr, programs read stdout; both may be closed early by whoever reads them. */
import process from 'node:process';
import { writeSync } from 'node:fs';

export type JsonFields = Readonly<Record<string, unknown>>;

export class Output {
  /** Whether stdout gets one JSON event a line. */
  readonly json: boolean;
  #statusShown = false;
  #closed = false;
  #onClosed: () => void = () => {};

  constructor(json: boolean) {
    this.json = json;
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      // The reader of a pipe has gone (`| head`): there is no one left to write to, and nothing to complain about.
      if (error.code !== 'EPIPE') lastWord(`standard output cannot be written (${error.code})`);
      if (!this.#closed) this.#onClosed();
      this.#closed = true;
    });
    process.stderr.on('error', () => {});
  }

  /** Calls `stop` once, when whoever read stdout has gone. */
  whenClosed(stop: () => void): void {
    this.#onClosed = stop;
  }

  /** A result that may be piped: one or more lines on stdout. */
  result(text: string): void {
    this.#clearStatus();
    if (!this.#closed) process.stdout.write(`${text}\n`);
  }

  /** An event on stdout when JSON is wanted, else nothing. */
  event(event: string, fields: JsonFields = {}): void {
    if (this.json && !this.#closed) process.stdout.write(`${jsonLine({ event, ...fields })}\n`);
  }

  /** A line for people. */
  say(text: string): void {
    this.#clearStatus();
    process.stderr.write(`${text}\n`);
  }

  /** Whether a line on stderr can be written over. */
  get rewrites(): boolean {
    return process.stderr.isTTY;
  }

  /** Shows a line that the next one replaces; only where `rewrites`. */
  status(text: string): void {
    const width = Math.max(20, process.stderr.columns || 80) - 1;
    process.stderr.write(`\r\u001B[2K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
    this.#statusShown = true;
  }

  #clearStatus(): void {
    if (this.#statusShown) process.stderr.write('\r\u001B[2K');
    this.#statusShown = false;
  }
}

/** Says something in the last moment before the process ends, when streams would no longer be flushed. */
export function lastWord(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // No one is listening.
  }
}

/** JSON on one line. Numbers that JSON lacks become the texts "NaN", "Infinity" and "-Infinity"; typed arrays become lists. */
function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item);
    return item instanceof Float64Array || item instanceof Float32Array ? [...item] : item;
  });
}
