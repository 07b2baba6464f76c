/**
 * Lets a step take less memory for more work: values that are made early and needed again late are let go of and made
 * again when they are needed (Chen et al. 2016, "Training deep nets with sublinear memory cost").
 */
import { makersOf, memoryUse, rootsOf, runOrder, type MemoryUse, type Step, type StepNode } from './memory.ts';

/** A node of the new step: one of the old step's, or one of them once more. */
export interface PlacedStepNode {
  readonly node: StepNode;
  /** The node of the old step. */
  readonly source: number;
}

export interface Recomputed {
  /** In the order they are to stand in the file. */
  readonly nodes: readonly PlacedStepNode[];
  readonly bytes: readonly number[];
  readonly kinds: readonly number[];
  readonly peakBytes: number;
  /** Nodes of the old step that run again, some of them several times. */
  readonly again: readonly number[];
  /** What that takes, in the unit of the costs. */
  readonly cost: number;
}

/** What is let go of. */
interface Choice {
  /** The most that a value may cost to make again, for each of its bytes. */
  readonly dearest: number;
  /** Bytes of what is made again between two places from where it is made again; Infinity for no such places. */
  readonly segmentBytes: number;
  /** How many of these segments, the earliest first. */
  readonly segments: number;
}

interface State {
  readonly step: Step;
  /** By node, the node of the original step. */
  readonly sources: readonly number[];
  /** By node, its place in the file. */
  readonly places: Int32Array;
  /** The order the nodes run in. */
  readonly order: Int32Array;
  readonly use: MemoryUse;
  readonly cost: number;
}

/** Rounds of lowering the highest place: after each one another place is the highest. */
const mostRounds = 6;
const shares = [0.25, 0.5, 0.75, 1];
const segmentCounts = [1, 2, 4, 8, 16, 32, 64];

/**
 * The step with as much made again as it takes to stay within the budget, or as little memory as was found when nothing
 * fits. Each value is what it was: the same operators run on the same values.
 * @param budgetBytes of values in use at once
 */
export function recompute(step: Step, budgetBytes: number): Recomputed {
  let state = usualState(step);
  for (let round = 0; round < mostRounds && state.use.peakBytes > budgetBytes; round++) {
    const better = lowered(state, budgetBytes);
    if (!better) break;
    state = better;
  }
  return {
    nodes: fileOrder(state),
    bytes: state.step.bytes,
    kinds: state.step.kinds,
    peakBytes: state.use.peakBytes,
    again: state.sources.slice(step.nodes.length),
    cost: state.cost,
  };
}

const fileOrder = ({ step, sources, places }: State): readonly PlacedStepNode[] =>
  [...step.nodes.keys()]
    .sort((a, b) => places[a] - places[b])
    .map((node) => ({ node: step.nodes[node], source: sources[node] }));

/** As the file's order has it, or with the nodes that nothing reads in the order in which they can be done. */
function usualState(step: Step): State {
  const sources = [...step.nodes.keys()];
  const [asItStands, soonest] = [sources, soonestLast(step)].map((file) => stateOf(step, sources, placesOf(file), 0));
  return soonest.use.peakBytes < asItStands.use.peakBytes ? soonest : asItStands;
}

function stateOf(step: Step, sources: readonly number[], places: Int32Array, cost: number): State {
  const order = runOrder(step, places);
  return { step, sources, places, order, use: memoryUse(step, order), cost };
}

/** By node, its place in a file whose order this is backwards. */
function placesOf(backwards: readonly number[]): Int32Array {
  const places = new Int32Array(backwards.length);
  for (const [place, node] of backwards.entries()) places[node] = backwards.length - 1 - place;
  return places;
}

