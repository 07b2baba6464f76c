/** What Lathe is built on, with the licence of each: what ships in the product, not what builds it. */

export interface Licence {
  readonly name: string;
  readonly licence: string;
}

export const licences: readonly Licence[] = [
  { name: '@bufbuild/protobuf', licence: 'Apache-2.0 and BSD-3-Clause' },
  { name: '@dagrejs/dagre', licence: 'MIT' },
  { name: '@tensorflow/tfjs-backend-cpu', licence: 'Apache-2.0' },
  { name: '@tensorflow/tfjs-backend-wasm', licence: 'Apache-2.0' },
  { name: '@tensorflow/tfjs-backend-webgpu', licence: 'Apache-2.0' },
  { name: '@tensorflow/tfjs-core', licence: 'Apache-2.0' },
  { name: '@xyflow/react', licence: 'MIT' },
  { name: 'better-sqlite3', licence: 'MIT' },
  { name: 'csv-parse', licence: 'MIT' },
  { name: 'electron', licence: 'MIT' },
  { name: 'jsonc-parser', licence: 'MIT' },
  { name: 'ml-matrix', licence: 'MIT' },
  { name: 'monaco-editor', licence: 'MIT' },
  { name: 'onnxruntime-node', licence: 'MIT' },
  { name: 'react', licence: 'MIT' },
  { name: 'react-aria-components', licence: 'Apache-2.0' },
  { name: 'react-dom', licence: 'MIT' },
  { name: 'libvips (in sharp)', licence: 'LGPL-3.0-or-later' },
  { name: 'sharp', licence: 'Apache-2.0' },
  { name: 'umap-js', licence: 'MIT' },
  { name: 'uplot', licence: 'MIT' },
  { name: 'ws', licence: 'MIT' },
  { name: 'zod', licence: 'MIT' },
  { name: 'zustand', licence: 'MIT' },
];
