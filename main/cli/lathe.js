#!/usr/bin/env node
/** The `lathe` command. It is JavaScript so that a Node too old to run TypeScript can still say so in plain words. */
import module from 'node:module';
import process from 'node:process';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`lathe needs Node.js 22.18 or newer, found ${process.versions.node} (${process.execPath})\n`);
  process.exitCode = 1;
} else {
  // Compiled code is kept between calls, for workers too: it halves the time to start.
  const { directory } = module.enableCompileCache();
  if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory;
  const { runCli } = await import('./main.ts');
  process.exitCode = await runCli(process.argv.slice(2));
}
