/** `builtin:glyphs`: handwritten-looking digits, 28 × 28 grey, drawn from strokes; sample `index` depends on nothing else. */
import { RandomStream } from '../random/random.ts';
import { glyphStyles, type Stroke } from './glyph-strokes.ts';

export const glyphSize = 28;
export const glyphClasses: readonly string[] = Array.from({ length: 10 }, (_, digit) => String(digit));

/** Raised when the same index begins to draw another picture, so that caches made before are not taken for it. */
export const glyphVersion = 1;

const seed = 28_102_024;
const drawsPerGlyph = 128;
const curveSteps = 6;
const maxExtent = 24;

/** The class of sample `index`: classes come in turn, so every run of ten samples holds each digit once. */
export function glyphClass(index: number): number {
  return index % glyphClasses.length;
}

/** How one sample's writer holds the pen. Lengths in pixels, angles in radians. */
interface Hand {
  readonly halfHeight: number;
  readonly halfWidth: number;
  readonly slant: number;
  readonly rotation: number;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly stroke: number;
  readonly pressure: number;
  readonly pressurePhase: number;
  readonly ink: number;
  /** The elastic bend: per axis two waves of amplitude, frequency along x and y, and phase. */
  readonly bend: readonly number[];
}

/** Scratch memory of one generator: it draws millions of pixels without allocating. */
export class GlyphPainter {
  readonly #normals = new Float64Array(drawsPerGlyph);
  readonly #gap = new Float32Array(glyphSize * glyphSize);
  readonly #x = new Float64Array(256);
  readonly #y = new Float64Array(256);
  /** 1 where a new stroke begins. */
  readonly #starts = new Uint8Array(256);
  #count = 0;
  #next = 0;

  /** Draws sample `index` into `out`: 28 × 28 grey levels, row by row, 0 paper, 255 ink. */
  paint(index: number, out: Uint8Array): void {
    const random = new RandomStream(seed, 'glyphs', index);
    random.fillNormal(this.#normals);
    this.#next = 0;
    const styles = glyphStyles[glyphClass(index)];
    const style = styles[random.integer(styles.length)];
    const hand = this.#hand();
    this.#count = 0;
    for (const stroke of style) this.#trace(stroke);
    this.#bend(hand);
    this.#place(hand);
    this.#ink(hand, out);
  }

  #draw(mean: number, deviation: number, low: number, high: number): number {
    const normal = this.#normals[this.#next++];
    return Math.min(high, Math.max(low, mean + deviation * normal));
  }

