/** Requests and streams cross the real socket whole: values, typed arrays, faults, progress, lost and found hosts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamItem } from '../../core/protocol/streams.ts';
import type { MetricPoint } from '../../core/protocol/records.ts';
import type { HostClient } from '../../renderer/client/host-client.ts';
import { HostError } from '../../renderer/client/host-error.ts';
import { clientOf, startTestServer, type StartedServer } from './started-server.ts';

let started: StartedServer;
let client: HostClient;
/** What the client's next socket sends; a server started anew wants another cookie. */
let headers: { cookie: string };

beforeEach(async () => {
  started = await startTestServer();
  headers = { cookie: await started.cookie() };
  client = clientOf(started, headers);
});

afterEach(async () => {
  client.close();
  await started.stop();
});

const faultOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof HostError ? error.fault : error),
  );

describe('requests', () => {
  it('bring answers with typed arrays, NaN and infinities as they were', async () => {
    const line = {
      key: 'loss',
      steps: new Float64Array([0, 1, 2]),
      values: new Float64Array([NaN, Infinity, -1.5]),
      elapsedMs: new Float64Array([0, 1, 2]),
      low: null,
      high: null,
      total: 3,
    };
    started.services.handle('runs.metrics', () => [line]);
    expect(await client.call('runs.metrics', { run: 'run1', keys: ['loss'] })).toEqual([line]);
    started.services.handle('runs.lastMetrics', () => ({
      run1: [
        { key: 'loss', step: 1, value: NaN, elapsedMs: 1 },
        { key: 'a', step: 1, value: -Infinity, elapsedMs: 1 },
      ],
    }));
    expect(await client.call('runs.lastMetrics', { runs: ['run1'] })).toEqual({
      run1: [
        { key: 'loss', step: 1, value: NaN, elapsedMs: 1 },
        { key: 'a', step: 1, value: -Infinity, elapsedMs: 1 },
      ],
    });
  });

  it('take typed arrays to the host, and defaults are filled in there', async () => {
    let seen: unknown;
    started.services.handle('runs.decode', (input) => {
      seen = input;
      throw Object.assign(new Error('no decoder'), { code: 'option' });
    });
    const latents = new Float32Array([0.5, -1, 3]);
    await faultOf(client.call('runs.decode', { run: 'run1', latents, count: 1 }));
    expect(seen).toEqual({ run: 'run1', latents, count: 1, label: -1 });
  });

  it('answer null where there is nothing to say', async () => {
    started.services.handle('runs.pause', () => null);
    expect(await client.call('runs.pause', { run: 'run1' })).toBeNull();
  });

  it('are refused with code, words and place when the input is wrong', async () => {
    const fault = await faultOf(client.call('runs.edit', { run: 'run1', colour: 'red' }));
    expect(fault).toMatchObject({ code: 'bad-input', path: ['colour'] });
    expect(await faultOf(client.call('runs.nothing' as 'runs.get', { run: 'run1' }))).toMatchObject({
      code: 'unknown-method',
    });
    expect(await faultOf(client.call('constructor' as 'runs.get', { run: 'run1' }))).toMatchObject({
      code: 'unknown-method',
    });
  });

  it('carry an error of the host with its code and hint, and call anything else a fault of the program', async () => {
    started.services.handle('runs.get', () => {
      throw Object.assign(new Error('disk is full'), { code: 'disk-full', hint: 'free some' });
    });
    expect(await faultOf(client.call('runs.get', { run: 'run1' }))).toEqual({
      code: 'disk-full',
      message: 'disk is full',
      hint: 'free some',
    });
    started.services.handle('runs.get', () => {
      throw new TypeError('x is not a function');
    });
    expect(await faultOf(client.call('runs.get', { run: 'run1' }))).toMatchObject({ code: 'internal' });
    expect(started.log.join('\n')).toContain('x is not a function');
  });

  it('tell their progress to the screen that asked and to no other', async () => {
    const other = clientOf(started, { cookie: await started.cookie() });
    const [mine, theirs]: [unknown[], unknown[]] = [[], []];
    client.subscribe('jobs', {}, { onItem: (items) => void mine.push(...items) });
    other.subscribe('jobs', {}, { onItem: (items) => void theirs.push(...items) });
    let request = 0;
    started.services.handle('data.info', async (_input, context) => {
      request = context.request;
      context.progress('import', 3, 10);
      await vi.waitFor(() => expect(mine).toHaveLength(1));
      return {};
    });
    await client.call('data.info', { source: 'x', baseDir: '/' });
    // The end is told too, though the work never said it: no screen shows it as half done for ever.
    await vi.waitFor(() => expect(mine).toHaveLength(2));
    expect(mine).toEqual([3, 10].map((done) => ({ request, what: 'import', done, total: 10 })));
    expect(theirs).toEqual([]);
    other.close();
  });

  it('are given up when they are cancelled and when their screen goes away', async () => {
    const signals: AbortSignal[] = [];
    started.services.handle('runs.report', (_input, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const input = { runs: ['run1'], folder: '/tmp', title: '', seed: 1, count: 1 };
    const controller = new AbortController();
    const first = faultOf(client.call('runs.report', input, { signal: controller.signal }));
    const second = faultOf(client.call('runs.report', input));
    await vi.waitFor(() => expect(signals).toHaveLength(2));
    controller.abort();
    expect(await first).toMatchObject({ code: 'cancelled' });
    await vi.waitFor(() => expect(signals[0].aborted).toBe(true));
    expect(signals[1].aborted).toBe(false);
    client.close();
    expect(await second).toMatchObject({ code: 'cancelled' });
    await vi.waitFor(() => expect(signals[1].aborted).toBe(true));
  });
});

describe('a host that is lost', () => {
  it('is found again: waiting requests are sent, those under way fail, streams go on with every point once', async () => {
    const { services } = started;
    const points: MetricPoint[] = [];
    const take = (items: StreamItem<'run'>) =>
      items.forEach((item) => item.type === 'metrics' && points.push(...item.points));
    const states: string[] = [];
    client.onState(() => states.push(client.state.status));
    client.subscribe('run', { run: 'run1', after: {} }, { onItem: take });
    services.handle('runs.get', () => new Promise(() => {}));
    const underWay = faultOf(client.call('runs.get', { run: 'run1' }));
    await vi.waitFor(() => expect(services.runListeners.size).toBe(1));
    for (let step = 1; step <= 10; step++) services.measure(step, 'loss', 'norm');
    await vi.waitFor(() => expect(points).toHaveLength(20));

    const { port } = started.server;
    await started.stop();
    expect(await underWay).toMatchObject({ code: 'lost-host' });
    for (let step = 11; step <= 30; step++) services.measure(step, 'loss', 'norm', 'new');
    services.handle('app.info', () => ({ version: '1' }));
    const waiting = client.call('app.info', {});
    started = await startTestServer(services, port);
    headers.cookie = await started.cookie();
    client.retryNow();
    expect(await waiting).toEqual({ version: '1' });
    for (let step = 31; step <= 40; step++) services.measure(step, 'loss', 'norm', 'new');
    await vi.waitFor(() => expect(points).toHaveLength(40 + 40 + 30));
    for (const [key, first] of [
      ['loss', 1],
      ['norm', 1],
      ['new', 11],
    ] as const) {
      const steps = points.filter((point) => point.key === key).map((point) => point.step);
      expect(steps).toEqual(Array.from({ length: 41 - first }, (_, i) => first + i));
    }
    expect(states).toContain('lost');
    expect(client.state.status).toBe('open');
  });
});
