/** What a shell asks of this machine without opening the records: checks of documents, data, devices. */
import type { DataInfo } from '../../core/data/data-info.ts';
import type { DeviceId } from '../../core/protocol/devices.ts';
import { checkDocument, type CheckResult } from '../../core/spec/check.ts';
import { parseDocument } from '../../core/spec/parse.ts';
import { describeDataset, type DatasetDescription } from './data/describe.ts';
import { listSources, openDataset, type SourceDescription } from './data/open.ts';
import type { DataProgress } from './data/source.ts';
import { chooseHome, createHome, type Home } from './home.ts';
import type { Devices, ProbeElsewhere } from './compute/devices.ts';
import type { ProbeResult } from './compute/probe.ts';
import { failureOf } from './runs/failure.ts';
import { documentData } from './runs/load-model.ts';
import { runJob, spawnChildWorker, type SpawnWorker } from './runs/worker-process.ts';

export type { DatasetDescription };

/** Checks a document without a home of records: only the data cache is touched. */
export async function checkWithData(
  text: string,
  baseDir: string,
  dataCache: string,
  onProgress?: DataProgress,
): Promise<CheckResult & { readonly data?: DataInfo }> {
  const first = checkDocument(text);
  const { document } = parseDocument(text);
  if (!document) return first;
  // Only what the data is matters here: its samples stay on the disk.
  const dataset = await openDataset({
    ...documentData(document, { baseDir, dataCache }),
    memoryLimit: 0,
    ...(onProgress && { onProgress }),
  });
  try {
    return { ...checkDocument(text, dataset.info), data: dataset.info };
  } finally {
    dataset.close();
  }
}

/** Opens a source and describes it: counts, statistics, columns. */
export async function describeData(
  source: string,
  options: {
    readonly baseDir: string;
    readonly dataCache: string;
    readonly target?: string;
    readonly onProgress?: DataProgress;
  },
): Promise<{ readonly info: DataInfo; readonly description: DatasetDescription }> {
  const { baseDir, dataCache, target, onProgress } = options;
  const dataset = await openDataset({
    source,
    baseDir,
    cacheDir: dataCache,
    ...(target !== undefined && { target }),
    ...(onProgress && { onProgress }),
  });
  try {
    return { info: dataset.info, description: describeDataset(dataset) };
  } finally {
    dataset.close();
  }
}

/** What data can be named in a document. */
export function dataSources(): readonly SourceDescription[] {
  return listSources();
}

/**
 * What there is to compute on, each proven by running a probe. Loads ONNX Runtime only now.
 * @param spawn how processes are started where Node's own cannot be.
 */
export async function devices(spawn?: SpawnWorker): Promise<Devices> {
  const { listDevices } = await import('./compute/devices.ts');
  return listDevices(elsewhere(spawn));
}

/**
 * Refuses a device that does not compute here.
 * @throws TaskFailure `device`: why not, what else there is, and what to do.
 */
export async function requireDevice(device: DeviceId, spawn?: SpawnWorker): Promise<void> {
  if (device === 'cpu') return;
  const { listDevices, proveDevice } = await import('./compute/devices.ts');
  const probe = elsewhere(spawn);
  const result = await proveDevice(device, probe);
  if (result.proven) return;
  const found = await listDevices(probe);
  throw (await import('./compute/unproven.ts')).unproven(device, result.reason, found.devices);
}

/** Node's child processes keep what native code says to themselves; other ones are started as the shell can. */
function elsewhere(spawn: SpawnWorker | undefined): ProbeElsewhere | undefined {
  if (!spawn || spawn === spawnChildWorker) return undefined;
  return (provider, timeLimitMs) => probeInWorker(spawn, provider, timeLimitMs);
}

async function probeInWorker(spawn: SpawnWorker, provider: DeviceId, timeLimitMs: number): Promise<ProbeResult> {
  const { done, cancel } = runJob<ProbeResult>(spawn, { kind: 'probe', provider }, () => {});
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    cancel();
  }, timeLimitMs);
  try {
    return await done;
  } catch (error) {
    return { proven: false, reason: isLate ? `no answer within ${timeLimitMs / 1000} s` : failureOf(error).message };
  } finally {
    clearTimeout(timer);
  }
}

/** Where the home is, made if need be. */
export function openHome(option?: string): Home {
  return createHome(chooseHome(option));
}