  #hand(): Hand {
    const halfHeight = this.#draw(9.2, 0.9, 6.8, 11);
    const bend: number[] = [];
    for (let wave = 0; wave < 4; wave++) {
      bend.push(
        this.#draw(0, 0.07, -0.16, 0.16),
        this.#draw(0, 1.6, -3.2, 3.2),
        this.#draw(0, 1.6, -3.2, 3.2),
        this.#draw(0, 3, -9, 9),
      );
    }
    return {
      halfHeight,
      halfWidth: halfHeight * this.#draw(0.92, 0.15, 0.55, 1.3),
      slant: this.#draw(0.14, 0.2, -0.4, 0.65),
      rotation: this.#draw(0, 0.11, -0.3, 0.3),
      shiftX: this.#draw(0, 0.9, -2.2, 2.2),
      shiftY: this.#draw(0, 0.9, -2.2, 2.2),
      stroke: this.#draw(1.15, 0.32, 0.6, 2.1),
      pressure: this.#draw(0, 0.14, -0.3, 0.3),
      pressurePhase: this.#draw(0, 3, -9, 9),
      ink: this.#draw(250, 14, 205, 255),
      bend,
    };
  }

  /** Adds a stroke's polyline with every point a little off, its two ends more than the rest. */
  #trace(stroke: Stroke): void {
    const { points } = stroke;
    const last = points.length - 1;
    const jittered = points.map(([x, y], i) => {
      const deviation = i === 0 || i === last ? 0.06 : 0.042;
      return [this.#draw(x, deviation, x - 0.15, x + 0.15), this.#draw(y, deviation, y - 0.15, y + 0.15)] as const;
    });
    this.#starts[this.#count] = 1;
    this.#add(jittered[0][0], jittered[0][1]);
    for (let i = 0; i < last; i++) {
      const before = jittered[Math.max(0, i - 1)];
      const after = jittered[Math.min(last, i + 2)];
      for (let step = 1; step <= curveSteps; step++) {
        const t = step / curveSteps;
        const [from, to] = [jittered[i], jittered[i + 1]];
        if (stroke.path === 'line') this.#add(from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t);
        else
          this.#add(
            catmullRom(before[0], from[0], to[0], after[0], t),
            catmullRom(before[1], from[1], to[1], after[1], t),
          );
      }
    }
  }

  #add(x: number, y: number): void {
    this.#x[this.#count] = x;
    this.#y[this.#count] = y;
    this.#count++;
    this.#starts[this.#count] = 0;
  }

  /** Moves the points by smooth waves over the plane, as paper that is stretched unevenly. */
  #bend({ bend }: Hand): void {
    for (let i = 0; i < this.#count; i++) {
      const x = this.#x[i];
      const y = this.#y[i];
      const wave = (at: number): number => bend[at] * Math.sin(bend[at + 1] * x + bend[at + 2] * y + bend[at + 3]);
      this.#x[i] = x + wave(0) + wave(4);
      this.#y[i] = y + wave(8) + wave(12);
    }
  }

  /** Scales, slants and turns the points, then centres their box at the middle of the picture plus the shift. */
  #place(hand: Hand): void {
    const [cos, sin] = [Math.cos(hand.rotation), Math.sin(hand.rotation)];
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < this.#count; i++) {
      const x = hand.halfWidth * this.#x[i] - hand.slant * hand.halfHeight * this.#y[i];
      const y = hand.halfHeight * this.#y[i];
      this.#x[i] = cos * x - sin * y;
      this.#y[i] = sin * x + cos * y;
      left = Math.min(left, this.#x[i]);
      right = Math.max(right, this.#x[i]);
      top = Math.min(top, this.#y[i]);
      bottom = Math.max(bottom, this.#y[i]);
    }
    const extent = maxExtent - 2 * hand.stroke;
    const scale = Math.min(1, extent / Math.max(right - left, bottom - top));
    const middle = (glyphSize - 1) / 2;
    // The shift leaves the outermost pixels free of ink: full pressure widens a stroke by 1.3, its edge is soft for 0.7.
    const room = (length: number): number => middle - (scale * length) / 2 - 1.3 * hand.stroke - 0.7;
    const shiftX = within(hand.shiftX, room(right - left));
    const shiftY = within(hand.shiftY, room(bottom - top));
    for (let i = 0; i < this.#count; i++) {
      this.#x[i] = middle + shiftX + scale * (this.#x[i] - (left + right) / 2);
      this.#y[i] = middle + shiftY + scale * (this.#y[i] - (top + bottom) / 2);
    }
  }

  /** Renders by distance: a pixel's ink falls from full to none over one pixel at the stroke's edge. */
  #ink(hand: Hand, out: Uint8Array): void {
    const gap = this.#gap.fill(1);
    for (let i = 1; i < this.#count; i++) {
      if (this.#starts[i] === 1) continue;
      const width = hand.stroke * (1 + hand.pressure * Math.sin(hand.pressurePhase + i * 0.25));
      splat(gap, this.#x[i - 1], this.#y[i - 1], this.#x[i], this.#y[i], width);
    }
    for (let i = 0; i < gap.length; i++) out[i] = Math.round(hand.ink * Math.min(1, Math.max(0, 0.5 - gap[i] * 0.8)));
  }
}

/** `value` limited to −`bound` … `bound`. */
function within(value: number, bound: number): number {
  return Math.min(bound, Math.max(-bound, value));
}

/** Catmull–Rom spline (1974): the cubic through `p1` and `p2` whose slope at each is half the chord between its neighbours. */
function catmullRom(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return 0.5 * (2 * p1 + t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * p1 - p0 - 3 * p2 + p3))));
}

/** Lowers `gap` (distance to the ink's edge, per pixel) around the segment a–b drawn with half-width `width`. */
function splat(gap: Float32Array, ax: number, ay: number, bx: number, by: number, width: number): void {
  const reach = width + 1;
  const [dx, dy] = [bx - ax, by - ay];
  const inverse = 1 / Math.max(dx * dx + dy * dy, 1e-12);
  const left = Math.max(0, Math.ceil(Math.min(ax, bx) - reach));
  const right = Math.min(glyphSize - 1, Math.floor(Math.max(ax, bx) + reach));
  const bottom = Math.min(glyphSize - 1, Math.floor(Math.max(ay, by) + reach));
  for (let y = Math.max(0, Math.ceil(Math.min(ay, by) - reach)); y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) * inverse));
      const ex = ax + t * dx - x;
      const ey = ay + t * dy - y;
      const distance = Math.sqrt(ex * ex + ey * ey) - width;
      const at = y * glyphSize + x;
      if (distance < gap[at]) gap[at] = distance;
    }
  }
}