/** Nodes by how many others they wait for, one after the other: updates of the last layers before those of the first. */
function soonestLast(step: Step): readonly number[] {
  const makers = makersOf(step);
  const depth = new Int32Array(step.nodes.length);
  const order = runOrder(step, Int32Array.from(step.nodes.keys()));
  for (const node of order)
    for (const input of step.nodes[node].inputs)
      if (input >= 0 && makers[input] >= 0) depth[node] = Math.max(depth[node], depth[makers[input]] + 1);
  return [...order].sort((a, b) => depth[a] - depth[b]);
}

/** The state with a lower peak: the cheapest within the budget, else the lowest there is; undefined when none is lower. */
function lowered(state: State, budgetBytes: number): State | undefined {
  const outlook = new Outlook(state);
  const found = outlook.choices().map((choice) => ({ choice, state: outlook.applied(choice) }));
  const fitting = found
    .filter((one) => one.state.use.peakBytes <= budgetBytes)
    .sort((a, b) => a.state.cost - b.state.cost);
  if (fitting.length === 0) {
    const [lowest] = found.sort((a, b) => a.state.use.peakBytes - b.state.use.peakBytes);
    return lowest && lowest.state.use.peakBytes < state.use.peakBytes ? lowest.state : undefined;
  }
  const fewest = fitting.slice(0, 4).map((one) => fewestSegments(outlook, one.choice, one.state, budgetBytes));
  return fewest.reduce((best, one) => (one.cost < best.cost ? one : best));
}

/** The choice with as few of its segments as fit the budget. */
function fewestSegments(outlook: Outlook, choice: Choice, whole: State, budgetBytes: number): State {
  let best = whole;
  let [low, high] = [1, choice.segments];
  while (low < high) {
    const segments = (low + high) >> 1;
    const state = outlook.applied({ ...choice, segments });
    if (state.use.peakBytes <= budgetBytes) [best, high] = [state, segments];
    else low = segments + 1;
  }
  return best;
}

/** What can be let go of at the highest place of a step. */
class Outlook {
  readonly #state: State;
  readonly #makers: Int32Array;
  readonly #roots: Int32Array;
  /** By node, its place in the order. */
  readonly #places: Int32Array;
  /** By the value whose memory it is, the last place before the peak where it is read. */
  readonly #lastBefore: Int32Array;
  /** Values made before the peak whose memory is needed after it, in the order they are made. */
  readonly #waiting: readonly number[];
  readonly #isWaiting: ReadonlySet<number>;
  /** By value, what making it again takes for each of its bytes, with all that would have to be made for it. */
  readonly #price: Float64Array;

  constructor(state: State) {
    this.#state = state;
    const { step, order, use } = state;
    this.#makers = makersOf(step);
    this.#roots = rootsOf(step, order);
    this.#places = new Int32Array(order.length);
    for (const [place, node] of order.entries()) this.#places[node] = place;
    this.#lastBefore = new Int32Array(step.bytes.length).fill(-1);
    const waiting = new Set<number>();
    for (const [place, node] of order.entries()) {
      for (const input of step.nodes[node].inputs) {
        if (input < 0 || this.#makers[input] < 0) continue;
        const root = this.#roots[input];
        if (place <= use.peakAt) this.#lastBefore[root] = place;
        else if (this.#madeBefore(root) && step.bytes[root] > 0) waiting.add(root);
      }
    }
    this.#waiting = [...waiting].sort((a, b) => this.#placeOf(a) - this.#placeOf(b));
    this.#isWaiting = waiting;
    this.#price = this.#prices();
  }

  #placeOf(value: number): number {
    return this.#places[this.#makers[value]];
  }

  #madeBefore(value: number): boolean {
    return this.#makers[value] >= 0 && this.#placeOf(value) < this.#state.use.peakAt;
  }

  #prices(): Float64Array {
    const { step, order, use } = this.#state;
    const whole = new Float64Array(step.bytes.length);
    const price = new Float64Array(step.bytes.length).fill(Infinity);
    for (const node of order.subarray(0, use.peakAt)) {
      const { inputs, outputs, cost } = step.nodes[node];
      let sum = cost;
      for (const input of new Set(inputs))
        if (input >= 0 && !this.#isWaiting.has(this.#roots[input])) sum += whole[input];
      for (const output of outputs) {
        whole[output] = sum;
        if (step.bytes[output] > 0) price[output] = sum / step.bytes[output];
      }
    }
    return price;
  }

