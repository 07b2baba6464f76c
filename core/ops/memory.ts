/** Foretells how much memory one run of a step takes, from the order ONNX Runtime runs its nodes in. */

/** One node as far as memory goes; values are numbers from 0 up, -1 stands for an input left out. */
export interface StepNode {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /**
   * What its first output does with an input's memory: `alias` is the first input's under another shape; `in-place` may
   * take over the memory of an input of the same size that nothing reads afterwards.
   */
  readonly sharing: 'none' | 'alias' | 'in-place';
  /** What computing it takes, in any unit. */
  readonly cost: number;
}

/** A step: its nodes in any order, the one that makes a value anywhere. */
export interface Step {
  readonly nodes: readonly StepNode[];
  /** By value: bytes that a run takes for it; 0 for what is given and for what is written where the caller says. */
  readonly bytes: readonly number[];
  /** By value: a number that stands for its shape and element type; -1 where ONNX Runtime does not know the shape. */
  readonly kinds: readonly number[];
}

/** By value, the node that makes it; -1 for what is given. */
export function makersOf({ nodes, bytes }: Step): Int32Array {
  const makers = new Int32Array(bytes.length).fill(-1);
  for (let node = 0; node < nodes.length; node++) for (const output of nodes[node].outputs) makers[output] = node;
  return makers;
}

/**
 * The order in which ONNX Runtime 1.30 runs nodes that stand in a file in the order `places` gives (`ReverseDFSFrom` in
 * its graph.cc): backwards from the nodes nothing reads, the last in the file first; before each of them its inputs', the
 * one with the highest place first.
 * @param places by node: its place in the file.
 */
export function runOrder(step: Step, places: Int32Array): Int32Array {
  const { nodes } = step;
  const makers = makersOf(step);
  const isRead = new Uint8Array(nodes.length);
  for (const { inputs } of nodes)
    for (const input of inputs) if (input >= 0 && makers[input] >= 0) isRead[makers[input]] = 1;
  const order = new Int32Array(nodes.length);
  let count = 0;
  const isSeen = new Uint8Array(nodes.length);
  const stack: number[] = [];
  for (let node = 0; node < nodes.length; node++) if (isRead[node] === 0) stack.push(node);
  stack.sort((a, b) => places[a] - places[b]);
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    // A node comes back, as its complement, after all it waits for.
    if (entry < 0) order[count++] = ~entry;
    else if (isSeen[entry] === 0) {
      isSeen[entry] = 1;
      stack.push(~entry);
      const first = stack.length;
      for (const input of nodes[entry].inputs)
        if (input >= 0 && makers[input] >= 0 && isSeen[makers[input]] === 0)
          insertByPlace(stack, first, makers[input], places);
    }
  }
  return order;
}

/** Puts a node among those from `first` on, which stand by their places. */
function insertByPlace(stack: number[], first: number, node: number, places: Int32Array): void {
  let at = stack.length;
  stack.push(node);
  for (; at > first && places[stack[at - 1]] > places[node]; at--) stack[at] = stack[at - 1];
  stack[at] = node;
}

export interface MemoryUse {
  /** The most bytes that are in use at once. */
  readonly peakBytes: number;
  /** The place in the order where that is. */
  readonly peakAt: number;
}

/** By value, the one whose memory it lies in; itself for most. */
export function rootsOf({ nodes, bytes }: Step, order: Int32Array): Int32Array {
  const roots = Int32Array.from(bytes.keys());
  for (const node of order) {
    const { sharing, inputs, outputs } = nodes[node];
    if (sharing === 'alias' && inputs[0] >= 0) roots[outputs[0]] = roots[inputs[0]];
  }
  return roots;
}

/** By value, the last place in the order where its memory is read; for what nothing reads, where it is made. */
function lastReads(step: Step, order: Int32Array, roots: Int32Array): Int32Array {
  const last = new Int32Array(step.bytes.length).fill(-1);
  for (const [place, node] of order.entries()) {
    const { inputs, outputs } = step.nodes[node];
    for (const output of outputs) last[roots[output]] = place;
    for (const input of inputs) if (input >= 0) last[roots[input]] = place;
  }
  return last;
}

/** A piece of memory that values use one after the other. */
interface Piece {
  readonly bytes: number;
  readonly from: number;
  to: number;
}

/**
 * Bytes in use while nodes run in this order. ONNX Runtime 1.30 plans them ahead (`allocation_planner.cc`): a value takes
 * over the piece of one of the same shape that is done with, the latest first, and the piece is kept for it meanwhile.
 */
export function memoryUse(step: Step, order: Int32Array): MemoryUse {
  const changes = new Float64Array(order.length + 1);
  for (const { bytes, from, to } of piecesOf(step, order)) {
    changes[from] += bytes;
    changes[to + 1] -= bytes;
  }
  let bytes = 0;
  let [peakBytes, peakAt] = [0, 0];
  for (const [place, change] of changes.entries()) {
    bytes += change;
    if (bytes > peakBytes) [peakBytes, peakAt] = [bytes, place];
  }
  return { peakBytes, peakAt };
}

function piecesOf(step: Step, order: Int32Array): readonly Piece[] {
  const roots = rootsOf(step, order);
  const last = lastReads(step, order, roots);
  const pieces: Piece[] = [];
  const held: (Piece | undefined)[] = [];
  const free = new Map<number, Piece[]>();
  for (const [place, node] of order.entries()) {
    const { inputs, outputs, sharing } = step.nodes[node];
    for (const output of outputs) {
      if (roots[output] !== output || step.bytes[output] === 0) continue;
      const kind = step.kinds[output];
      const isTaken = (input: number): boolean =>
        input >= 0 &&
        last[roots[input]] === place &&
        step.kinds[roots[input]] === kind &&
        held[roots[input]] !== undefined;
      const taken = sharing === 'in-place' ? inputs.find(isTaken) : undefined;
      let piece = taken === undefined ? (kind < 0 ? undefined : free.get(kind)?.pop()) : held[roots[taken]];
      if (taken !== undefined) held[roots[taken]] = undefined;
      if (!piece) pieces.push((piece = { bytes: step.bytes[output], from: place, to: place }));
      held[output] = piece;
    }
    for (const value of [...inputs, ...outputs]) {
      const piece = value >= 0 && last[roots[value]] === place ? held[roots[value]] : undefined;
      if (!piece) continue;
      held[roots[value]] = undefined;
      piece.to = place;
      const kind = step.kinds[roots[value]];
      const waiting = free.get(kind);
      if (waiting) waiting.push(piece);
      else free.set(kind, [piece]);
    }
  }
  return pieces;
}
