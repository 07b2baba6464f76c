/** Messages of the wrong shape, size or order are refused with a code; the server and everyone else's window go on. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { ServerMessage } from '../../core/protocol/connection-messages.ts';
import { decodeFrame, encodeFrame } from '../../core/protocol/wire.ts';
import { largestMessage } from '../../main/server/sockets.ts';
import { rawSocket, startTestServer, type StartedServer } from './started-server.ts';

let started: StartedServer;
let socket: WebSocket;
let said: ServerMessage[];

beforeEach(async () => {
  started = await startTestServer();
  started.services.handle('app.info', () => ({ version: '1' }));
  socket = await openSocket();
  said = [];
  socket.on('message', (data) => said.push(decodeFrame(data as Buffer) as ServerMessage));
});

afterEach(async () => {
  socket.terminate();
  await started.stop();
});

async function openSocket(): Promise<WebSocket> {
  const opened = rawSocket(started, { cookie: await started.cookie() });
  opened.on('error', () => {});
  await once(opened, 'open');
  return opened;
}

const send = (message: unknown): void => socket.send(encodeFrame(message));
const nextSaid = (count = 1): Promise<void> => vi.waitFor(() => expect(said).toHaveLength(count));

/** A good request is answered: the connection lives. */
async function expectAlive(id = 1_000_000): Promise<void> {
  const before = said.length;
  send({ type: 'call', id, method: 'app.info', input: {} });
  await nextSaid(before + 1);
  expect(said.at(-1)).toEqual({ type: 'answer', id, output: { version: '1' } });
}

describe('a message of the wrong shape', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['a list', [1, 2]],
    ['a typed array', new Float32Array(4)],
    ['an empty object', {}],
    ['an unknown type', { type: 'shutdown', id: 1 }],
    ['a call without a number', { type: 'call', method: 'app.info', input: {} }],
    ['a call numbered 0', { type: 'call', id: 0, method: 'app.info', input: {} }],
    ['a call numbered NaN', { type: 'call', id: NaN, method: 'app.info', input: {} }],
    ['a call numbered by a word', { type: 'call', id: '1', method: 'app.info', input: {} }],
    ['a method that is no word', { type: 'call', id: 1, method: { toString: 1 }, input: {} }],
    ['a method of a thousand letters', { type: 'call', id: 1, method: 'x'.repeat(1000), input: {} }],
    ['more than belongs in it', { type: 'call', id: 1, method: 'app.info', input: {}, extra: 1 }],
    ['a prototype', JSON.parse('{"type":"call","id":1,"method":"app.info","input":{},"__proto__":{"x":1}}')],
  ])('is refused with a code and the connection lives: %s', async (_what, message) => {
    send(message);
    await nextSaid();
    expect(said[0]).toMatchObject({ type: 'fault', fault: { code: 'bad-message' } });
    await expectAlive();
  });

  it.each<[string, string, unknown, string]>([
    ['an unknown method', 'runs.destroyEverything', {}, 'unknown-method'],
    ['a property of every object', '__proto__', {}, 'unknown-method'],
    ['input that is missing', 'runs.get', undefined, 'bad-message'],
    ['no input', 'runs.get', null, 'bad-input'],
    ['input of another type', 'runs.get', 'run1', 'bad-input'],
    ['a field too many', 'runs.get', { run: 'a', also: 1 }, 'bad-input'],
    ['a number out of range', 'settings.set', { smoothing: 2 }, 'bad-input'],
    ['half a thread', 'machine.rates', { threads: 1.5 }, 'bad-input'],
    ['more threads than there are', 'machine.rates', { threads: 1e9 }, 'bad-input'],
    ['NaN for a number', 'settings.set', { smoothing: NaN }, 'bad-input'],
    ['words for bytes', 'files.upload', { batch: 'a', name: 'a', bytes: 'abc', offset: 0, last: true }, 'bad-input'],
    [
      'floats for bytes',
      'files.upload',
      { batch: 'a', name: 'a', bytes: new Float32Array(1), offset: 0, last: true },
      'bad-input',
    ],
    [
      'a path in a name for a batch',
      'files.upload',
      { batch: '../x', name: 'a', bytes: new Uint8Array(1), offset: 0, last: true },
      'bad-input',
    ],
    ['a document of many megabytes', 'documents.save', { path: '/home/x', text: 'x'.repeat(1_000_001) }, 'bad-input'],
  ])('with %s is refused where it is wrong', async (_what, method, input, code) => {
    send({ type: 'call', id: 1, method, input });
    await nextSaid();
    expect(said[0]).toMatchObject({ type: 'fault', id: 1, fault: { code } });
    await expectAlive();
  });

  it('for a stream is refused: unknown, wrong input, no such run', async () => {
    send({ type: 'subscribe', id: 1, stream: 'secrets', input: {} });
    send({ type: 'subscribe', id: 2, stream: 'run', input: {} });
    send({ type: 'subscribe', id: 3, stream: 'run', input: { run: 'nobody' } });
    await nextSaid(3);
    expect(said.map((message) => message.type === 'fault' && message.fault.code)).toEqual([
      'unknown-stream',
      'bad-input',
      'unknown-run',
    ]);
    await expectAlive();
  });
});

