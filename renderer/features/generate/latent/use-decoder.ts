/** Decodes codes as fast as the model can, and no faster: of those asked for meanwhile only the last is decoded. */
import { useEffect, useRef, useState } from 'react';
import type { HostFault } from '../../../../core/protocol/fault.ts';
import type { Samples } from '../../../../core/protocol/samples.ts';
import { useHost } from '../../../client/host-context.tsx';
import { faultOfError } from '../../../client/host-error.ts';
import { askOf, type Target } from '../run-target.ts';

interface Wanted {
  readonly latents: Float32Array;
  readonly count: number;
  readonly label: number;
}

export interface Decoder {
  readonly decoded: Samples | null;
  readonly fault: HostFault | null;
  /** @param label of a conditional model, the class; −1 its first */
  readonly decode: (latents: Float32Array, count: number, label: number) => void;
}

export function useDecoder(target: Target): Decoder {
  const host = useHost();
  const [state, setState] = useState<Pick<Decoder, 'decoded' | 'fault'>>({ decoded: null, fault: null });
  const next = useRef<Wanted | null>(null);
  const isBusy = useRef(false);
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  const work = async (): Promise<void> => {
    isBusy.current = true;
    while (next.current && isThere.current) {
      const wanted = next.current;
      next.current = null;
      try {
        const decoded = await host.call('runs.decode', { ...askOf(target), ...wanted });
        if (isThere.current) setState({ decoded, fault: null });
      } catch (error) {
        if (isThere.current) setState((before) => ({ ...before, fault: faultOfError(error) }));
      }
    }
    isBusy.current = false;
  };
  const decode: Decoder['decode'] = (latents, count, label) => {
    next.current = { latents, count, label };
    if (!isBusy.current) void work();
  };
  return { ...state, decode };
}
