/** Networks, layers and blocks as the document has them: plain JSON, not yet wired or checked. */

/** One layer; the fields of its type stand beside these. */
export interface LayerSpec {
  readonly type: string;
  readonly id?: string;
  /** Ids of earlier layers or names of network inputs; the layer before when left out. */
  readonly inputs?: readonly string[];
  /** Lets the first input through untouched. */
  readonly bypass?: boolean;
  readonly [field: string]: unknown;
}

export interface NetworkSpec {
  /** What the network is given, by name; each word says what it stands for (see `inputKindOf`). */
  readonly inputs: Readonly<Record<string, string>>;
  readonly layers: readonly LayerSpec[];
  /** Ids of the layers whose results the network gives; the last layer when left out. */
  readonly outputs?: readonly string[];
}

/** A group of layers with a name, used as `{ "type": "block", "use": name, "with": parameters }`. */
export interface BlockSpec {
  /** Default values; a text `"$name"` in a layer stands for the parameter `name`. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The block's inputs are called `input`, `input2`, `input3` and so on. */
  readonly layers: readonly LayerSpec[];
  /** Id of the layer whose result the block gives; the last layer when left out. */
  readonly output?: string;
}

export type BlockSpecs = Readonly<Record<string, BlockSpec>>;

/** The JSON value with every text `"$name"` replaced by the parameter `name`; unknown ones go to `onUnknown`. */
export function substitute(
  value: unknown,
  parameters: ReadonlyMap<string, unknown>,
  onUnknown: (name: string) => void,
): unknown {
  if (typeof value === 'string' && value.startsWith('$')) {
    const name = value.slice(1);
    if (!parameters.has(name)) onUnknown(name);
    return parameters.get(name);
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, parameters, onUnknown));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, parameters, onUnknown)]));
}
