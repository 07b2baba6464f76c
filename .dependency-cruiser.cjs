/**
 * Who may import whom. Each rule carries its reason in `comment`, which `npm run check` prints beside a violation.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const { join } = require('node:path');

/** The rooms of core and the rooms below each that it may use. A room missing here may not exist. */
const coreRooms = {
  tensor: [],
  random: ['tensor'],
  data: ['tensor', 'random'],
  graph: ['tensor', 'random', 'data'],
  ops: ['tensor', 'random', 'data', 'graph'],
  autodiff: ['tensor', 'random', 'data', 'graph', 'ops'],
  onnx: ['tensor', 'random', 'data', 'graph', 'ops'],
  program: ['tensor', 'random', 'data', 'graph', 'ops'],
  nn: ['tensor', 'random', 'data', 'graph', 'ops', 'program'],
  optim: ['tensor', 'random', 'data', 'graph', 'ops', 'autodiff', 'program'],
  tasks: ['tensor', 'random', 'data', 'graph', 'ops', 'autodiff', 'onnx', 'program', 'nn', 'optim'],
  spec: ['tensor', 'random', 'data', 'graph', 'ops', 'autodiff', 'onnx', 'program', 'nn', 'optim', 'tasks'],
  metrics: ['tensor', 'random', 'data'],
};
const rooms = [...Object.keys(coreRooms), 'protocol'];
const coreLibraries = ['zod', 'jsonc-parser', '@bufbuild/protobuf', 'ml-matrix'];

const library = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

function rule(name, comment, from, to) {
  return { name, severity: 'error', comment, from, to };
}

/** Only the folders matched by `allowed` may import the packages named. */
function onlyIn(name, comment, allowed, ...packages) {
  return rule(name, comment, { pathNot: [`^(${allowed})/`, '^(tests|node_modules)/'] }, { path: library(...packages) });
}

const downwards = Object.entries(coreRooms).map(([room, below]) =>
  rule(
    `core-${room}-downwards`,
    `core/${room} may use ${below.length === 0 ? 'no other room' : below.join(', ')} of core: layers that import only downwards can be read, tested and replaced one at a time.`,
    { path: `^core/${room}/` },
    { path: '^core/', pathNot: `^core/(${[room, ...below].join('|')})/` },
  ),
);

