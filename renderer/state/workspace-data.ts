/** What a document's data is when it is not built in: asked of the host once, remembered, and given to the check. */
import type { DataInfo } from '../../core/data/data-info.ts';
import type { MethodInput } from '../../core/protocol/methods.ts';
import { isRecord } from '../../core/spec/schema-walk.ts';
import { readSource } from '../../core/spec/source-text.ts';
import type { HostPort } from './host-port.ts';
import { provideData, recheck, useWorkspace } from './workspace.ts';

let host: HostPort | undefined;

/** Lets the check ask this host. */
export function connectData(port: HostPort): void {
  host = port;
  provideData(dataOf);
}

const knownData = new Map<string, DataInfo | { readonly fault: string } | 'loading'>();

/** What a document's data is: at once when it was asked before, else undefined until the host has said. */
function dataOf(text: string): DataInfo | undefined {
  const request = dataRequest(text);
  if (!request) {
    if (useWorkspace.getState().data.status !== 'known') useWorkspace.setState({ data: { status: 'known' } });
    return undefined;
  }
  const key = JSON.stringify(request);
  const known = knownData.get(key);
  if (known === undefined) void askData(key, request);
  const { source } = request;
  if (known === undefined || known === 'loading') useWorkspace.setState({ data: { status: 'loading', source } });
  else if ('fault' in known) useWorkspace.setState({ data: { status: 'failed', source, message: known.fault } });
  else useWorkspace.setState({ data: { status: 'known' } });
  return typeof known === 'object' && !('fault' in known) ? known : undefined;
}

/** Asks again for data that could not be read. */
export function retryData(): void {
  for (const [key, known] of knownData) if (typeof known === 'object' && 'fault' in known) knownData.delete(key);
  recheck();
}

async function askData(key: string, request: MethodInput<'data.info'>): Promise<void> {
  knownData.set(key, 'loading');
  try {
    knownData.set(key, await host!.call('data.info', request));
  } catch (fault) {
    knownData.set(key, { fault: fault instanceof Error ? fault.message : String(fault) });
  }
  recheck();
}

/** The request for a document's data; undefined for built-in sources and sections that say nothing sensible. */
function dataRequest(text: string): MethodInput<'data.info'> | undefined {
  const { value } = readSource(text);
  const data = isRecord(value) && isRecord(value['data']) ? value['data'] : {};
  const { source, target, image, split } = data;
  const { file } = useWorkspace.getState();
  if (typeof source !== 'string' || !/^(idx|cifar|images|table|npy):./.test(source) || !file) return undefined;
  const plain = { source, baseDir: file.baseDir, ...(typeof target === 'string' && { target }) };
  return { ...plain, ...(isRecord(image) && { image }), ...(isRecord(split) && { split }) } as MethodInput<'data.info'>;
}
