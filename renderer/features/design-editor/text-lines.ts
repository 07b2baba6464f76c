/** Between offsets of a text and the lines and columns editors count; a line ends with \n, \r\n or \r. */

export interface LinePlace {
  readonly lineNumber: number;
  readonly column: number;
}

export interface LineRange {
  readonly startLineNumber: number;
  readonly startColumn: number;
  readonly endLineNumber: number;
  readonly endColumn: number;
}

/** Lines and columns of one text; it is looked through once. */
export class TextLines {
  readonly #starts: readonly number[];
  readonly #length: number;

  constructor(text: string) {
    this.#starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
    this.#length = text.length;
  }

  placeOf(offset: number): LinePlace {
    const at = Math.max(0, Math.min(offset, this.#length));
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return { lineNumber: low + 1, column: at - this.#starts[low] + 1 };
  }

  rangeOf({ offset, length }: { readonly offset: number; readonly length: number }): LineRange {
    const [start, end] = [this.placeOf(offset), this.placeOf(offset + length)];
    return {
      startLineNumber: start.lineNumber,
      startColumn: start.column,
      endLineNumber: end.lineNumber,
      endColumn: end.column,
    };
  }

  offsetOf({ lineNumber, column }: LinePlace): number {
    const start = this.#starts[Math.max(0, Math.min(lineNumber, this.#starts.length) - 1)];
    return Math.min(this.#length, start + column - 1);
  }
}
