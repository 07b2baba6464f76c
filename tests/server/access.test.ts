/** The server lets in who holds the link, on this machine, on its own pages; everyone else gets a refusal and no file. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawSocket, startTestServer, type StartedServer } from './started-server.ts';

let started: StartedServer;

beforeEach(async () => {
  started = await startTestServer();
});

afterEach(() => started.stop());

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A request as a program would send it: path and headers go out as they are. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: started.server.port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** How an upgrade to a WebSocket is answered: `open`, or the status it is refused with. */
async function upgrade(headers: Record<string, string>): Promise<string | number> {
  const socket = rawSocket(started, headers);
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => resolve('error'));
  });
}

describe('the link', () => {
  it('opens the page with a cookie that scripts and other sites do not get, named by the port', async () => {
    const { pathname, search } = new URL(started.server.link);
    const answer = await ask(pathname + search);
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^lathe-${started.server.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    const cookie = answer.headers['set-cookie']![0].split(';')[0];
    expect((await ask('/', { cookie })).body).toContain('<title>Lathe</title>');
  });

  it('works once; the next one is told and works', async () => {
    const { pathname, search } = new URL(started.server.link);
    expect((await ask(pathname + search)).status).toBe(200);
    expect((await ask(pathname + search)).status).toBe(403);
    const next = new URL(started.nextLinks[0]);
    expect((await ask(next.pathname + next.search)).status).toBe(200);
  });

  it.each(['/?token=', '/?token=wrong', `/?token=${'A'.repeat(43)}`, '/?token=%00', '/?token=' + 'x'.repeat(8000)])(
    'with a wrong token is refused: %s',
    async (path) => {
      expect((await ask(path)).status).toBe(403);
    },
  );
});

describe('files', () => {
  it.each(['/', '/index.html', '/assets/main-1.js'])('are not given without the cookie: %s', async (path) => {
    expect((await ask(path)).status).toBe(403);
    expect((await ask(path, { cookie: `lathe-${started.server.port}=${'A'.repeat(43)}` })).status).toBe(403);
    const cookie = await started.cookie();
    expect((await ask(path, { cookie: cookie.replace(/^lathe-\d+/, 'lathe-1') })).status).toBe(403);
    expect((await ask(path, { cookie })).status).toBe(200);
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/index.html%00.js',
    '/%',
    '/assets',
    '/assets/',
    '/./../../etc/passwd',
    '/constructor',
    '/__proto__',
  ])('outside the folder are not there: %s', async (path) => {
    const answer = await ask(path, { cookie: await started.cookie() });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('not for you');
  });

  it('built anew while the server runs are found', async () => {
    const cookie = await started.cookie();
    writeFileSync(join(started.folder, 'renderer/assets/main-2.js'), 'export const two = 2;');
    expect((await ask('/assets/main-2.js', { cookie })).body).toContain('two');
  });

  it('come with a policy that lets nothing else run, be framed or be reached', async () => {
    const { headers } = await ask('/', { cookie: await started.cookie() });
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toContain('unsafe-eval');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])('are only given, not taken: %s', async (method) => {
    expect((await ask('/', { cookie: await started.cookie() }, method)).status).toBe(405);
  });
});

describe('another name for this machine', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '[::1]', '127.0.0.1.evil.example'])(
    'is not served, even with the cookie: %s',
    async (host) => {
      const cookie = await started.cookie();
      expect((await ask('/', { cookie, host })).status).toBeGreaterThanOrEqual(400);
      const { pathname, search } = new URL(started.server.link);
      expect((await ask(pathname + search, { host })).status).toBeGreaterThanOrEqual(400);
      expect((await ask('/', { cookie, host })).headers['set-cookie']).toBeUndefined();
      expect(await upgrade({ cookie, host, origin: `http://${host}` })).not.toBe('open');
    },
  );
});

describe('the socket', () => {
  it('opens for the own page', async () => {
    expect(await upgrade({ cookie: await started.cookie() })).toBe('open');
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1', 'http://127.0.0.1:1', 'file://', ''])(
    'does not open for a page from %s',
    async (origin) => {
      expect(await upgrade({ cookie: await started.cookie(), origin })).toBe(403);
    },
  );

  it('does not open without the cookie, with a wrong one, or without an origin', async () => {
    expect(await upgrade({})).toBe(403);
    expect(await upgrade({ cookie: `lathe-${started.server.port}=wrong` })).toBe(403);
    const cookie = await started.cookie();
    const socket = connect(started.server.port, '127.0.0.1');
    socket.write(
      `GET /host HTTP/1.1\r\nHost: 127.0.0.1:${started.server.port}\r\nCookie: ${cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 403/);
    socket.destroy();
  });

  it('is only where it is', async () => {
    const socket = rawSocket(
      { origin: `${started.origin}/other` },
      { cookie: await started.cookie(), origin: started.origin },
    );
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(404);
  });
});

it('survives bytes that are no HTTP', async () => {
  for (const bytes of [
    '\x16\x03\x01\x02\x00',
    'GET\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: ${'x'.repeat(40_000)}\r\n\r\n`,
    'GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n',
  ]) {
    const socket = connect(started.server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.end(bytes);
    socket.resume();
    await once(socket, 'close');
  }
  expect((await ask('/', { cookie: await started.cookie() })).status).toBe(200);
});
