/** Tells where a job's programs ran, as an event that is recorded with the run. */
import type { JsonValue } from '../../../core/protocol/records.ts';
import { placementCode, type Placement } from '../../../core/protocol/placement.ts';
import { placementWords } from '../compute/placement.ts';
import type { Engine } from './engine.ts';
import type { WorkerMessage } from './messages.ts';

export function tellPlacement(engine: Engine, send: (message: WorkerMessage) => void): void {
  engine.watchPlacement((placement) => send(placementEvent(placement)));
}

function placementEvent(placement: Placement): WorkerMessage {
  return {
    type: 'event',
    level: placement.onCpu.length > 0 ? 'warning' : 'info',
    code: placementCode,
    message: placementWords(placement),
    // Plain JSON already; interfaces only lack the index signature that says so.
    data: placement as unknown as JsonValue,
  };
}
