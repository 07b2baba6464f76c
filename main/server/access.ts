/** Who may talk to the local server: the person who holds the link, in a browser on this machine, on pages of this server. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is refused, as an HTTP status with words; undefined when it is not. */
export type Refusal = { readonly status: number; readonly message: string } | undefined;

const newSecret = (): string => randomBytes(32).toString('base64url');

/** Links work once; the cookie that one buys works as long as the server runs. */
export class Access {
  readonly #port: number;
  readonly #secret = newSecret();
  #token = newSecret();

  constructor(port: number) {
    this.#port = port;
  }

  /** The link that opens the application the next time. Never put it on a command line, which other users can read. */
  get link(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.#token}`;
  }

  /** Uses up a link's token; false when it is not the one expected. */
  redeem(token: string): boolean {
    if (!isSame(token, this.#token)) return false;
    this.#token = newSecret();
    return true;
  }

  /** Cookies are shared by all ports of a host, so the port is in the name. */
  get cookie(): string {
    return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Another name that leads to this machine (DNS rebinding) is not this server. */
  refuseHost(headers: IncomingHttpHeaders): Refusal {
    return this.#hosts.includes(headers.host ?? '')
      ? undefined
      : { status: 421, message: 'this is not the host that was asked for' };
  }

  refuseCookie(headers: IncomingHttpHeaders): Refusal {
    const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    const value = cookies
      .find((cookie) => cookie.startsWith(`${this.#cookieName}=`))
      ?.slice(this.#cookieName.length + 1);
    if (value !== undefined && isSame(value, this.#secret)) return undefined;
    return {
      status: 403,
      message:
        'Open the link that Lathe printed in its terminal. Each link works once; a new one is printed when it is used.',
    };
  }

  /** Pages of other sites may open a WebSocket to anywhere; browsers tell where they come from. */
  refuseOrigin(headers: IncomingHttpHeaders): Refusal {
    return headers.origin === `http://${headers.host}`
      ? undefined
      : { status: 403, message: 'only pages of this server may connect' };
  }

  get #cookieName(): string {
    return `lathe-${this.#port}`;
  }

  get #hosts(): readonly string[] {
    return [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
