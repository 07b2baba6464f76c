/** A way to the host: what carries messages there and back, and says when it no longer can. */
import type { ClientMessage } from '../../core/protocol/connection-messages.ts';

export interface TransportEvents {
  readonly onOpen: () => void;
  /** Whatever came; it is checked by who listens. */
  readonly onMessage: (message: unknown) => void;
  /** The link is gone for good; called once, also when it never opened. */
  readonly onClose: (reason: string) => void;
}

/** One attempt at a link. */
export interface Link {
  /** @throws Error when the message cannot be sent at all (too large, not to be cloned). */
  send(message: ClientMessage): void;
  close(): void;
}

/** Starts a link; called again after one was lost. */
export type Transport = (events: TransportEvents) => Link;
