/** The one typed door of the host: every request and subscription of every screen is parsed here before anything acts on it. */
import type { z } from 'zod';
import type { HostFault } from '../../core/protocol/fault.ts';
import { type MethodName, hostMethods } from '../../core/protocol/methods.ts';
import { type ParsedStreamInput, type StreamItem, type StreamName, hostStreams } from '../../core/protocol/streams.ts';
import { faultOf, isExpected, RefusedError } from './fault.ts';
import { RunWaiting } from './run-waiting.ts';
import type { HostServices, RequestContext } from './services.ts';
import { jobsWaiting, LatestWaiting, runsWaiting, type Waiting } from './waiting.ts';

/** Where what happens at the door is written down; messages carry no document and no data. */
export type DoorLog = (line: string) => void;

/** How far one request's work is, as the `jobs` stream says it. */
export type JobProgress = StreamItem<'jobs'>[number];

/** A screen's own jobs, which the connection that serves it knows. */
export type JobSource = (emit: (items: readonly JobProgress[]) => void) => () => void;

/** Gives an item to a subscriber, who takes it in and then says `ready`. */
export type Push = (item: unknown) => void;

export interface Subscription {
  /** The last item has been taken in: what has come since follows, as one item. @throws RefusedError when none is out. */
  ready(): void;
  close(): void;
}

export interface Door {
  /** Answers a request. @throws what `faultOf` turns into a fault; RefusedError for an unknown method or bad input. */
  call(method: string, input: unknown, context: RequestContext): Promise<unknown>;
  /**
   * Subscribes to a stream. At most one item is out at a time; what comes meanwhile is brought together.
   * @param onFailed the stream ended by itself: the subscriber is too far behind.
   * @throws RefusedError for an unknown stream or bad input, and what the stream's source throws.
   */
  subscribe(
    stream: string,
    input: unknown,
    push: Push,
    options: { readonly jobs: JobSource; readonly onFailed: (fault: HostFault) => void },
  ): Subscription;
  /** The fault of an error, which is written down when it was not expected. */
  fault(error: unknown, what: string): HostFault;
}

/** Things that cannot be brought together any further and wait for one subscriber: more of them end its subscription. */
const largestQueue = 20_000;

/** The door to a host's services. */
export function createDoor(services: HostServices, log: DoorLog = () => {}): Door {
  return {
    async call(method, input, context) {
      const spec = ownOf(hostMethods, method);
      if (!spec) throw new RefusedError('unknown-method', `there is no request called '${shortened(method)}'`);
      const parsed = parseInput(spec.input, input, method);
      const handler = services.methods[method as MethodName] as (input: unknown, context: RequestContext) => unknown;
      return handler(parsed, context);
    },
    subscribe(stream, input, push, { jobs, onFailed }) {
      const spec = ownOf(hostStreams, stream);
      if (!spec) throw new RefusedError('unknown-stream', `there is no stream called '${shortened(stream)}'`);
      return openStream(services, jobs, stream as StreamName, parseInput(spec.input, input, stream), {
        push,
        onFailed,
      });
    },
    fault(error, what) {
      if (!isExpected(error))
        log(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return faultOf(error);
    },
  };
}

/** The input as its schema makes it. @throws RefusedError `bad-input` with the place of the first thing that is wrong. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const where = path.length > 0 ? `${what}, at ${path.join('.')}` : what;
  throw new RefusedError('bad-input', `${where}: ${issue.message}`, { path });
}

function ownOf<Table extends object>(table: Table, name: string): Table[keyof Table] | undefined {
  return Object.hasOwn(table, name) ? table[name as keyof Table] : undefined;
}

/** Words from outside, short enough for a message and without control characters. */
function shortened(text: string): string {
  return text.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?');
}

interface Subscriber {
  readonly push: Push;
  readonly onFailed: (fault: HostFault) => void;
}

function openStream(
  { streams }: HostServices,
  jobs: JobSource,
  stream: StreamName,
  input: unknown,
  subscriber: Subscriber,
): Subscription {
  switch (stream) {
    case 'runs':
      return new OneAtATime(runsWaiting(), (emit) => streams.runs.subscribe({}, emit), subscriber);
    case 'settings':
      return new OneAtATime(
        new LatestWaiting<StreamItem<'settings'>>(),
        (emit) => streams.settings.subscribe({}, emit),
        subscriber,
      );
    case 'jobs':
      return new OneAtATime(jobsWaiting(), jobs, subscriber);
    case 'run': {
      const parsed = input as ParsedStreamInput<'run'>;
      const recorded = {
        read: (key: string, fromStep: number) =>
          streams.run.readPoints(parsed.run, key, fromStep, Number.MAX_SAFE_INTEGER),
        keys: () => streams.run.metricKeys(parsed.run),
      };
      return new OneAtATime(
        new RunWaiting(recorded, parsed.after),
        (emit) => streams.run.subscribe(parsed, emit),
        subscriber,
      );
    }
  }
}

/** A subscription whose subscriber has at most one item that it has not taken in. */
class OneAtATime<Item> implements Subscription {
  readonly #waiting: Waiting<Item>;
  readonly #subscriber: Subscriber;
  #stop: (() => void) | undefined;
  #isOut = false;
  #isClosed = false;

  constructor(waiting: Waiting<Item>, start: (emit: (item: Item) => void) => () => void, subscriber: Subscriber) {
    this.#waiting = waiting;
    this.#subscriber = subscriber;
    this.#stop = start((item) => this.#emit(item));
    if (this.#isClosed) this.#stop();
    this.#next();
  }

  ready(): void {
    if (!this.#isOut) throw new RefusedError('out-of-order', 'ready was said without an item to be ready for');
    this.#isOut = false;
    this.#next();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop?.();
  }

  #emit(item: Item): void {
    if (this.#isClosed) return;
    this.#waiting.add(item);
    if (this.#waiting.size > largestQueue)
      return this.#fail({ code: 'too-slow', message: `more than ${largestQueue} updates wait to be taken in` });
    this.#next();
  }

  #next(): void {
    if (this.#isOut || this.#isClosed) return;
    try {
      const item = this.#waiting.take();
      if (item === undefined) return;
      this.#isOut = true;
      this.#subscriber.push(item);
    } catch (error) {
      this.#fail(faultOf(error));
    }
  }

  #fail(fault: HostFault): void {
    this.close();
    this.#subscriber.onFailed(fault);
  }
}
