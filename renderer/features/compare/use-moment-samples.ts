/** Samples of moments, read when they are first looked at and kept for coming back. */
import { useEffect, useEffectEvent, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import type { HostClient } from '../../client/host-client.ts';
import type { Samples } from '../../../core/protocol/samples.ts';

export interface MomentRequest {
  readonly run: string;
  readonly step: number;
  readonly output: string;
}

/** Values kept, all moments together: 64 million floats are 256 MB. */
const mostValues = 64_000_000;
const kept = new Map<string, Samples>();
let keptValues = 0;

const keyOf = ({ run, step, output }: MomentRequest): string => `${run}/${step}/${output}`;

function keep(key: string, samples: Samples): void {
  kept.set(key, samples);
  keptValues += samples.data.length;
  for (const [oldest, { data }] of kept) {
    if (keptValues <= mostValues || oldest === key) break;
    kept.delete(oldest);
    keptValues -= data.length;
  }
}

async function samplesOf(host: HostClient, request: MomentRequest): Promise<Samples> {
  const key = keyOf(request);
  const known = kept.get(key);
  if (known) return known;
  const samples = await host.call('runs.momentSamples', { ...request });
  if (!kept.has(key)) keep(key, samples);
  return samples;
}

export interface ShownMoment {
  readonly samples: Samples;
  readonly step: number;
}

/**
 * What each run shows: the samples asked for once they are there, until then those shown before. @param next moments
 * that are likely to be asked for soon
 */
export function useMomentSamples(
  requests: readonly MomentRequest[],
  next: readonly MomentRequest[],
): { readonly shown: ReadonlyMap<string, ShownMoment>; readonly faults: ReadonlyMap<string, string> } {
  const host = useHost();
  const [shown, setShown] = useState<ReadonlyMap<string, ShownMoment & { readonly output: string }>>(new Map());
  const [faults, setFaults] = useState<ReadonlyMap<string, string>>(new Map());
  const key = requests.map(keyOf).join(' ');
  const load = useEffectEvent((isCurrent: () => boolean) => {
    const asked = requests.map(async (request) => {
      try {
        const samples = await samplesOf(host, request);
        if (isCurrent())
          setShown((before) =>
            new Map(before).set(request.run, { samples, step: request.step, output: request.output }),
          );
      } catch (error) {
        if (isCurrent())
          setFaults((before) =>
            new Map(before).set(request.run, error instanceof Error ? error.message : String(error)),
          );
      }
    });
    void Promise.all(asked).then(() => {
      if (isCurrent()) for (const request of next) samplesOf(host, request).catch(() => undefined);
    });
  });
  useEffect(() => {
    let current = true;
    setFaults(new Map());
    load(() => current);
    return () => {
      current = false;
    };
  }, [key]);
  const outputs = new Map(requests.map((request) => [request.run, request.output]));
  return { shown: new Map([...shown].filter(([run, moment]) => outputs.get(run) === moment.output)), faults };
}
