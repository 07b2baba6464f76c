/** The host as the screens see it: typed requests and streams over any transport, which finds its way back when it is lost. */
import type { ClientMessage, ServerMessage } from '../../core/protocol/connection-messages.ts';
import type { HostFault } from '../../core/protocol/fault.ts';
import type { MethodInput, MethodName, MethodOutput } from '../../core/protocol/methods.ts';
import type { StreamInput, StreamItem, StreamName } from '../../core/protocol/streams.ts';
import { HostError } from './host-error.ts';
import { resumptionOf, type Resumption } from './resumption.ts';
import type { Link, Transport } from './transport.ts';

export type ConnectionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'open' }
  /** Edits stay in the window; the client tries again after `retryMs`. */
  | { readonly status: 'lost'; readonly reason: string; readonly retryMs: number };

export interface CallOptions {
  /** Gives the request up. */
  readonly signal?: AbortSignal;
  /** Hears the request's number once it is sent: the stream `jobs` tells its progress under it. */
  readonly onSent?: (request: number) => void;
}

export interface StreamHandlers<Name extends StreamName> {
  /** The next item is sent when this has returned (or what it promised has settled). */
  readonly onItem: (item: StreamItem<Name>) => void | Promise<void>;
  /** The stream could not be had, or ended by itself; it is not tried again. */
  readonly onFault?: (fault: HostFault) => void;
}

const firstRetryMs = 250;
const longestRetryMs = 5000;

interface PendingCall {
  readonly message: Omit<Extract<ClientMessage, { readonly type: 'call' }>, 'id'>;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: HostError) => void;
  readonly onSent: CallOptions['onSent'];
}

interface OpenStream {
  readonly name: StreamName;
  readonly resumption: Resumption<StreamName>;
  readonly handlers: StreamHandlers<StreamName>;
  /** Its number on the present link; undefined while there is none. */
  id: number | undefined;
}

