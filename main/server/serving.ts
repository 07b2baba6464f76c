/** The host behind a local server as a program: its options, its link, its end. */
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createServices } from '../services/create-services.ts';
import { startServer } from './server.ts';

const rendererFolder = join(import.meta.dirname, '../../out/renderer');
const log = (line: string): void => console.error(`lathe: ${line}`);

interface ServeOptions {
  readonly home: string | undefined;
  readonly port: number;
}

function readOptions(): ServeOptions {
  const { values } = parseArgs({ options: { home: { type: 'string' }, port: { type: 'string', default: '0' } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port is a number from 0 to 65535, found '${values.port}'`);
  return { home: values.home, port };
}

/** Prints the link on a line of its own, first of all, for whoever started this; then serves. */
async function listen({ home, port }: ServeOptions): Promise<void> {
  const services = createServices({ log, keepsSpareWorker: true, ...(home !== undefined && { home }) });
  const server = await startServer({
    services,
    rendererFolder,
    port,
    log,
    onNextLink: (link) => console.log(`For another window: ${link}`),
  });
  console.log(server.link);
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await server.close();
    await services.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
}

/** Serves as the command line says; what keeps it from starting is told in a line, and the exit code is 1. */
export async function serve(): Promise<void> {
  try {
    await listen(readOptions());
  } catch (error) {
    console.error(`lathe: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
