/** The boundaries check finds a breach of every one of its rules, and is silent about a tree that keeps them. */
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { boundaryProblems, unseenFiles } from '../../scripts/checks/boundaries.ts';
import { plantTree, plantedPackage } from './planted-tree.ts';

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
};

const packages = {
  ...plantedPackage('better-sqlite3'),
  ...plantedPackage('onnxruntime-node'),
  ...plantedPackage('@tensorflow/tfjs-node-gpu'),
  ...plantedPackage('sharp'),
  ...plantedPackage('zod'),
  ...plantedPackage('ws'),
  ...plantedPackage('react'),
  ...plantedPackage('electron'),
  ...plantedPackage('@xyflow/react'),
  ...plantedPackage('monaco-editor'),
  ...plantedPackage('undeclared'),
};
const packageJson = JSON.stringify({
  name: 'planted',
  type: 'module',
  dependencies: {
    'better-sqlite3': '1',
    'onnxruntime-node': '1',
    '@tensorflow/tfjs-node-gpu': '1',
    sharp: '1',
    zod: '1',
    ws: '1',
    '@xyflow/react': '1',
    'monaco-editor': '1',
  },
  devDependencies: { react: '1', electron: '1' },
});

const leaf = 'export const value = 1;\nexport interface Shape {\n  readonly size: number;\n}\n';
const uses = (...targets: readonly string[]): string =>
  targets.map((target, i) => `export { value as value${i} } from '${target}';\n`).join('') + leaf;

const soundTree: Readonly<Record<string, string>> = {
  ...packages,
  'package.json': packageJson,
  'core/tensor/tensor.ts': leaf,
  'core/random/random.ts': uses('../tensor/tensor.ts'),
  'core/graph/graph.ts': uses('../random/random.ts', '../tensor/tensor.ts'),
  'core/ops/ops.ts': uses('../graph/graph.ts'),
  'core/nn/dense.ts': uses('../ops/ops.ts'),
  'core/spec/spec.ts': uses('../nn/dense.ts', 'zod'),
  'core/protocol/protocol.ts': `import type { Shape } from '../spec/spec.ts';\nexport type Size = Shape;\n`,
  'main/host/store/store.ts': uses('better-sqlite3', 'node:fs'),
  'main/host/host.ts': uses('./store/store.ts', '../../core/spec/spec.ts'),
  'main/host/runs/worker.ts': uses('../compute/create-session.ts'),
  'main/host/compute/create-session.ts': uses('../onnxruntime/session.ts'),
  'main/host/onnxruntime/session.ts': uses('onnxruntime-node'),
  'main/cli/lathe.ts': uses('../host/host.ts', './arguments.ts'),
  'main/cli/arguments.ts': leaf,
  'tests/host.test.ts': uses('../main/host/store/store.ts', 'better-sqlite3'),
};