describe('a message out of order', () => {
  it.each<[string, readonly unknown[]]>([
    ['an answer taken in before there was a question', [{ type: 'ready', id: 5 }]],
    ['the end of a subscription that never was', [{ type: 'unsubscribe', id: 5 }]],
    [
      'a number used twice',
      [
        { type: 'subscribe', id: 1, stream: 'runs', input: {} },
        { type: 'subscribe', id: 1, stream: 'runs', input: {} },
      ],
    ],
    [
      'a number that falls',
      [
        { type: 'subscribe', id: 9, stream: 'runs', input: {} },
        { type: 'call', id: 8, method: 'app.info', input: {} },
      ],
    ],
    [
      'ready without an item',
      [
        { type: 'subscribe', id: 1, stream: 'runs', input: {} },
        { type: 'ready', id: 1 },
      ],
    ],
  ])('is refused: %s', async (_what, messages) => {
    messages.forEach(send);
    await nextSaid();
    expect(said[0]).toMatchObject({ type: 'fault', fault: { code: 'out-of-order' } });
    await expectAlive();
  });

  it('for a subscription that has just ended is let pass, for the two may cross on their way', async () => {
    send({ type: 'subscribe', id: 1, stream: 'settings', input: {} });
    await nextSaid();
    send({ type: 'unsubscribe', id: 1 });
    send({ type: 'ready', id: 1 });
    send({ type: 'unsubscribe', id: 1 });
    await expectAlive();
    expect(said).toHaveLength(2);
  });
});

describe('too much', () => {
  it('of what is no message ends the connection with 1008, and only that one', async () => {
    const other = await openSocket();
    for (let i = 0; i < 30; i++) socket.send(new Uint8Array([1, 2, 3]));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1008);
    expect(said.length).toBeLessThan(30);
    expect(said[0]).toMatchObject({ type: 'fault', id: 0, fault: { code: 'bad-frame' } });
    socket = other;
    said = [];
    socket.on('message', (data) => said.push(decodeFrame(data as Buffer) as ServerMessage));
    await expectAlive();
  });

  it('in one message ends the connection with 1009', async () => {
    socket.send(new Uint8Array(largestMessage + 1));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });

  it('text ends the connection with 1003', async () => {
    socket.send('{"type":"call"}');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1003);
  });

  it('at once is refused: requests and subscriptions have limits', async () => {
    started.services.handle('runs.get', () => new Promise(() => {}));
    for (let id = 1; id <= 300; id++) send({ type: 'call', id, method: 'runs.get', input: { run: 'run1' } });
    await nextSaid(300 - 256);
    expect(said.every((message) => message.type === 'fault' && message.fault.code === 'too-many')).toBe(true);
    said.length = 0;
    for (let id = 301; id <= 600; id++) send({ type: 'subscribe', id, stream: 'runs', input: {} });
    await nextSaid(300 - 256);
    expect(started.services.runsListeners.size).toBe(256);
    socket.terminate();
    await vi.waitFor(() => expect(started.services.runsListeners.size).toBe(0));
  });

  it('windows are turned away with 1013', async () => {
    const others: WebSocket[] = [];
    for (let i = 0; i < 31; i++) others.push(await openSocket());
    const last = rawSocket(started, { cookie: await started.cookie() });
    const [code] = (await once(last, 'close')) as [number];
    expect(code).toBe(1013);
    for (const other of others) other.terminate();
    await expectAlive();
  });
});

describe('a screen that does not take items in', () => {
  it('has one item out, and then gets everything since as one', async () => {
    send({ type: 'subscribe', id: 1, stream: 'run', input: { run: 'run1' } });
    await vi.waitFor(() => expect(started.services.runListeners.size).toBe(1));
    for (let step = 1; step <= 1000; step++) started.services.measure(step, 'loss');
    await nextSaid();
    await expectAlive();
    expect(said).toHaveLength(2);
    send({ type: 'ready', id: 1 });
    await nextSaid(3);
    const steps = said
      .flatMap((message) => (message.type === 'item' ? (message.item as { points: { step: number }[] }[]) : []))
      .flatMap((item) => item.points.map((point) => point.step));
    expect(steps).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });
});
