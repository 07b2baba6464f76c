/** Trains a document in a home until somebody ends it; tells the worker's id and each checkpoint. */
import { createHost } from '../../../../main/host/host.ts';

const [home, document] = process.argv.slice(2);
const host = createHost({ home });
const run = await host.train(document, '.', { threads: 1, onUpdate: ({ type }) => console.log(type) });
console.log(`${JSON.stringify({ pid: run.workerPid, id: run.id })}`);
