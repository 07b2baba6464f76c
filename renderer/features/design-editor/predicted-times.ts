/** What a training step is predicted to take on this machine, layer by layer; worked out aside, a while after each edit. */
import { useEffect, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import type { HostClient } from '../../client/host-client.ts';
import { faultOfError, HostError } from '../../client/host-error.ts';
import type { DocumentOutline, NodeKey } from '../../../core/spec/model-edits/outline.ts';
import { isRecord } from '../../../core/spec/schema-walk.ts';
import { readSource } from '../../../core/spec/source-text.ts';
import { figure } from '../../components/figures.ts';
import { knownData, useWorkspace } from '../../state/workspace.ts';
import { layerOfOrigin } from './compiled-graph.ts';
import { askCompiler } from './compiled-state.ts';
import type { PhaseSeconds } from './step-times.ts';

export interface PredictedTimes {
  /** Seconds of one step, by layer. */
  readonly byLayer: ReadonlyMap<NodeKey, PhaseSeconds>;
  /** Seconds of the whole step: with losses, and with what is handed in and out. */
  readonly total: number;
  readonly threads: number;
  /** Whether the machine was quiet when it was measured; it is measured again where it was not. */
  readonly isSteady: boolean;
}

export interface PredictedState {
  /** Of the present text, or of the last one that could be compiled. */
  readonly times: PredictedTimes | undefined;
  /** Why there are none of the present text; undefined while they are awaited. */
  readonly note: string | undefined;
}

/** Behind the compiled view, and well behind the canvas. */
const settleMs = 800;
/** A run may have ended since, and a busy machine may be quiet. */
const againMs = 20_000;

/** Times of the open document, while a component looks at them. */
export function usePredictedTimes(): PredictedState {
  const host = useHost();
  const text = useWorkspace((state) => state.text);
  const isChecked = useWorkspace((state) => state.isChecked);
  const fileId = useWorkspace((state) => state.file?.id);
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<PredictedState>({ times: undefined, note: undefined });
  useEffect(() => setState({ times: undefined, note: undefined }), [fileId]);
  useEffect(() => {
    if (!isChecked || fileId === undefined) return undefined;
    let isCurrent = true;
    const show = async (): Promise<void> => {
      const found = await predictedOrWhyNot(host, text);
      if (!isCurrent) return;
      setState(({ times }) => ({ times: found.times ?? times, note: found.note }));
      if (found.mayChange) timer = setTimeout(() => setTurn((before) => before + 1), againMs);
    };
    let timer = setTimeout(() => void show(), settleMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [host, text, isChecked, fileId, turn]);
  return state;
}

/** `mayChange`: whether it is worth asking again although the text is the same. */
async function predictedOrWhyNot(
  host: HostClient,
  text: string,
): Promise<PredictedState & { readonly mayChange: boolean }> {
  try {
    const times = await predicted(host, text);
    return { times, note: undefined, mayChange: !times.isSteady };
  } catch (error) {
    return { times: undefined, note: faultOfError(error).message, mayChange: error instanceof HostError };
  }
}

/** @throws Error or HostError with the reason, for people */
async function predicted(host: HostClient, text: string): Promise<PredictedTimes> {
  const { check, outline } = useWorkspace.getState();
  if (!outline || check.issues.some((issue) => issue.severity === 'error')) throw new Error('the document has errors');
  const asked = threadsOf(text);
  const { rates, threads, isSteady } = await host.call('machine.rates', asked === undefined ? {} : { threads: asked });
  const reply = await askCompiler({ text, data: knownData(text), want: 'times', rates });
  if (reply.want !== 'times') throw new Error(reply.want === 'fault' ? reply.message : 'it could not be compiled');
  return { byLayer: sumsByLayer(outline, reply.byOrigin), total: reply.total, threads, isSteady };
}

/** The number the document itself asks for. */
function threadsOf(text: string): number | undefined {
  const { value } = readSource(text);
  const training = isRecord(value) ? value['training'] : undefined;
  const threads = isRecord(training) ? training['threads'] : undefined;
  return typeof threads === 'number' ? threads : undefined;
}

/** What comes from no layer (losses, norms of gradients) is left out. */
function sumsByLayer(
  outline: DocumentOutline,
  byOrigin: ReadonlyMap<string, PhaseSeconds>,
): ReadonlyMap<NodeKey, PhaseSeconds> {
  const sums = new Map<NodeKey, PhaseSeconds>();
  for (const [origin, { forward, backward, optimizer }] of byOrigin) {
    const layer = layerOfOrigin(outline, origin);
    if (layer === undefined) continue;
    const known = sums.get(layer) ?? { forward: 0, backward: 0, optimizer: 0 };
    sums.set(layer, {
      forward: known.forward + forward,
      backward: known.backward + backward,
      optimizer: known.optimizer + optimizer,
    });
  }
  return sums;
}

export const secondsOf = ({ forward, backward, optimizer }: PhaseSeconds): number => forward + backward + optimizer;

/** Below this a prediction is no more than that something is there. */
const leastMs = 0.01;

/** `1.2 ms`, `0.043 ms`, `1,300 ms`: two digits, which is more than a prediction is worth, and one unit to compare by. */
export function stepFigure(seconds: number): string {
  const ms = seconds * 1000;
  if (ms > 0 && ms < leastMs) return `< ${leastMs} ms`;
  return `${figure(Number(ms.toPrecision(2)), 2)} ms`;
}

/** What the time of a layer is made of. */
export const partsWords = ({ forward, backward, optimizer }: PhaseSeconds): string =>
  `forward ${stepFigure(forward)}, gradients ${stepFigure(backward)}, update ${stepFigure(optimizer)}`;

/** `on the CPU with 2 threads`. */
export const placeWords = ({ threads }: PredictedTimes): string =>
  `on the CPU with ${threads} ${threads === 1 ? 'thread' : 'threads'}`;

/** The time of the whole step, or why there is none. */
export function predictionWords({ times, note }: PredictedState): string {
  if (!times) return note ?? 'measuring…';
  const layers = [...times.byLayer.values()].reduce((sum, parts) => sum + secondsOf(parts), 0);
  const rest = stepFigure(Math.max(0, times.total - layers));
  const doubts = [
    ...(times.isSteady ? [] : ['measured while busy, to be measured again']),
    ...(note === undefined ? [] : [`of an earlier text: ${note}`]),
  ];
  const whole = `${stepFigure(times.total)} ${placeWords(times)}, ${rest} of it outside layers`;
  return doubts.length === 0 ? whole : `${whole} (${doubts.join('; ')})`;
}
