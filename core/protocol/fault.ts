/** Errors as they cross the boundary. */
import type { Placement } from './placement.ts';
import type { JsonValue } from './records.ts';

/** Why a request was not answered, as data. */
export interface HostFault {
  /** A stable word: `bad-input`, `unknown-method`, `document`, `locked`, `disk-full`, … */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Where in the input or the document. */
  readonly path?: readonly (string | number)[];
  /** A document's faults, each with its place. */
  readonly issues?: JsonValue;
  /** Of the fault `cpu-fallback`: what the CPU would have to compute. The same request with `mayUseCpu` allows it. */
  readonly placement?: Placement;
}
