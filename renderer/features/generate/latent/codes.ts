/** Codes to lay out on a map: of real examples, or drawn from the prior where a model makes no codes from examples. */
import { useEffect, useState } from 'react';
import type { Split } from '../../../../core/data/data-info.ts';
import type { MethodInput } from '../../../../core/protocol/methods.ts';
import { RandomStream } from '../../../../core/random/random.ts';
import { parseDocument } from '../../../../core/spec/parse.ts';
import { useCall, useHost } from '../../../client/host-context.tsx';
import { type RequestState, useRequest } from '../../../client/use-request.ts';
import { askOf, type Target } from '../run-target.ts';

export interface Codes {
  /** [count, size] */
  readonly latents: Float32Array;
  readonly size: number;
  readonly labels: Int32Array | null;
  /** Which examples they are of; null where they were drawn from the prior. */
  readonly examples: { readonly of: Split; readonly indices: Int32Array } | null;
}

/** Points on the map: enough for its shape to be seen, few enough to be made in seconds. */
const mostExamples = 800;

/** Codes drawn from a standard normal, as the prior of models that have no encoder. */
export function priorCodes(count: number, size: number, seed: number): Float32Array {
  const out = new Float32Array(count * size);
  new RandomStream(seed, 'codes').fillNormal(out);
  return out;
}

/** The held-out split with the most samples, else the training one. */
export function splitToEncode(counts: Readonly<Record<Split, number>>): Split {
  const heldOut = counts.test >= counts.validation ? 'test' : 'validation';
  return counts[heldOut] > 0 ? heldOut : 'train';
}

export interface CodesState {
  readonly codes: Codes | null;
  readonly request: RequestState<'runs.encode'>;
}

export function useCodes(target: Target): CodesState {
  const request = useRequest('runs.encode');
  const [codes, setCodes] = useState<Codes | null>(null);
  const { run, model, step } = target;
  const of = splitToEncode(model.data.counts);
  useEffect(() => {
    let isWanted = true;
    void request.send({ ...askOf(target), of, count: mostExamples }).then((found) => {
      if (found && isWanted) setCodes({ ...found, examples: { of, indices: found.indices } });
    });
    return () => {
      isWanted = false;
    };
    // A new run or checkpoint is a new set of codes; nothing else is.
  }, [run.id, step]);
  const size = model.latentSize ?? 1;
  const hasNoEncoder = request.fault?.code === 'no-codes';
  useEffect(() => {
    if (hasNoEncoder) setCodes({ latents: priorCodes(mostExamples, size, 1), size, labels: null, examples: null });
  }, [hasNoEncoder, size]);
  return { codes, request };
}

type DataRequest = MethodInput<'data.info'>;

/** The request for the data a run was trained on; null while it is not known. */
export function useRunData({ run }: Target): DataRequest | null {
  const { data } = useCall('runs.get', { run: run.id });
  if (!data) return null;
  const { document } = parseDocument(data.document);
  if (!document) return null;
  const { source, target, image, split } = document.data;
  return {
    source,
    baseDir: run.baseDir,
    ...(target !== undefined && { target }),
    ...(image && { image }),
    ...(split && { split }),
  } as DataRequest;
}

/** One real example as it stands in its split, once it has been pointed at. */
export function useExample(data: DataRequest | null, codes: Codes | null, point: number | null) {
  const host = useHost();
  const [found, setFound] = useState<{
    readonly point: number;
    readonly samples: Awaited<ReturnType<typeof read>>;
  } | null>(null);
  const read = (start: number) => host.call('data.samples', { ...data!, of: codes!.examples!.of, start, count: 1 });
  useEffect(() => {
    const index = point === null ? undefined : codes?.examples?.indices[point];
    if (index === undefined || point === null || !data) return undefined;
    let isWanted = true;
    read(index).then(
      (samples) => isWanted && setFound({ point, samples }),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [point, codes, data === null]);
  return found?.point === point ? found.samples : null;
}
