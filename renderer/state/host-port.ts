/** What the stores need of a host: requests and streams, whatever carries them. */
import type { MethodInput, MethodName, MethodOutput } from '../../core/protocol/methods.ts';
import type { StreamInput, StreamItem, StreamName } from '../../core/protocol/streams.ts';

export interface HostPort {
  /** @throws with the host's own words when the request is refused. */
  call<Name extends MethodName>(method: Name, input: MethodInput<Name>): Promise<MethodOutput<Name>>;
  /** Calls `onItem` with each item until the returned function is called, also over lost and found links. */
  subscribe<Name extends StreamName>(
    stream: Name,
    input: StreamInput<Name>,
    handlers: { readonly onItem: (item: StreamItem<Name>) => void | Promise<void> },
  ): () => void;
}
