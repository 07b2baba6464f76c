/** A contender as a process of its own: started, asked one thing at a time, and measured from outside. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { readySchema, type Ready, type Request } from './protocol.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** A process that answers a line with a line. */
export class Contender {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<number | null>;
  #errors = '';

  /** @param threads for the libraries that take their thread count from the environment. */
  private constructor({ program, args }: Command, threads: number) {
    const count = String(threads);
    this.#child = spawn(program, args, {
      env: { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count },
    });
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#closed = new Promise((resolve) => {
      this.#child.on('close', resolve);
      this.#child.on('error', (error) => {
        this.#errors += error.message;
        resolve(null);
      });
    });
    // An answer that cannot be delivered is missed by whoever waits for the next line.
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Starts a contender and waits until it can train. @throws Error with what it wrote to stderr when it ends before */
  static async start(command: Command, threads: number): Promise<{ contender: Contender; ready: Ready }> {
    const contender = new Contender(command, threads);
    return { contender, ready: await contender.#next(readySchema) };
  }

  /** Runs a command that says one thing and ends. */
  static async once<Answer>(command: Command, threads: number, schema: z.ZodType<Answer>): Promise<Answer> {
    const contender = new Contender(command, threads);
    const answer = await contender.#next(schema);
    await contender.end();
    return answer;
  }

  /** @throws Error when the process ends instead of answering, or answers something else */
  async ask<Answer>(request: Request, schema: z.ZodType<Answer>): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.#next(schema);
  }

  /** The most memory the process ever held, in bytes; undefined where the system does not say (only Linux does). */
  peakBytes(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
    } catch {
      return undefined;
    }
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.#closed;
    clearTimeout(timer);
  }

  async #next<Answer>(schema: z.ZodType<Answer>): Promise<Answer> {
    const line = await this.#lines.next();
    if (!line.done) return schema.parse(JSON.parse(line.value));
    const code = await this.#closed;
    throw new Error(`${this.#child.spawnargs.join(' ')} ended with ${code}: ${this.#errors.trim().slice(-2000)}`);
  }
}
