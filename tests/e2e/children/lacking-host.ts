/** The host behind its server, as serve.ts is, on a machine whose device lacks two operators: `… --home DIR --port N`. */
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { startServer } from '../../../main/server/server.ts';
import { createServices } from '../../../main/services/create-services.ts';
import { spawnLacking } from '../../host/runs/lacking-device.ts';

const { values } = parseArgs({
  allowPositionals: true, // the program that is started in its place
  options: { home: { type: 'string', default: '' }, port: { type: 'string', default: '0' } },
});
const services = createServices({ home: values.home, spawnWorker: spawnLacking });
const server = await startServer({
  services,
  rendererFolder: join(import.meta.dirname, '../../../out/renderer'),
  port: Number(values.port),
  log: (line) => console.error(line),
  onNextLink: (link) => console.log(link),
});
console.log(server.link);
process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => services.close())
    .then(() => process.exit(0));
});