  choices(): readonly Choice[] {
    const byPrice = [...this.#waiting].sort((a, b) => this.#price[a] - this.#price[b]);
    const all = this.#bytesOf(byPrice);
    const dearest = new Set<number>();
    let bytes = 0;
    let next = 0;
    for (const value of byPrice) {
      bytes += this.#state.step.bytes[value];
      if (bytes < shares[next] * all) continue;
      dearest.add(this.#price[value]);
      while (bytes >= shares[next] * all) next++;
    }
    return [...dearest].flatMap((most) =>
      segmentCounts.map((count): Choice => {
        const segmentBytes = count === 1 ? Infinity : all / count;
        return { dearest: most, segmentBytes, segments: this.#cuts(segmentBytes).length + 1 };
      }),
    );
  }

  #bytesOf(values: readonly number[]): number {
    return values.reduce((sum, value) => sum + this.#state.step.bytes[value], 0);
  }

  /** Places in the order to go on from, each where little is in use that is read before the peak. */
  #cuts(segmentBytes: number): readonly number[] {
    if (segmentBytes === Infinity) return [];
    const { step, use } = this.#state;
    const crossing = this.#crossing();
    const made = new Float64Array(use.peakAt + 1);
    for (const value of this.#waiting) made[this.#placeOf(value)] += step.bytes[value];
    const cuts: number[] = [];
    let [bytes, best] = [0, -1];
    for (let place = 0; place < use.peakAt; place++) {
      bytes += made[place];
      if (bytes < segmentBytes / 2) continue;
      if (best < 0 || crossing[place] <= crossing[best]) best = place;
      if (bytes < segmentBytes) continue;
      cuts.push(best);
      bytes = 0;
      for (let at = best + 1; at <= place; at++) bytes += made[at];
      best = -1;
    }
    return cuts;
  }

  /** By place before the peak, bytes made up to there and read after it, still before the peak. */
  #crossing(): Float64Array {
    const { step, use } = this.#state;
    const changes = new Float64Array(use.peakAt + 2);
    for (const [value, root] of this.#roots.entries()) {
      if (root !== value || !this.#madeBefore(value) || this.#lastBefore[value] < 0) continue;
      changes[this.#placeOf(value)] += step.bytes[value];
      changes[this.#lastBefore[value]] -= step.bytes[value];
    }
    for (let place = 1; place < changes.length; place++) changes[place] += changes[place - 1];
    return changes;
  }

  /** The step in which what the choice says is made again after the peak. */
  applied(choice: Choice): State {
    const cuts = this.#cuts(choice.segmentBytes);
    const end = cuts[choice.segments - 1] ?? Infinity;
    const crossesCut = (value: number): boolean => {
      const place = this.#placeOf(value);
      const cut = firstFrom(cuts, place);
      return cut !== undefined && this.#lastBefore[value] > cut;
    };
    const isKept = (value: number): boolean => {
      const root = this.#roots[value];
      if (!this.#madeBefore(value) || this.#state.step.bytes[root] === 0) return true;
      if (crossesCut(root)) return true;
      return this.#isWaiting.has(root) && (this.#price[root] > choice.dearest || this.#placeOf(root) > end);
    };
    return new Repetition(this.#state, this.#makers, this.#places, isKept).state();
  }
}

/** The first of ascending numbers that is not less. */
function firstFrom(ascending: readonly number[], least: number): number | undefined {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < least) low = middle + 1;
    else high = middle;
  }
  return ascending[low];
}

/** Puts in the nodes that run again. */
class Repetition {
  readonly #state: State;
  readonly #makers: Int32Array;
  readonly #places: Int32Array;
  readonly #isKept: (value: number) => boolean;
  readonly #nodes: StepNode[];
  readonly #sources: number[];
  readonly #bytes: number[];
  readonly #kinds: number[];
  readonly #again = new Map<number, number>();
  #cost: number;
  /** The last place in the order of a node that runs again: what is made up to there waits for no gradient of it. */
  #lastRepeated = -1;

  constructor(state: State, makers: Int32Array, places: Int32Array, isKept: (value: number) => boolean) {
    this.#state = state;
    this.#makers = makers;
    this.#places = places;
    this.#isKept = isKept;
    this.#nodes = [...state.step.nodes];
    this.#sources = [...state.sources];
    this.#bytes = [...state.step.bytes];
    this.#kinds = [...state.step.kinds];
    this.#cost = state.cost;
  }

  state(): State {
    const { step, order, use } = this.#state;
    for (const node of order.subarray(use.peakAt + 1)) {
      const { inputs } = step.nodes[node];
      const read = inputs.map((input) => this.#read(input));
      if (read.some((input, at) => input !== inputs[at])) this.#nodes[node] = { ...step.nodes[node], inputs: read };
    }
    const next = { nodes: this.#nodes, bytes: this.#bytes, kinds: this.#kinds };
    return stateOf(next, this.#sources, placesOf(this.#backwards()), this.#cost);
  }

  /** What a reader after the peak reads for a value. Chains are as long as a network is deep: a stack, not recursion. */
  #read(value: number): number {
    const stack = [value];
    const isDone = (input: number): boolean => input < 0 || this.#again.has(input) || this.#isKept(input);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const missing = isDone(top) ? [] : this.#state.step.nodes[this.#makers[top]].inputs.filter((one) => !isDone(one));
      if (missing.length > 0) stack.push(...missing);
      else {
        stack.pop();
        if (!isDone(top)) this.#repeat(this.#makers[top]);
      }
    }
    return this.#again.get(value) ?? value;
  }

  #repeat(index: number): void {
    const node = this.#state.step.nodes[index];
    const outputs = node.outputs.map((output) => {
      const again = this.#bytes.length;
      this.#bytes.push(this.#state.step.bytes[output]);
      this.#kinds.push(this.#state.step.kinds[output]);
      this.#again.set(output, again);
      return again;
    });
    const inputs = node.inputs.map((input) => this.#again.get(input) ?? input);
    this.#nodes.push({ ...node, inputs, outputs });
    this.#sources.push(this.#state.sources[index]);
    this.#cost += node.cost;
    this.#lastRepeated = Math.max(this.#lastRepeated, this.#places[index]);
  }

  /**
   * The order of running, with what is made again, and what waits for nothing else, behind all others: of the inputs of a
   * node those visited last, so that it begins only when the node's gradient is there.
   */
  #backwards(): readonly number[] {
    const { order, use, step } = this.#state;
    const late = new Set<number>();
    for (let node = step.nodes.length; node < this.#nodes.length; node++)
      for (const output of this.#nodes[node].outputs) late.add(output);
    const isLate = (value: number): boolean => late.has(value);
    const isEarly = (value: number): boolean =>
      value < 0 ||
      this.#makers[value] === undefined ||
      this.#makers[value] < 0 ||
      this.#places[this.#makers[value]] <= this.#lastRepeated;
    const [first, last]: [number[], number[]] = [[], []];
    for (const [place, node] of order.entries()) {
      const { inputs, outputs } = this.#nodes[node];
      const waitsForNothing =
        place > use.peakAt && inputs.some(isLate) && inputs.every((input) => isLate(input) || isEarly(input));
      if (waitsForNothing) for (const output of outputs) late.add(output);
      (waitsForNothing ? last : first).push(node);
    }
    const repeated = Array.from({ length: this.#nodes.length - order.length }, (_, at) => order.length + at);
    return [...first, ...repeated, ...last];
  }
}
