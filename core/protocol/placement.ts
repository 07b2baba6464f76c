/** Where the nodes of a program really ran, as the engine wrote down and a run records it. */
import type { RunEvent } from './records.ts';

/** Nodes of one part of the document on one provider. */
export interface PlacedPart {
  /** `encoder/mean`; empty for what belongs to no part (losses, what the engine put there itself). */
  readonly part: string;
  readonly provider: string;
  readonly nodes: number;
}

/** Nodes of one operator in one part of the document (as `PlacedPart` has it). */
export interface StrayNodes {
  readonly op: string;
  readonly part: string;
  readonly nodes: number;
}

export interface Placement {
  readonly program: string;
  readonly device: string;
  /** Nodes by provider, the most first; copies are not counted. */
  readonly providers: readonly { readonly provider: string; readonly nodes: number }[];
  readonly parts: readonly PlacedPart[];
  /** What ran on the CPU although another device was asked for. */
  readonly onCpu: readonly StrayNodes[];
  /** Tensors carried between the CPU and the device within one run, besides what is fed and fetched. */
  readonly copies: number;
}

/** The code of the fault, and of the failure, of what was refused because a part of it would run on the CPU. */
export const cpuFallbackRefusedCode = 'cpu-fallback';
/** The code of the events that tell of a placement; their data is a `Placement`. */
export const placementCode = 'placement';
/** The code of the event that keeps a person's consent to compute on the CPU what the device lacks. */
export const cpuFallbackCode = 'cpu-fallback-allowed';

/** The last placement a run recorded of its training step. */
export function placementOf(events: readonly RunEvent[]): Placement | undefined {
  const told = events.filter(({ code }) => code === placementCode).map(({ data }) => data as unknown as Placement);
  return told.findLast(({ program }) => program === 'train') ?? told.at(-1);
}
