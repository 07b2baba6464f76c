/** What goes over a connection between a screen and the host: calls and their answers, subscriptions and their items. */
import type { HostFault } from './fault.ts';

/** From a screen to the host. */
export type ClientMessage =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly input: unknown }
  /** The answer is no longer wanted: the call is given up where it can be and answered with the fault `cancelled`. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'subscribe'; readonly id: number; readonly stream: string; readonly input: unknown }
  | { readonly type: 'unsubscribe'; readonly id: number }
  /** The last item of the subscription has been taken in. */
  | { readonly type: 'ready'; readonly id: number };

/** From the host to a screen. */
export type ServerMessage =
  | { readonly type: 'answer'; readonly id: number; readonly output: unknown }
  | { readonly type: 'fault'; readonly id: number; readonly fault: HostFault }
  | { readonly type: 'item'; readonly id: number; readonly item: unknown };
