/** One screen at the door: the order of its messages, its open requests and subscriptions, and what it may have at once. */
import { z } from 'zod';
import type { ClientMessage, ServerMessage } from '../../core/protocol/connection-messages.ts';
import type { HostFault } from '../../core/protocol/fault.ts';
import { parseInput, type Door, type JobProgress, type Subscription } from './door.ts';
import { RefusedError } from './fault.ts';

/** A screen that sent so many messages that are none is cut off. */
const toleratedMistakes = 20;
const mostCalls = 256;
const mostSubscriptions = 256;

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const name = z.string().max(64);
const clientMessage: z.ZodType<ClientMessage> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id, method: name, input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id }),
  z.strictObject({ type: z.literal('subscribe'), id, stream: name, input: z.unknown() }),
  z.strictObject({ type: z.literal('unsubscribe'), id }),
  z.strictObject({ type: z.literal('ready'), id }),
]);

export interface ConnectionOptions {
  readonly post: (message: ServerMessage) => void;
  /** Cuts the screen off; called at most once. */
  readonly hangUp: (reason: string) => void;
}

/**
 * What a transport holds of one screen. Numbers of requests and subscriptions are used once and rise. A message that is
 * none is answered by the fault `bad-message` under the number 0, or its own where it has one; a screen that sends many
 * of them is cut off.
 */
export class Connection {
  readonly #door: Door;
  readonly #post: (message: ServerMessage) => void;
  readonly #hangUp: (reason: string) => void;
  readonly #calls = new Map<number, AbortController>();
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #jobListeners = new Set<(items: readonly JobProgress[]) => void>();
  #lastId = 0;
  #mistakes = 0;
  #isClosed = false;

  constructor(door: Door, { post, hangUp }: ConnectionOptions) {
    this.#door = door;
    this.#post = post;
    this.#hangUp = hangUp;
  }

  /** Takes any message from the screen; never throws. */
  receive(message: unknown): void {
    if (this.#isClosed) return;
    try {
      this.#handle(parseInput(clientMessage, message, 'message'));
    } catch (error) {
      const refusal =
        error instanceof RefusedError && error.code === 'bad-input'
          ? new RefusedError('bad-message', error.message)
          : error;
      this.mistake(refusal, idOf(message));
    }
  }

  /** Notes something sent that is no message at all. */
  mistake(error: unknown, about = 0): void {
    this.#send({ type: 'fault', id: about, fault: this.#door.fault(error, 'message refused') });
    this.#mistakes += 1;
    if (this.#mistakes <= toleratedMistakes || this.#isClosed) return;
    this.close();
    this.#hangUp('too many messages that are none');
  }

  /** The screen is gone: its requests are given up and its subscriptions end. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const call of this.#calls.values()) call.abort();
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#calls.clear();
    this.#subscriptions.clear();
    this.#jobListeners.clear();
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case 'call':
        this.#takeId(message.id);
        return void this.#call(message);
      case 'subscribe':
        this.#takeId(message.id);
        return this.#subscribe(message);
      case 'cancel':
        this.#mustHaveBeen(message.id);
        return this.#calls.get(message.id)?.abort();
      case 'unsubscribe':
        this.#mustHaveBeen(message.id);
        this.#subscriptions.get(message.id)?.close();
        return void this.#subscriptions.delete(message.id);
      case 'ready':
        this.#mustHaveBeen(message.id);
        // One that ended by itself may be told `ready` before the screen hears of it.
        return this.#subscriptions.get(message.id)?.ready();
    }
  }

  #takeId(next: number): void {
    if (next <= this.#lastId) throw new RefusedError('out-of-order', `number ${next} was used before; numbers rise`);
    this.#lastId = next;
  }

  #mustHaveBeen(number: number): void {
    if (number > this.#lastId) throw new RefusedError('out-of-order', `nothing has the number ${number} yet`);
  }

  async #call({ id: request, method, input }: Extract<ClientMessage, { readonly type: 'call' }>): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    let last: JobProgress | undefined;
    try {
      if (this.#calls.size >= mostCalls)
        throw new RefusedError('too-many', `${mostCalls} requests are under way; wait for answers`);
      this.#calls.set(request, controller);
      const output = await this.#untilAborted(
        signal,
        this.#door.call(method, input, {
          request,
          signal,
          progress: (what, done, total) => this.#progress((last = { request, what, done, total })),
        }),
      );
      this.#send({ type: 'answer', id: request, output });
    } catch (error) {
      this.#send({ type: 'fault', id: request, fault: this.#door.fault(error, `request ${method.slice(0, 64)}`) });
    } finally {
      // Work that was given up or told its progress roughly must not stand half done for ever.
      const total = last?.total ?? 1;
      if (last && last.done !== total) this.#progress({ ...last, done: total, total });
      this.#calls.delete(request);
    }
  }

  /** A request that does not heed its signal is not waited for: its screen no longer wants the answer. */
  #untilAborted(signal: AbortSignal, answer: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new RefusedError('cancelled', 'the request was cancelled')), {
        once: true,
      });
      answer.then(resolve, reject);
    });
  }

  #progress(job: JobProgress): void {
    if (this.#calls.has(job.request)) for (const emit of this.#jobListeners) emit([job]);
  }

  #subscribe({ id: number, stream, input }: Extract<ClientMessage, { readonly type: 'subscribe' }>): void {
    try {
      if (this.#subscriptions.size >= mostSubscriptions)
        throw new RefusedError('too-many', `${mostSubscriptions} subscriptions are open; end some`);
      const push = (item: unknown): void => this.#send({ type: 'item', id: number, item });
      let hasFailed = false;
      const onFailed = (fault: HostFault): void => {
        hasFailed = true;
        this.#subscriptions.delete(number);
        this.#send({ type: 'fault', id: number, fault });
      };
      const subscription = this.#door.subscribe(stream, input, push, {
        jobs: (emit) => this.#listenToJobs(emit),
        onFailed,
      });
      if (!hasFailed) this.#subscriptions.set(number, subscription);
    } catch (error) {
      this.#send({ type: 'fault', id: number, fault: this.#door.fault(error, `stream ${stream.slice(0, 64)}`) });
    }
  }

  #listenToJobs(emit: (items: readonly JobProgress[]) => void): () => void {
    this.#jobListeners.add(emit);
    return () => this.#jobListeners.delete(emit);
  }

  #send(message: ServerMessage): void {
    if (!this.#isClosed) this.#post(message);
  }
}

function idOf(message: unknown): number {
  const found = typeof message === 'object' && message !== null ? (message as { readonly id?: unknown }).id : undefined;
  return Number.isSafeInteger(found) ? (found as number) : 0;
}
