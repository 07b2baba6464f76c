/** From the text of a model document to plain, checked data: every fault is reported, with its place. */
import { nearestName } from '../nn/nearest-name.ts';
import type { BlockSpecs, NetworkSpec } from '../nn/network-spec.ts';
import type { DocumentPath } from '../nn/network.ts';
import { taskTable } from '../tasks/task-table.ts';
import type { TaskDefinition } from '../tasks/task.ts';
import { builtinSourceNames, sourceKinds } from './builtin-data.ts';
import { parseSection, show } from './field-findings.ts';
import { formatPath, type Finding, type Issue } from './issue.ts';
import { migrate } from './migrations.ts';
import { readNetworks, type NetworkSection } from './network-section.ts';
import { isRecord } from './schema-walk.ts';
import {
  canvasSchema,
  dataSchema,
  descriptionSchema,
  documentNameSchema,
  documentVersion,
  nameSchema,
  trainingSchema,
  type CanvasSection,
  type DataSection,
  type TrainingSection,
} from './schema.ts';
import { orderIssues, readSource } from './source-text.ts';
import { suggestion } from './suggest.ts';

/** The task section: its family, and the family's fields with their defaults filled in. */
export interface TaskSection {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A whole model document: plain JSON with every default of the fixed sections filled in. */
export interface ModelDocument {
  readonly lathe: typeof documentVersion;
  readonly name: string;
  readonly description?: string;
  readonly data: DataSection;
  readonly task: TaskSection;
  readonly networks: Readonly<Record<string, NetworkSpec>>;
  readonly blocks?: BlockSpecs;
  readonly training: TrainingSection;
  readonly canvas?: CanvasSection;
}

export interface ParseResult {
  /** Undefined while there is an error. */
  readonly document?: ModelDocument;
  /** Errors and warnings in the order of the text. */
  readonly issues: readonly Issue[];
}

/** What could be made out of a document, section by section; fields at fault are read as if they were left out. */
export interface DocumentParts {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly data: DataSection | undefined;
  /** Its configuration is undefined when nothing sensible is left of it. */
  readonly task: { readonly definition: TaskDefinition; readonly config: TaskSection | undefined } | undefined;
  readonly networks: NetworkSection;
  readonly training: TrainingSection | undefined;
  readonly canvas: CanvasSection | undefined;
}

export interface PartialResult {
  /** Undefined when the text is no object of a version that is known. */
  readonly parts: DocumentParts | undefined;
  readonly issues: readonly Issue[];
  readonly locate: (finding: Finding) => Issue;
}

/** Parses a document whole. Whether its layers fit each other and the data is `checkDocument`'s question. */
export function parseDocument(text: string): ParseResult {
  const { parts, issues } = parseParts(text);
  const ordered = orderIssues(issues);
  if (!parts || issues.some((issue) => issue.severity === 'error')) return { issues: ordered };
  return { document: assemble(parts), issues: ordered };
}

/** Parses a document section by section, so that what is right can be used while something else is wrong. */
export function parseParts(text: string): PartialResult {
  const source = readSource(text);
  const { locate } = source;
  const findings: Finding[] = [];
  const finish = (parts: DocumentParts | undefined): PartialResult => ({
    parts,
    issues: [...source.issues, ...findings.map(locate)],
    locate,
  });
  if (source.value === undefined) return finish(undefined);
  if (!isRecord(source.value)) {
    findings.push({
      code: 'wrongType',
      message: `a model document is an object, found ${show(source.value)}`,
      path: [],
      expected: 'an object',
    });
    return finish(undefined);
  }
  const version = checkVersion(source.value.lathe);
  if (typeof version !== 'number') {
    findings.push(version);
    if (version.code === 'unsupportedVersion') return finish(undefined);
  }
  const value = migrate(source.value, typeof version === 'number' ? version : documentVersion);
  findings.push(...unknownSections(value));
  return finish(parseSections(value, (...found) => void findings.push(...found)));
}

type Report = (...findings: readonly Finding[]) => void;

/** `$schema` is for editors, and ignored. */
const sections = [
  '$schema',
  'lathe',
  'name',
  'description',
  'data',
  'task',
  'networks',
  'blocks',
  'training',
  'canvas',
] as const;

function unknownSections(value: Readonly<Record<string, unknown>>): readonly Finding[] {
  const unknown = Object.keys(value).filter((key) => !(sections as readonly string[]).includes(key));
  return unknown.map((key) => {
    const hint = suggestion(key, sections);
    return {
      code: 'unknownField',
      message: `the document has no field '${key}'`,
      path: [key],
      atKey: true,
      found: key,
      ...(hint && { hint }),
    };
  });
}

/** The document's version when this release can read it, else what is wrong with it. */
function checkVersion(found: unknown): number | Finding {
  const path = ['lathe'];
  const hint = `write "lathe": ${documentVersion}`;
  if (found === undefined)
    return { code: 'missingField', message: "field 'lathe', the version of the document, is missing", path, hint };
  if (typeof found !== 'number' || !Number.isSafeInteger(found) || found < 1) {
    return {
      code: 'wrongType',
      message: `lathe: expected a version number, found ${show(found)}`,
      path,
      found: show(found),
      hint,
    };
  }
  if (found <= documentVersion) return found;
  const message = `the document is of version ${found}; this Lathe reads versions up to ${documentVersion}`;
  return {
    code: 'unsupportedVersion',
    message,
    path,
    expected: `at most ${documentVersion}`,
    found: String(found),
    hint: 'open it with a newer Lathe',
  };
}

function parseSections(value: Readonly<Record<string, unknown>>, report: Report): DocumentParts {
  const section = <T>(key: string, schema: Parameters<typeof parseSection<T>>[0]): T | undefined => {
    const result = parseSection(schema, Object.hasOwn(value, key) ? value[key] : undefined, [key]);
    const swallowed = Object.hasOwn(value, key) && value[key] === undefined;
    if (!swallowed) report(...result.findings);
    return result.value;
  };
  const networks = readNetworks(value.networks, value.blocks);
  const task = parseTask(value.task, report);
  const parts: DocumentParts = {
    name: section('name', documentNameSchema),
    description: section('description', descriptionSchema.optional()),
    data: section('data', dataSchema),
    task,
    networks,
    training: section('training', trainingSchema),
    canvas: section('canvas', canvasSchema.optional()),
  };
  report(
    ...networks.findings,
    ...checkSource(value.data),
    ...checkLength(value.training),
    ...checkNames(value, networks, task?.definition),
  );
  return parts;
}

function parseTask(value: unknown, report: Report): DocumentParts['task'] {
  const type = isRecord(value) ? value.type : undefined;
  const known = Object.keys(taskTable);
  if (typeof type !== 'string') {
    const at = isRecord(value) ? ['task', 'type'] : ['task'];
    const found = isRecord(value) ? type : value;
    const expected = `one of ${known.join(', ')}`;
    const missing = found === undefined;
    const words = missing
      ? `field '${formatPath(at)}' is missing`
      : `${formatPath(at)}: expected a text, found ${show(found)}`;
    report({
      code: missing ? 'missingField' : 'wrongType',
      message: `${words}; expected ${expected}`,
      path: at,
      expected,
    });
    return undefined;
  }
  if (!Object.hasOwn(taskTable, type)) {
    const hint = suggestion(type, known);
    const message = `there is no task '${type}'`;
    report({
      code: 'unknownTask',
      message,
      path: ['task', 'type'],
      expected: `one of ${known.join(', ')}`,
      found: type,
      ...(hint && { hint }),
    });
    return undefined;
  }
  const definition = taskTable[type];
  const { value: config, findings } = parseSection(definition.schema, value, ['task']);
  report(...findings);
  return { definition, config: config as TaskSection | undefined };
}

/** Whether the source is of a known kind and, for built-in data, exists. */
function checkSource(data: unknown): readonly Finding[] {
  const source = isRecord(data) ? data.source : undefined;
  if (typeof source !== 'string' || source === '') return [];
  const path = ['data', 'source'];
  const kind = source.slice(0, Math.max(0, source.indexOf(':')));
  if (kind === 'builtin') {
    if (builtinSourceNames.includes(source)) return [];
    const hint = suggestion(source, builtinSourceNames);
    return [
      {
        code: 'unknownData',
        message: `there is no data set ${show(source)}`,
        path,
        found: source,
        ...(hint && { hint }),
      },
    ];
  }
  const place = source.slice(kind.length + 1);
  if ((sourceKinds as readonly string[]).includes(kind) && place !== '') return [];
  const near = nearestName(kind, sourceKinds);
  const expected = 'builtin:NAME, idx:FOLDER, cifar:FOLDER, images:FOLDER, table:FILE.csv or npy:FILE';
  const hint = place !== '' && near && near !== kind ? `did you mean '${near}:'?` : undefined;
  const message = `data.source: expected ${expected}, found ${show(source)}`;
  return [{ code: 'unknownData', message, path, expected, found: source, ...(hint && { hint }) }];
}

/** Exactly one of steps and epochs. */
function checkLength(training: unknown): readonly Finding[] {
  if (!isRecord(training)) return [];
  const given = ['steps', 'epochs'].filter((key) => Object.hasOwn(training, key));
  if (given.length === 1) return [];
  if (given.length === 0) {
    const misspelt = Object.keys(training).some(
      (key) => !Object.hasOwn(trainingSchema.shape, key) && nearestName(key, ['steps', 'epochs']),
    );
    if (misspelt) return [];
    const hint = 'write for example "steps": 3000';
    return [
      {
        code: 'missingField',
        message: "training: one of 'steps' and 'epochs' is missing",
        path: ['training', 'steps'],
        hint,
      },
    ];
  }
  const message = "training: 'steps' and 'epochs' exclude each other, found both";
  return [
    { code: 'conflictingFields', message, path: ['training', 'epochs'], atKey: true, hint: 'remove one of them' },
  ];
}

/** Networks that the task misses or does not use, and settings for networks that do not exist. */
function checkNames(
  value: Readonly<Record<string, unknown>>,
  networks: NetworkSection,
  task: TaskDefinition | undefined,
): readonly Finding[] {
  const names = [...networks.names];
  const training = isRecord(value.training) ? value.training : {};
  const own = isRecord(training.optimizers) ? Object.keys(training.optimizers) : [];
  const unknown = own.filter((name) => nameSchema.safeParse(name).success && !networks.names.has(name));
  const findings = unknown.map((name): Finding => {
    const hint = suggestion(name, names);
    const path: DocumentPath = ['training', 'optimizers', name];
    return {
      code: 'unknownNetwork',
      message: `training.optimizers: there is no network '${name}'`,
      path,
      atKey: true,
      ...(hint && { hint }),
    };
  });
  return task && isRecord(value.networks)
    ? [...findings, ...missingNetworks(task, names), ...unusedNetworks(task, names)]
    : findings;
}

function missingNetworks(task: TaskDefinition, names: readonly string[]): readonly Finding[] {
  const missing = Object.entries(task.networks).filter(([name]) => !names.includes(name));
  const spare = names.filter((name) => !Object.hasOwn(task.networks, name));
  return missing.map(([name, { purpose }]) => {
    const near = nearestName(name, spare) ?? (spare.length === 1 && missing.length === 1 ? spare[0] : undefined);
    const hint = near ? `rename '${near}' to '${name}'` : undefined;
    const message = `task '${task.type}' needs a network '${name}': ${purpose}`;
    return {
      code: 'missingNetwork',
      message,
      path: ['networks'],
      atKey: true,
      expected: Object.keys(task.networks).join(', '),
      ...(hint && { hint }),
    };
  });
}

function unusedNetworks(task: TaskDefinition, names: readonly string[]): readonly Finding[] {
  const unused = names.filter((name) => !Object.hasOwn(task.networks, name));
  return unused.map((name) => ({
    severity: 'warning',
    code: 'unusedNetwork',
    message: `task '${task.type}' does not use network '${name}'; it uses ${Object.keys(task.networks).join(', ')}`,
    path: ['networks', name],
    atKey: true,
  }));
}

/** The parts of a faultless document. */
function assemble(parts: DocumentParts): ModelDocument {
  const { name, description, data, task, networks, training, canvas } = parts;
  if (name === undefined || !data || !task?.config || !training)
    throw new Error('a section of a document without errors is missing');
  const blocks = Object.keys(networks.blocks).length > 0 ? { blocks: networks.blocks } : {};
  return {
    lathe: documentVersion,
    name,
    ...(description !== undefined && { description }),
    data,
    task: task.config,
    networks: networks.specs,
    ...blocks,
    training,
    ...(canvas && { canvas }),
  };
}
