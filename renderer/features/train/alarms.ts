/** What went wrong or may be going wrong in a run, explained: what happened, why it matters, what to try. */
import type { JsonValue, Run, RunEvent } from '../../../core/protocol/records.ts';

export interface Alarm {
  readonly id: string;
  readonly level: 'warning' | 'error' | 'info';
  readonly title: string;
  readonly what: string;
  readonly why: string;
  readonly hint: string | undefined;
  /** The layer it began at, as the canvas names it: `encoder.mean`. */
  readonly layer: string | undefined;
}

interface Explanation {
  readonly title: string;
  readonly why: string;
}

const explanations: Readonly<Record<string, Explanation>> = {
  'alarm-dead-layer': {
    title: 'A layer no longer learns',
    why: 'Its weights change only by what flows back through it, and nothing does.',
  },
  'alarm-dead-units': {
    title: 'Units that are never active',
    why: 'A rectified unit whose input is below zero for every example passes nothing on and gets no gradient back, so it stays as it is.',
  },
  'alarm-collapse': {
    title: 'The model may have collapsed',
    why: 'It makes some things well and has forgotten others, which the loss alone does not show.',
  },
  'alarm-diverging': {
    title: 'The loss runs away',
    why: 'Steps that are too large climb out of the valley they had reached; soon numbers may overflow.',
  },
  'alarm-plateau': {
    title: 'The loss stands still',
    why: 'More steps like these change little, whether it is done or stuck.',
  },
  'alarm-critic': {
    title: 'The discriminator wins',
    why: 'When it is never in doubt, its gradients say nothing about which way is better.',
  },
};

/** The alarms a run raised, newest first; of each kind and subject the last one. */
export function alarmsOf(events: readonly RunEvent[]): readonly Alarm[] {
  const found = new Map<string, Alarm>();
  for (const event of events) {
    if (!event.code.startsWith('alarm-')) continue;
    const explained = explanations[event.code] ?? { title: 'Something to look at', why: '' };
    const layer = text(event.data, 'layer');
    const id = `${event.code}/${layer ?? text(event.data, 'key') ?? ''}`;
    found.delete(id);
    found.set(id, {
      id,
      level: event.level,
      ...explained,
      what: event.message,
      hint: text(event.data, 'hint'),
      layer: layer && layerKey(layer),
    });
  }
  return [...found.values()].toReversed();
}

/** Why a run ended other than finished, as an alarm; undefined when it did not. */
export function endingOf({
  status,
  error,
  currentStep,
  totalSteps,
}: Pick<Run, 'status' | 'error' | 'currentStep' | 'totalSteps'>): Alarm | undefined {
  const at = `after ${currentStep.toLocaleString('en-GB')} of ${totalSteps.toLocaleString('en-GB')} steps`;
  const what = error?.message ?? `The run ended ${at}.`;
  const common = { id: `ended-${status}`, what, hint: error?.hint, layer: undefined };
  switch (status) {
    case 'diverged':
      return {
        ...common,
        level: 'error',
        title: 'Diverged: a number was no longer finite',
        why: nodeWords(error?.node),
        layer: nodeLayer(error?.node),
      };
    case 'failed':
      return {
        ...common,
        level: 'error',
        title: 'Failed',
        why: 'The run could not go on; what it had recorded is kept.',
      };
    case 'interrupted':
      return {
        ...common,
        level: 'warning',
        title: `Interrupted ${at}`,
        why: 'Nothing recorded is lost: it goes on from its last checkpoint, or from the beginning when there is none yet.',
      };
    case 'stopped':
      return {
        ...common,
        level: 'info',
        title: `Stopped ${at}`,
        what: 'It was ended by hand, with a checkpoint.',
        why: 'Resuming goes on from there as if it had never stopped.',
      };
    case 'finished':
    case 'running':
    case 'queued':
      return undefined;
  }
}

function nodeWords(node: string | undefined): string {
  return node ? `The first bad value came out of ${node}.` : 'No single node could be named.';
}

/** `encoder/mean: Exp exp_2` began in the layer `encoder.mean`; an optimizer's node in no layer. */
export function nodeLayer(node: string | undefined): string | undefined {
  const origin = node?.split(':', 1)[0]?.trim();
  return origin && !/^(optimizer|loss)(\/|$)/.test(origin) ? layerKey(origin) : undefined;
}

/** A parameter path's first two parts, the network and its layer: `unet/down/conv` is the layer `unet.down`. */
export function layerKey(path: string): string | undefined {
  const [network, layer] = path.split('/');
  return network && layer ? `${network}.${layer}` : undefined;
}

function text(data: JsonValue, key: string): string | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const value = (data as Readonly<Record<string, JsonValue>>)[key];
  return typeof value === 'string' ? value : undefined;
}