export class HostClient {
  readonly #transport: Transport;
  readonly #listeners = new Set<() => void>();
  /** Requests that wait for a link. */
  readonly #unsent = new Set<PendingCall>();
  readonly #calls = new Map<number, PendingCall>();
  readonly #streams = new Set<OpenStream>();
  readonly #streamsById = new Map<number, OpenStream>();
  #state: ConnectionState = { status: 'connecting' };
  #link: Link | undefined;
  #lastId = 0;
  #retryMs = firstRetryMs;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#connect();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Calls `listener` whenever `state` is another. @returns a function that stops it */
  onState(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks the host. While there is no link the request waits for one; one under way when the link is lost fails with
   * `lost-host`, since it may have been done or not.
   * @throws HostError
   */
  call<Name extends MethodName>(
    method: Name,
    input: MethodInput<Name>,
    { signal, onSent }: CallOptions = {},
  ): Promise<MethodOutput<Name>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isClosed || signal?.aborted) return reject(cancelled());
      const call: PendingCall = { message: { type: 'call', method, input }, resolve, reject, onSent };
      signal?.addEventListener('abort', () => this.#cancel(call), { once: true });
      if (this.#state.status === 'open') this.#send(call);
      else this.#unsent.add(call);
    }) as Promise<MethodOutput<Name>>;
  }

  /** Listens to a stream, also over lost and found links. @returns a function that ends it */
  subscribe<Name extends StreamName>(
    stream: Name,
    input: StreamInput<Name>,
    handlers: StreamHandlers<Name>,
  ): () => void {
    const open: OpenStream = {
      name: stream,
      resumption: resumptionOf(stream, input) as unknown as Resumption<StreamName>,
      handlers: handlers as unknown as StreamHandlers<StreamName>,
      id: undefined,
    };
    this.#streams.add(open);
    if (this.#state.status === 'open') this.#open(open);
    return () => this.#end(open);
  }

  /** Tries now to reach a lost host. */
  retryNow(): void {
    if (this.#state.status !== 'lost') return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#link?.close();
    this.#streams.clear();
    this.#streamsById.clear();
    for (const call of [...this.#unsent, ...this.#calls.values()]) call.reject(cancelled());
    this.#unsent.clear();
    this.#calls.clear();
    this.#listeners.clear();
  }

  #connect(): void {
    this.#setState({ status: 'connecting' });
    let isCurrent = true;
    this.#link = this.#transport({
      onOpen: () => isCurrent && this.#opened(),
      onMessage: (message) => isCurrent && !this.#isClosed && this.#receive(message as ServerMessage),
      onClose: (reason) => {
        if (isCurrent && !this.#isClosed) this.#lost(reason);
        isCurrent = false;
      },
    });
  }

  #opened(): void {
    if (this.#isClosed) return;
    this.#lastId = 0;
    this.#retryMs = firstRetryMs;
    this.#setState({ status: 'open' });
    for (const stream of this.#streams) if (stream.id === undefined) this.#open(stream);
    for (const call of this.#unsent) this.#send(call);
    this.#unsent.clear();
  }

  #lost(reason: string): void {
    this.#link = undefined;
    const underWay = [...this.#calls.values()];
    this.#calls.clear();
    this.#streamsById.clear();
    for (const stream of this.#streams) stream.id = undefined;
    this.#setState({ status: 'lost', reason, retryMs: this.#retryMs });
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2);
    const fault = {
      code: 'lost-host',
      message: 'the host was lost before it answered',
      hint: 'it may have been done or not: look before asking again',
    };
    for (const call of underWay) call.reject(new HostError(fault));
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'answer':
        this.#calls.get(message.id)?.resolve(message.output);
        return void this.#calls.delete(message.id);
      case 'fault':
        return this.#refused(message.id, message.fault);
      case 'item':
        return void this.#take(message.id, message.item as StreamItem<StreamName>);
    }
  }

  #refused(id: number, fault: HostFault): void {
    const call = this.#calls.get(id);
    const stream = this.#streamsById.get(id);
    // One that was given up meanwhile may still be refused; the number 0 means a message that was none.
    if (id === 0) console.error(`the host refused a message: ${fault.message} (${fault.code})`);
    this.#calls.delete(id);
    call?.reject(new HostError(fault));
    if (!stream) return;
    this.#streamsById.delete(id);
    stream.id = undefined;
    // It was left behind; it begins again where it is.
    if (fault.code === 'too-slow') return this.#open(stream);
    this.#streams.delete(stream);
    stream.handlers.onFault?.(fault);
  }

  async #take(id: number, item: StreamItem<StreamName>): Promise<void> {
    const stream = this.#streamsById.get(id);
    if (!stream) return;
    stream.resumption.taken(item);
    try {
      await stream.handlers.onItem(item);
    } catch (error) {
      // A screen that fails at one item is told the next all the same.
      console.error(error);
    }
    if (stream.id === id) this.#post({ type: 'ready', id });
  }

  #send(call: PendingCall): void {
    const id = ++this.#lastId;
    this.#calls.set(id, call);
    try {
      this.#link?.send({ ...call.message, id });
      call.onSent?.(id);
    } catch (error) {
      this.#calls.delete(id);
      call.reject(
        new HostError({ code: 'bad-input', message: error instanceof Error ? error.message : String(error) }),
      );
    }
  }

  #cancel(call: PendingCall): void {
    const wasUnsent = this.#unsent.delete(call);
    const id = [...this.#calls].find(([, other]) => other === call)?.[0];
    if (id !== undefined) {
      this.#calls.delete(id);
      this.#post({ type: 'cancel', id });
    }
    if (wasUnsent || id !== undefined) call.reject(cancelled());
  }

  #open(stream: OpenStream): void {
    stream.id = ++this.#lastId;
    this.#streamsById.set(stream.id, stream);
    this.#post({ type: 'subscribe', id: stream.id, stream: stream.name, input: stream.resumption.input() });
  }

  #end(stream: OpenStream): void {
    this.#streams.delete(stream);
    if (stream.id === undefined) return;
    this.#streamsById.delete(stream.id);
    this.#post({ type: 'unsubscribe', id: stream.id });
    stream.id = undefined;
  }

  #post(message: ClientMessage): void {
    if (this.#state.status === 'open') this.#link?.send(message);
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function cancelled(): HostError {
  return new HostError({ code: 'cancelled', message: 'the request was cancelled' });
}
