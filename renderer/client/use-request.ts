/** Requests a person starts: their progress, giving them up, and what went wrong, as one hook. */
import { useEffect, useRef, useState } from 'react';
import type { HostFault } from '../../core/protocol/fault.ts';
import type { MethodInput, MethodName, MethodOutput } from '../../core/protocol/methods.ts';
import type { StreamItem } from '../../core/protocol/streams.ts';
import { useHost } from './host-context.tsx';
import { faultOfError } from './host-error.ts';

export interface RequestProgress {
  readonly what: string;
  readonly done: number;
  /** Null: not known how much there is. */
  readonly total: number | null;
  /** When this part of the work was first heard of, in milliseconds of `performance.now()`. */
  readonly sinceMs: number;
}

export interface RequestState<Name extends MethodName> {
  /** Asks; a request of this hook still under way is given up. Undefined when it failed or was given up. */
  readonly send: (input: MethodInput<Name>) => Promise<MethodOutput<Name> | undefined>;
  readonly cancel: () => void;
  readonly isRunning: boolean;
  readonly progress: RequestProgress | null;
  /** Of the last request; a cancelled one has none. */
  readonly fault: HostFault | undefined;
}

interface Underway {
  readonly controller: AbortController;
  id: number | undefined;
}

const idle = { isRunning: false, progress: null, fault: undefined };
type Shown = Pick<RequestState<MethodName>, 'isRunning' | 'progress' | 'fault'>;

/** The progress after an item of the stream `jobs`; the time is kept while the words are the same. */
export function progressAfter(
  before: RequestProgress | null,
  items: StreamItem<'jobs'>,
  request: number | undefined,
  nowMs: number,
): RequestProgress | null {
  const newest = items.findLast((item) => item.request === request);
  if (!newest) return before;
  const { what, done, total } = newest;
  return { what, done, total, sinceMs: before?.what === what ? before.sinceMs : nowMs };
}

/** One request at a time, given up when the component goes away. */
export function useRequest<Name extends MethodName>(method: Name): RequestState<Name> {
  const host = useHost();
  const [shown, setShown] = useState<Shown>(idle);
  const underway = useRef<Underway>(undefined);
  useEffect(() => () => underway.current?.controller.abort(), []);
  const { isRunning } = shown;
  useEffect(() => {
    if (!isRunning) return undefined;
    const onItem = (items: StreamItem<'jobs'>): void =>
      setShown((before) => ({
        ...before,
        progress: progressAfter(before.progress, items, underway.current?.id, performance.now()),
      }));
    return host.subscribe('jobs', {}, { onItem });
  }, [host, isRunning]);
  const send = async (input: MethodInput<Name>): Promise<MethodOutput<Name> | undefined> => {
    underway.current?.controller.abort();
    const own: Underway = { controller: new AbortController(), id: undefined };
    underway.current = own;
    setShown({ ...idle, isRunning: true });
    try {
      const output = await host.call(method, input, {
        signal: own.controller.signal,
        onSent: (id) => void (own.id = id),
      });
      if (underway.current === own) setShown(idle);
      return output;
    } catch (error) {
      const fault = faultOfError(error);
      if (underway.current === own) setShown({ ...idle, fault: fault.code === 'cancelled' ? undefined : fault });
      return undefined;
    }
  };
  return { send, cancel: () => underway.current?.controller.abort(), ...shown };
}