/** Rule → files that break it; every rule of the configuration needs a row of its own. */
const breaches: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'core-tensor-downwards': {
    'core/tensor/up.ts': `import type { Shape } from '../graph/graph.ts';\nexport type Up = Shape;\n`,
  },
  'core-random-downwards': { 'core/random/up.ts': uses('../graph/graph.ts') },
  'core-data-downwards': { 'core/data/up.ts': uses('../graph/graph.ts') },
  'core-graph-downwards': { 'core/graph/up.ts': uses('../ops/ops.ts') },
  'core-ops-downwards': { 'core/ops/up.ts': uses('../nn/dense.ts') },
  'core-autodiff-downwards': { 'core/autodiff/up.ts': uses('../nn/dense.ts') },
  'core-onnx-downwards': { 'core/onnx/up.ts': uses('../nn/dense.ts') },
  'core-nn-downwards': { 'core/nn/up.ts': uses('../spec/spec.ts') },
  'core-optim-downwards': { 'core/optim/up.ts': uses('../nn/dense.ts') },
  'core-program-downwards': { 'core/program/up.ts': uses('../spec/spec.ts') },
  'core-tasks-downwards': { 'core/tasks/up.ts': uses('../spec/spec.ts') },
  'core-spec-downwards': { 'core/spec/up.ts': uses('../metrics/leaf.ts'), 'core/metrics/leaf.ts': leaf },
  'core-metrics-downwards': { 'core/metrics/up.ts': uses('../graph/graph.ts') },
  'core-rooms-are-named': { 'core/attic/attic.ts': uses('../tensor/tensor.ts') },
  'core-protocol-parses-only': { 'core/protocol/value.ts': uses('../tensor/tensor.ts') },
  'nothing-in-core-needs-protocol': {
    'core/nn/speaks.ts': `import type { Size } from '../protocol/protocol.ts';\nexport type Speaks = Size;\n`,
  },
  'core-is-alone': { 'core/nn/host.ts': uses('../../main/cli/arguments.ts') },
  'core-without-node': { 'core/nn/node.ts': uses('node:fs') },
  'core-libraries': { 'core/nn/library.ts': uses('sharp') },
  'host-has-no-face': { 'main/host/face.ts': uses('../cli/arguments.ts') },
  'workers-never-reach-the-store': {
    'main/host/runs/worker-sampling.ts': uses('./helper.ts'),
    'main/host/runs/helper.ts': uses('../store/store.ts'),
  },
  'sqlite-in-the-store': { 'main/host/runs/database.ts': uses('better-sqlite3') },
  'onnxruntime-in-one-room': { 'main/host/runs/runtime.ts': uses('onnxruntime-node') },
  'sessions-from-one-door': { 'main/host/runs/engine.ts': uses('../onnxruntime/session.ts') },
  'tensorflow-in-one-room': { 'main/host/runs/tensorflow.ts': uses('@tensorflow/tfjs-node-gpu') },
  'sharp-where-pictures-are': { 'main/host/runs/picture.ts': uses('sharp') },
  'terminal-uses-the-host': { 'main/cli/burglar.ts': uses('../host/store/store.ts') },
  'windows-enter-by-the-door': { 'main/server/burglar.ts': uses('../host/store/store.ts') },
  'door-knows-no-room': { 'main/door/curious.ts': uses('../host/host.ts') },
  'services-know-no-shell': { 'main/services/shell.ts': uses('../cli/arguments.ts') },
  'sockets-in-the-server': { 'main/host/runs/socket.ts': uses('ws') },
  'cli-without-libraries': { 'main/cli/library.ts': uses('zod') },
  'headless-never-reaches-electron': {
    'main/server/server.ts': uses('./window.ts'),
    'main/server/window.ts': uses('electron'),
  },
  'screens-use-core-only': { 'renderer/host.ts': uses('../main/cli/arguments.ts') },
  'renderer-without-node': { 'renderer/files.ts': uses('node:fs') },
  'features-stand-alone': {
    'renderer/features/runs/runs.ts': uses('../design/design.ts'),
    'renderer/features/design/design.ts': leaf,
  },
  'react-flow-on-the-canvas': { 'renderer/components/flow.ts': uses('@xyflow/react') },
  'monaco-in-the-editor': { 'renderer/components/text.ts': uses('monaco-editor') },
  'no-circles': {
    'core/nn/hen.ts': `import type { Egg } from './egg.ts';\nexport type Hen = Egg;\n`,
    'core/nn/egg.ts': `import type { Hen } from './hen.ts';\nexport type Egg = Hen;\n`,
  },
  'nothing-imports-tests': { 'main/host/tested.ts': uses('../../tests/host.test.ts') },
  'no-unresolvable': { 'main/host/lost.ts': uses('./nowhere.ts') },
  'declared-packages': { 'main/host/lucky.ts': uses('undeclared') },
  'no-development-package-at-run-time': { 'main/host/development.ts': uses('react') },
};

describe('boundaries', () => {
  test('a tree that keeps every rule has no problems', () => {
    expect(boundaryProblems(plantTree(soundTree))).toEqual([]);
  });

  test('every rule of the configuration gives its reason and has a breach planted here', () => {
    expect(Object.keys(breaches).sort()).toEqual(config.forbidden.map((rule) => rule.name).sort());
    expect(config.forbidden.filter((rule) => rule.comment.length < 10)).toEqual([]);
  });

  test('each planted breach is reported under its rule, at its file, with the reason', () => {
    const planted = Object.values(breaches).reduce((all, files) => ({ ...all, ...files }), soundTree);
    const problems = boundaryProblems(plantTree(planted));
    const missed = Object.entries(breaches).filter(([rule, files]) => {
      const { comment } = config.forbidden.find(({ name }) => name === rule)!;
      const reported = problems.filter((problem) => problem.includes(`${rule}: ${comment}`));
      return !reported.some((problem) => Object.keys(files).some((file) => problem.startsWith(file)));
    });
    expect(missed.map(([rule]) => rule)).toEqual([]);
  });

  test('a file the cruise did not see is a problem, and so is a folder without source', () => {
    expect(unseenFiles(['core/a.ts', 'core/b.ts'], new Set(['core/a.ts']))).toEqual(['core/b.ts']);
    expect(boundaryProblems(plantTree({ 'README.md': '' }))).toHaveLength(1);
  });
});
