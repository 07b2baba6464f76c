/** Everything behind the door: an answer for every request and a source for every stream, over one host. */
import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import packageInfo from '../../package.json' with { type: 'json' };
import type { AppInfo } from '../../core/protocol/app-info.ts';
import type { DeviceInfo } from '../../core/protocol/devices.ts';
import type { MethodHandlers, OpenedServices, ServicesOptions } from '../door/services.ts';
import { createHost, type Host } from '../host/host.ts';
import { devices } from '../host/without-records.ts';
import { DataService } from './data.ts';
import { DocumentsService } from './documents.ts';
import { DraftsService } from './drafts.ts';
import { listFolder } from './folders.ts';
import { MachineRatesService } from './machine-rates.ts';
import { RunControl } from './run-control.ts';
import { RunHub } from './run-hub.ts';
import { RunModels } from './run-models.ts';
import { RunRecords } from './run-records.ts';
import { SettingsService } from './settings.ts';
import { UploadsService } from './uploads.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface CreateOptions extends ServicesOptions {
  /** Folder of the bundled example documents; beside the sources unless given. */
  readonly templatesFolder?: string;
}

/** Opens the home. @throws HomeLockedError when another process trains on it, FileError, StoreError */
export function createServices(options: CreateOptions = {}): OpenedServices {
  const {
    templatesFolder = fileURLToPath(new URL('../../resources/examples/', import.meta.url)),
    log = () => {},
    ...hostOptions
  } = options;
  const host = createHost(hostOptions);
  const parts = partsOf(host, templatesFolder);
  const { settings, hub, control, models, data } = parts;
  for (const notice of settings.notices) log(notice);
  return {
    methods: {
      ...homeMethods(host, parts, hostOptions.spawnWorker),
      ...recordMethods(host, parts),
      ...controlMethods(parts),
      ...modelMethods(parts),
    },
    streams: {
      runs: { subscribe: (_input, emit) => hub.watchAll(emit) },
      run: {
        subscribe: ({ run }, emit) => hub.watch(host.run(run).id, emit),
        readPoints: (run, key, fromStep, toStep) => host.store.metrics(host.run(run).id, key, { fromStep, toStep }),
        metricKeys: (run) => host.metricKeys(run),
      },
      settings: { subscribe: (_input, emit) => settings.subscribe(emit) },
    },
    close: async () => {
      control.close();
      await models.close();
      data.close();
      await host.close();
    },
  };
}

type Parts = ReturnType<typeof partsOf>;

function partsOf(host: Host, templatesFolder: string) {
  const { root } = host.home;
  const settings = SettingsService.open(root);
  const data = new DataService(host);
  const hub = new RunHub();
  const control = new RunControl(host, settings, data, hub);
  return {
    settings,
    data,
    hub,
    control,
    documents: new DocumentsService(root, templatesFolder),
    drafts: new DraftsService(root),
    uploads: new UploadsService(root),
    rates: MachineRatesService.of(host),
    records: new RunRecords(host, data),
    models: new RunModels(host, (run) => control.tell(run)),
  };
}

function homeMethods(
  host: Host,
  { settings, documents, drafts, uploads, data, rates, control }: Parts,
  spawnWorker: ServicesOptions['spawnWorker'],
) {
  let known: Promise<readonly DeviceInfo[]> | undefined;
  return {
    'app.info': () => appInfo(host, settings.notices),
    'app.devices': () => (known ??= devices(spawnWorker).then((found) => found.devices)),
    'machine.rates': ({ threads = control.usualThreads }) => rates.of(threads),
    'settings.get': () => settings.get(),
    'settings.set': (input) => settings.set(input),
    'documents.templates': () => documents.templates(),
    'documents.recent': () => documents.recent(),
    'documents.open': (input) => documents.open(input),
    'documents.save': (input) => documents.save(input),
    'drafts.list': () => drafts.list(),
    'drafts.save': (input) => drafts.save(input),
    'drafts.remove': (input) => drafts.remove(input),
    'files.list': (input) => listFolder(input),
    'files.upload': (input) => uploads.take(input),
    'data.sources': () => data.sources(),
    'data.info': (input, context) => data.info(input, context),
    'data.summary': (input, context) => data.summary(input, context),
    'data.samples': (input, context) => data.samples(input, context),
  } satisfies Partial<MethodHandlers>;
}

