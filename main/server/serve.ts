/** `node main/server/serve.ts [--home DIR] [--port N]`: the host behind a local server, until it is told to end. */
import module from 'node:module';
import process from 'node:process';

// Compiled code is kept between starts, for workers too: it halves the time to start. Only what is imported later is.
const { directory } = module.enableCompileCache();
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory;
const { serve } = await import('./serving.ts');
await serve();
