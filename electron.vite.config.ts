/** Builds the desktop shell and the screens: `out/main`, `out/preload` and `out/renderer`. */
import { cpSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string): string => resolve(import.meta.dirname, path);

/** The host finds its example documents beside its folder, built or not. */
const copyResources = {
  name: 'copy-resources',
  closeBundle: () => cpSync(at('resources'), at('out/resources'), { recursive: true }),
};

export default defineConfig({
  main: {
    plugins: [copyResources],
    build: {
      // What is in "dependencies" stays an import: native modules above all.
      externalizeDeps: true,
      outDir: at('out'),
      emptyOutDir: false,
      rolldownOptions: {
        // Processes of their own stand beside the modules that start them.
        input: Object.fromEntries(
          ['main/electron/main', 'main/host/runs/worker', 'main/host/compute/probe'].map((name) => [
            name,
            at(`${name}.ts`),
          ]),
        ),
        // One file a module, in the folders of the sources: paths relative to a module mean the same in both.
        output: { preserveModules: true, preserveModulesRoot: at('.'), entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload script is one CommonJS file.
      externalizeDeps: false,
      isolatedEntries: true,
      outDir: at('out/preload'),
      rolldownOptions: {
        input: { preload: at('preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      minify: true,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: at('renderer/index.html') },
    },
  },
});