function recordMethods(host: Host, { records }: Parts) {
  const { store } = host;
  return {
    'runs.list': (filter) => host.runs(withoutUndefined(filter)),
    'runs.get': ({ run }) => host.run(run),
    'runs.experiments': () => store.experiments(),
    'runs.params': ({ runs }) => store.paramsOf(runs),
    'runs.lastMetrics': ({ runs }) => store.lastMetricsOf(runs),
    'runs.metricKeys': ({ run }) => host.metricKeys(run),
    'runs.metrics': (input) => records.metrics(input),
    'runs.events': ({ run }) => host.events(run),
    'runs.scores': ({ runs }) => store.scoresOf(runs),
    'runs.norms': ({ run }) => store.norms(host.run(run).id),
    'runs.insights': ({ run }) => store.insightMoments(host.run(run).id),
    'runs.insight': (input) => records.insight(input),
    'runs.artifacts': ({ run }) => host.artifacts(run),
    'runs.model': (input, context) => records.model(input, context),
    'runs.moments': (input) => records.moments(input),
    'runs.momentSamples': (input) => records.momentSamples(input),
  } satisfies Partial<MethodHandlers>;
}

function controlMethods({ control, models }: Parts) {
  return {
    'runs.edit': (input) => control.edit(input),
    'runs.delete': async (input) => {
      await control.delete(input);
      models.forget(input.runs);
      return null;
    },
    'runs.start': (input, context) => control.start(input, context),
    'runs.resume': (input, context) => control.resume(input, context),
    'runs.replay': (input, context) => control.replay(input, context),
    'runs.fork': (input, context) => control.fork(input, context),
    'runs.step': ({ run }) => control.steer(run, (handle) => handle.step()),
    'runs.pause': ({ run }) => control.steer(run, (handle) => handle.pause()),
    'runs.continue': ({ run }) => control.steer(run, (handle) => handle.continue()),
    'runs.queue': () => control.waiting,
    'runs.stop': (input) => control.stop(input),
    'runs.turn': ({ run, scalar, value }) => control.steer(run, (handle) => handle.turn(scalar, value)),
  } satisfies Partial<MethodHandlers>;
}

function modelMethods({ models }: Parts) {
  return {
    'runs.sample': ({ run, step, ...draw }, context) => models.ask({ run, step }, { kind: 'sample', ...draw }, context),
    'runs.decode': ({ run, step, ...codes }, context) =>
      models.ask({ run, step }, { kind: 'decode', ...codes }, context),
    'runs.encode': ({ run, step, ...wanted }, context) =>
      models.ask({ run, step }, { kind: 'encode', ...wanted }, context),
    'runs.judge': ({ run, step, ...wanted }, context) =>
      models.ask({ run, step }, { kind: 'judge', ...wanted }, context),
    'runs.explain': ({ run, step, ...wanted }, context) =>
      models.ask({ run, step }, { kind: 'explain', ...wanted }, context),
    'runs.strip': ({ run, step, ...draw }, context) => models.ask({ run, step }, { kind: 'strip', ...draw }, context),
    'runs.nearest': ({ run, step, ...draw }, context) =>
      models.ask({ run, step }, { kind: 'nearest', ...draw }, context),
    'runs.evaluate': (input, context) => models.evaluate(input, context),
    'runs.export': (input, context) => models.export(input, context),
    'runs.report': (input, context) => models.report(input, context),
  } satisfies Partial<MethodHandlers>;
}

function appInfo(host: Host, notices: readonly string[]): AppInfo {
  return {
    version: packageInfo.version,
    home: host.home.root,
    platform: process.platform,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    notices,
  };
}
