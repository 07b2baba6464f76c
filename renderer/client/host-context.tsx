/** The host for components: provider, requests and streams as hooks. */
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import type { HostFault } from '../../core/protocol/fault.ts';
import type { MethodInput, MethodName, MethodOutput } from '../../core/protocol/methods.ts';
import type { ConnectionState, HostClient } from './host-client.ts';
import { faultOfError } from './host-error.ts';

const HostContext = createContext<HostClient | null>(null);

export function HostProvider({ client, children }: { readonly client: HostClient; readonly children: ReactNode }) {
  return <HostContext value={client}>{children}</HostContext>;
}

/** The host of the window. @throws Error outside a HostProvider */
export function useHost(): HostClient {
  const client = use(HostContext);
  if (!client) throw new Error('useHost needs a HostProvider above it');
  return client;
}

/** Whether the host can be reached. */
export function useConnection(): ConnectionState {
  const client = useHost();
  return useSyncExternalStore(
    useCallback((listener) => client.onState(listener), [client]),
    () => client.state,
  );
}

export interface CallResult<Output> {
  /** The newest answer; kept while another is awaited and when that fails. */
  readonly data: Output | undefined;
  readonly error: HostFault | undefined;
  readonly isLoading: boolean;
  readonly refetch: () => void;
}

interface CallState<Output> {
  readonly key: string | null;
  readonly data: Output | undefined;
  readonly error: HostFault | undefined;
  readonly isLoading: boolean;
}

/**
 * Asks the host for something to show, again when `input` changes in value and when the host was lost and is back.
 * Given up when the component goes away. An `input` of null asks nothing. Only for requests that change nothing.
 */
export function useCall<Name extends MethodName>(
  method: Name,
  input: MethodInput<Name> | null,
): CallResult<MethodOutput<Name>> {
  const client = useHost();
  const isOpen = useConnection().status === 'open';
  const key = input === null ? null : `${method} ${JSON.stringify(input)}`;
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<CallState<MethodOutput<Name>>>({
    key,
    data: undefined,
    error: undefined,
    isLoading: key !== null,
  });
  const ask = useEffectEvent((signal: AbortSignal) => {
    if (input === null) return;
    setState((before) => ({
      key,
      data: before.key === key ? before.data : undefined,
      error: undefined,
      isLoading: true,
    }));
    client.call(method, input, { signal }).then(
      (data) => signal.aborted || setState({ key, data, error: undefined, isLoading: false }),
      (error: unknown) =>
        signal.aborted || setState((before) => ({ ...before, error: faultOfError(error), isLoading: false })),
    );
  });
  useEffect(() => {
    if (!isOpen) return undefined;
    const controller = new AbortController();
    ask(controller.signal);
    return () => controller.abort();
  }, [client, key, turn, isOpen]);
  const refetch = useCallback(() => setTurn((before) => before + 1), []);
  // Until the effect has run, what is remembered belongs to another question.
  const current = state.key === key ? state : { data: undefined, error: undefined, isLoading: key !== null };
  return { data: current.data, error: current.error, isLoading: current.isLoading, refetch };
}