const core = [
  ...downwards,
  rule(
    'core-rooms-are-named',
    'Every file of core stands in a room listed in .dependency-cruiser.cjs: a room without a place in the order would be free to import anything.',
    { path: '^core/', pathNot: `^core/(${rooms.join('|')})/` },
    {},
  ),
  rule(
    'core-protocol-parses-only',
    'core/protocol types the boundary and parses what crosses it; a value of the engine imported there would put the engine into every client.',
    { path: '^core/protocol/' },
    { pathNot: '^core/protocol/|(^|/)node_modules/zod/', dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'nothing-in-core-needs-protocol',
    'The protocol speaks about the engine; the engine does not know that it is spoken about.',
    { path: '^core/', pathNot: '^core/protocol/' },
    { path: '^core/protocol/' },
  ),
  rule(
    'core-is-alone',
    'core is what a model is: it knows no application around it.',
    { path: '^core/' },
    { path: '^(main|preload|renderer|scripts|bench)/' },
  ),
  rule(
    'core-without-node',
    'core runs in a browser, a worker and Node alike, so it imports nothing that only Node has.',
    { path: '^core/' },
    { dependencyTypes: ['core'] },
  ),
  rule(
    'core-libraries',
    `Third parties in core are ${coreLibraries.join(', ')}: pure JavaScript that runs wherever core does. Add one here with care.`,
    { path: '^core/' },
    { path: '(^|/)node_modules/', pathNot: library(...coreLibraries) },
  ),
];

const host = [
  rule(
    'host-has-no-face',
    'main/host is the application without a face: it uses core, Node and its own files, and no shell or screen.',
    { path: '^main/host/' },
    { path: '^(main|preload|renderer|scripts|bench)/', pathNot: '^main/host/' },
  ),
  rule(
    'workers-never-reach-the-store',
    'One process writes the database. A worker that could open it, however indirectly, would be a second writer.',
    { path: '^main/host/runs/worker[^/]*\\.ts$' },
    { path: '^main/host/store/', reachable: true },
  ),
  onlyIn('sqlite-in-the-store', 'One place knows SQL and owns the connection.', 'main/host/store', 'better-sqlite3'),
  onlyIn(
    'onnxruntime-in-one-room',
    'One place knows the runtime, so a second engine can stand beside it.',
    'main/host/onnxruntime',
    'onnxruntime-node',
  ),
  rule(
    'sessions-from-one-door',
    'main/host/compute chooses the engine by the device: whoever made sessions himself would know one engine only. Exported files are checked in ONNX Runtime, for which they are.',
    { path: '^main/', pathNot: '^main/host/(compute|onnxruntime|tensorflow|export)/' },
    { path: '^main/host/(onnxruntime/session\\.ts|tensorflow/)' },
  ),
  onlyIn(
    'tensorflow-in-one-room',
    'TensorFlow.js is optional and patched before it loads; only its own room may know that.',
    'main/host/tensorflow|bench/peers',
    '@tensorflow/[^/]+',
  ),
  onlyIn(
    'sharp-where-pictures-are',
    'sharp is native code for decoding, resizing and writing pictures: data sets, reports and the script that draws the gallery need it, nothing else does.',
    'main/host/(data|report|images)|scripts',
    'sharp',
  ),
];

const shells = [
  rule(
    'terminal-uses-the-host',
    'The command line uses main/host/host.ts (or, without records, main/host/without-records.ts) and core: what it needs of the host is offered there.',
    { path: '^main/cli/' },
    { path: '^(main|preload|renderer|scripts|bench)/', pathNot: '^main/host/(host|without-records)\\.ts$|^main/cli/' },
  ),
  rule(
    'windows-enter-by-the-door',
    'A shell with windows passes their messages to the door, where every input is parsed, and opens the services behind it; it knows nothing else, least of all another shell.',
    { path: '^main/(server|electron)/' },
    {
      path: '^(main|preload|renderer|scripts|bench)/',
      pathNot: '^main/door/|^main/services/create-services\\.ts$|^main/host/(host|without-records)\\.ts$|^main/$1/',
    },
  ),
  rule(
    'door-knows-no-room',
    'The door parses and passes on: it knows the types of what is behind it and nothing of how it is done.',
    { path: '^main/door/' },
    { path: '^(main|preload|renderer|scripts|bench)/', pathNot: '^main/door/', dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'services-know-no-shell',
    'Services answer whoever asks through the door.',
    { path: '^main/services/' },
    { path: '^(main/(cli|server|electron)|preload|renderer|scripts|bench)/' },
  ),
  onlyIn('sockets-in-the-server', 'One shell speaks to browsers.', 'main/server', 'ws'),
  rule(
    'cli-without-libraries',
    'The command line needs core, Node and the host.',
    { path: '^main/cli/' },
    { path: '(^|/)node_modules/' },
  ),
  rule(
    'headless-never-reaches-electron',
    'The command line and the local server start on machines without Electron.',
    { path: '^main/(cli|server|host|door|services)/' },
    { path: '^main/electron/|(^|/)node_modules/electron/', reachable: true },
  ),
];

const screens = [
  rule(
    'screens-use-core-only',
    'The renderer and the bridge run without Node and talk to the host through messages.',
    { path: '^(renderer|preload)/' },
    { path: '^(main|scripts|bench)/' },
  ),
  rule('renderer-without-node', 'The renderer is a web page.', { path: '^renderer/' }, { dependencyTypes: ['core'] }),
  rule(
    'features-stand-alone',
    'A feature never imports another feature; what two share moves to components or client.',
    { path: '^renderer/features/([^/]+)/' },
    { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
  ),
  onlyIn('react-flow-on-the-canvas', 'One place draws graphs.', 'renderer/canvas', '@xyflow/[^/]+'),
  onlyIn('monaco-in-the-editor', 'One place edits text.', 'renderer/features/[^/]*editor', 'monaco-editor'),
];

const everywhere = [
  rule(
    'no-circles',
    'Modules in a circle can only be understood, tested and loaded together. Types count too.',
    {},
    { circular: true },
  ),
  rule('nothing-imports-tests', 'Tests are leaves.', { pathNot: '^tests/' }, { path: '^tests/' }),
  rule(
    'no-unresolvable',
    'Every import leads to a file, an installed package, or what only Electron itself provides.',
    {},
    { couldNotResolve: true, pathNot: '^electron/(main|renderer)$' },
  ),
  rule(
    'declared-packages',
    'A package that package.json does not name is there by luck.',
    { pathNot: '(^|/)node_modules/' },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  rule(
    'no-development-package-at-run-time',
    'devDependencies are absent where the product is installed; Electron itself is provided by its shell.',
    { path: '^(core|main)/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: library('electron') },
  ),
];

module.exports = {
  forbidden: [...core, ...host, ...shells, ...screens, ...everywhere],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports count: a layer that knows another's types knows the layer.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: join(__dirname, 'tsconfig.json') },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
