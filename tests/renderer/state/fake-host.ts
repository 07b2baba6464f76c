/** A host for tests: what it says is said by the test. */
import type { MethodInput, MethodName, MethodOutput } from '../../../core/protocol/methods.ts';
import type { StreamInput, StreamItem, StreamName } from '../../../core/protocol/streams.ts';
import type { HostPort } from '../../../renderer/state/host-port.ts';

interface Pending {
  readonly method: MethodName;
  readonly input: unknown;
  readonly resolve: (output: unknown) => void;
  readonly reject: (fault: Error) => void;
}

export class FakeHost implements HostPort {
  readonly #pending: Pending[] = [];
  readonly #listeners = new Map<string, Set<(item: unknown) => void>>();

  call<Name extends MethodName>(method: Name, input: MethodInput<Name>): Promise<MethodOutput<Name>> {
    return new Promise<unknown>((resolve, reject) => this.#pending.push({ method, input, resolve, reject })) as Promise<
      MethodOutput<Name>
    >;
  }

  subscribe<Name extends StreamName>(
    stream: Name,
    _input: StreamInput<Name>,
    handlers: { readonly onItem: (item: StreamItem<Name>) => void },
  ): () => void {
    const listeners = this.#listeners.get(stream) ?? new Set();
    this.#listeners.set(stream, listeners);
    const listener = handlers.onItem as (item: unknown) => void;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  say<Name extends StreamName>(stream: Name, item: StreamItem<Name>): void {
    for (const listener of this.#listeners.get(stream) ?? []) listener(item);
  }

  subscriptions(stream: StreamName): number {
    return this.#listeners.get(stream)?.size ?? 0;
  }

  /** Answers the oldest request of a method and lets what waits for it go on; gives what was asked. */
  async answer<Name extends MethodName>(method: Name, output: MethodOutput<Name> | Error): Promise<unknown> {
    const at = this.#pending.findIndex((pending) => pending.method === method);
    const [pending] = this.#pending.splice(at, 1);
    if (output instanceof Error) pending!.reject(output);
    else pending!.resolve(output);
    await new Promise((resolve) => setTimeout(resolve));
    return pending!.input;
  }
}
