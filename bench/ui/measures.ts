/** What is measured of the screens, each within the page's own clock. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { decodeFrame } from '../../core/protocol/wire.ts';

const root = join(import.meta.dirname, '../..');

/** Milliseconds from a deed in the page until the frame in which something is true has been painted; both run in the page. */
export function timeUntil<Argument>(
  page: Page,
  deed: (given: Argument) => void,
  isDone: (given: Argument) => boolean,
  given: Argument,
): Promise<number> {
  // As text, for the page's policy lets no text become code there.
  return page.evaluate<number>(`new Promise((settle, fail) => {
    const [act, done, given] = [${String(deed)}, ${String(isDone)}, ${JSON.stringify(given)}];
    const start = performance.now();
    act(given);
    const look = () => {
      if (done(given)) setTimeout(() => settle(performance.now() - start));
      else if (performance.now() - start > 60000) fail(new Error('waited a minute'));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`);
}

/** From each key pressed in the editor until the frame with the layer's new name on the canvas has been painted; the cursor stands in the name. */
export async function editToCanvas(page: Page, edits: number): Promise<readonly number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { editTimes: times });
    addEventListener(
      'keydown',
      ({ key, timeStamp }) => {
        const look = (): unknown =>
          [...document.querySelectorAll('.react-flow [role=img]')].some((node) =>
            node.getAttribute('aria-label')?.includes(`x${key}`),
          )
            ? setTimeout(() => times.push(performance.now() - timeStamp))
            : requestAnimationFrame(look);
        if (/^\d$/.test(key)) requestAnimationFrame(look);
      },
      true,
    );
  });
  await page.keyboard.type('x');
  for (let i = 0; i < edits; i++) {
    // Ten keys a second, as a fast typist's.
    await page.waitForTimeout(100);
    await page.keyboard.press(String(i % 10));
    await page.waitForFunction(
      (count) => (window as unknown as { editTimes: number[] }).editTimes.length >= count,
      i + 1,
    );
    await page.waitForTimeout(100);
    await page.keyboard.press('Backspace');
    await page.waitForFunction(
      (digit) =>
        ![...document.querySelectorAll('.react-flow [role=img]')].some((node) =>
          node.getAttribute('aria-label')?.includes(`x${digit}`),
        ),
      i % 10,
    );
  }
  return page.evaluate(() => (window as unknown as { editTimes: number[] }).editTimes);
}

/** Lengths of the frames while the wheel pans the canvas to and fro. */
export async function panFrames(page: Page, turns: number): Promise<readonly number[]> {
  const box = (await page.getByLabel('Canvas of the model').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const tick = (now: number): void => {
      frames.push(now - last);
      last = now;
      if ((window as unknown as { isPanning: boolean }).isPanning) requestAnimationFrame(tick);
    };
    Object.assign(window, { panFrames: frames, isPanning: true });
    requestAnimationFrame(tick);
  });
  for (let i = 0; i < turns; i++) await page.mouse.wheel(i % 20 < 10 ? 24 : -24, i % 40 < 20 ? 48 : -48);
  return page.evaluate(() => {
    Object.assign(window, { isPanning: false });
    return (window as unknown as { panFrames: number[] }).panFrames.slice(2);
  });
}

interface StepLog {
  /** Frames of the socket as base64, and when they came. */
  readonly frames: readonly { readonly ms: number; readonly base64: string }[];
  /** When each shown step was first on the screen. */
  readonly shown: readonly { readonly ms: number; readonly step: number }[];
}

/** Has every later page of the window log what its socket brings. Before the page is opened. */
export async function logSockets(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const frames: { ms: number; base64: string }[] = [];
    Object.assign(window, { socketFrames: frames, isLogging: false });
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        this.addEventListener('message', ({ data }) => {
          if (!(window as unknown as { isLogging: boolean }).isLogging || !(data instanceof ArrayBuffer)) return;
          const ms = performance.now();
          frames.push({
            ms,
            base64: btoa(Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join('')),
          });
        });
      }
    };
  });
}

/**
 * From each finished training step to the frame that shows it. A message is sent when its last step is done and is here
 * a millisecond or two later, so that step ended when the message came; those before it ended earlier by their own times.
 */
export async function stepToPixel(page: Page, seconds: number): Promise<readonly number[]> {
  const log: StepLog = await page.evaluate(
    (forMs) =>
      new Promise((settle) => {
        const shown: { ms: number; step: number }[] = [];
        const page = window as unknown as { isLogging: boolean; socketFrames: { ms: number; base64: string }[] };
        page.isLogging = true;
        const end = performance.now() + forMs;
        const look = (now: number): void => {
          const words = document.querySelector('main dl dd')?.textContent ?? '';
          const step = Number(words.split('/')[0]!.replace(/[^\d]/g, ''));
          if (step !== shown.at(-1)?.step) shown.push({ ms: now, step });
          if (now < end) requestAnimationFrame(look);
          else settle({ frames: page.socketFrames, shown });
        };
        requestAnimationFrame(look);
      }),
    seconds * 1000,
  );
  return delaysOf(log);
}

function delaysOf({ frames, shown }: StepLog): readonly number[] {
  const doneMs = new Map<number, number>();
  for (const { ms, base64 } of frames) {
    const points = pointsIn(Buffer.from(base64, 'base64'));
    const last = Math.max(...points.map(({ elapsedMs }) => elapsedMs));
    for (const { step, elapsedMs } of points) doneMs.set(step, ms - (last - elapsedMs));
  }
  const [first] = shown;
  return [...doneMs].flatMap(([step, done]) => {
    const seen = shown.find((each) => each.step >= step);
    return seen === undefined || seen === first ? [] : [seen.ms - done];
  });
}

interface Point {
  readonly step: number;
  readonly elapsedMs: number;
}

function pointsIn(frame: Uint8Array): readonly Point[] {
  const message = decodeFrame(frame) as { readonly type: string; readonly item?: unknown };
  if (message.type !== 'item' || !Array.isArray(message.item)) return [];
  return (message.item as { readonly type: string; readonly points?: readonly Point[] }[]).flatMap((update) =>
    update.type === 'metrics' ? (update.points ?? []) : [],
  );
}

/** What the first look at the application loads of its own files, as gzip would send them, in bytes. */
export async function firstLoadBytes(page: Page): Promise<number> {
  const paths: readonly string[] = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  const files = new Set(['/index.html', ...paths.filter((path) => /\.(js|css)$/.test(path))]);
  return [...files].reduce((sum, path) => sum + gzipSync(readFileSync(join(root, 'out/renderer', path))).length, 0);
}
