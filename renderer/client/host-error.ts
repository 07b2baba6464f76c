/** Why the host did not do what was asked, as an error that carries the fault. */
import type { HostFault } from '../../core/protocol/fault.ts';
import type { Placement } from '../../core/protocol/placement.ts';

export class HostError extends Error {
  override readonly name = 'HostError';
  readonly fault: HostFault;

  constructor(fault: HostFault) {
    super(fault.message);
    this.fault = fault;
  }

  /** The stable word for what happened: `cancelled`, `lost-host`, `bad-input`, `document`, … */
  get code(): string {
    return this.fault.code;
  }

  /** What the CPU would have to compute, where that is why it was refused. */
  get placement(): Placement | undefined {
    return this.fault.placement;
  }

  /** What to do about it. */
  get hint(): string | undefined {
    return this.fault.hint;
  }
}

/** Any error of a call as a fault, for showing. */
export function faultOfError(error: unknown): HostFault {
  if (error instanceof HostError) return error.fault;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
