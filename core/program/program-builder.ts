/** Builds a program: a graph whose inputs say where they come from and whose outputs say where they go. */
import { GraphError, sameShape, type Dim, type TensorType, type Value } from '../graph/graph.ts';
import { OpBuilder } from '../ops/builder.ts';
import type { Without } from '../ops/optimisations.ts';
import type { DType } from '../tensor/tensor.ts';
import type { InputSource, OutputTarget, Part, Program, ProgramInput, ProgramOutput, StateSpec } from './program.ts';

/** The state a model's programs share: each tensor declared once, in the order they were first met. */
export class StateRegistry {
  readonly #specs = new Map<string, StateSpec>();

  /** Declares a state tensor, or checks that it is the one already declared. */
  declare(spec: StateSpec): StateSpec {
    const known = this.#specs.get(spec.name);
    if (!known) {
      this.#specs.set(spec.name, spec);
      return spec;
    }
    if (sameShape(known.shape, spec.shape)) return known;
    throw new GraphError(
      `'${spec.name}' is used with shape [${spec.shape.join(', ')}] and with shape [${known.shape.join(', ')}]`,
    );
  }

  get(name: string): StateSpec | undefined {
    return this.#specs.get(name);
  }

  get all(): readonly StateSpec[] {
    return [...this.#specs.values()];
  }
}

export class ProgramBuilder {
  readonly name: string;
  /** The graph under construction: layers and losses add their nodes here. */
  readonly b: OpBuilder;
  readonly registry: StateRegistry;
  readonly #inputs: ProgramInput[] = [];
  readonly #outputs: ProgramOutput[] = [];
  readonly #stateInputs = new Map<string, Value>();
  readonly #stateNow = new Map<string, Value>();
  readonly #sources = new Map<string, Value>();

  constructor(name: string, registry: StateRegistry, without?: Without) {
    this.name = name;
    this.b = new OpBuilder(name, without);
    this.registry = registry;
  }

  /** The current value of a state tensor within this program: what it was at the start, or what `setState` made it. */
  state(spec: StateSpec): Value {
    const declared = this.registry.declare(spec);
    const now = this.#stateNow.get(declared.name);
    if (now) return now;
    const value = this.#input(declared.name, 'float32', declared.shape, { kind: 'state', state: declared.name });
    this.#stateInputs.set(declared.name, value);
    this.#stateNow.set(declared.name, value);
    return value;
  }

  /** Gives a state tensor its next value: later reads see it, as a constant to gradients; written back at the end. */
  setState(spec: StateSpec, value: Value): void {
    this.state(spec);
    if (!sameShape(value.type.shape, spec.shape)) {
      throw new GraphError(
        `the update of '${spec.name}' has shape [${value.type.shape.join(', ')}], expected [${spec.shape.join(', ')}]`,
      );
    }
    this.#stateNow.set(spec.name, this.b.stopGradient(value));
  }

  /** State tensors this program reads, in order of first use. */
  get usedStates(): readonly StateSpec[] {
    return [...this.#stateInputs.keys()].flatMap((name) => this.registry.get(name) ?? []);
  }

  /** Samples (`x`) or targets (`y`) of the step's batch number `index`. */
  batch(field: 'x' | 'y', type: TensorType, index = 0): Value {
    return this.#once(`batch.${field}.${index}`, type.dtype, type.shape, { kind: 'batch', field, index });
  }

  /** Fresh float32 random numbers; each stream's name must be used once in a program. */
  noise(stream: string, distribution: 'uniform' | 'normal', shape: readonly Dim[]): Value {
    return this.#input(`noise.${stream}`, 'float32', shape, { kind: 'noise', stream, distribution });
  }

  /** A float32 scalar that follows a schedule or the user's hand. */
  scalar(name: string): Value {
    return this.#once(`scalar.${name}`, 'float32', [], { kind: 'scalar', scalar: name });
  }

  /** An input given by whoever runs the program. */
  argument(name: string, dtype: DType, shape: readonly Dim[]): Value {
    return this.#input(name, dtype, shape, { kind: 'argument' });
  }

  /** Reports a scalar into the curves. */
  metric(name: string, value: Value): void {
    if (value.type.shape.length > 0)
      throw new GraphError(`metric '${name}' must be a scalar, it has shape [${value.type.shape.join(', ')}]`);
    this.#output(`metric.${name}`, value, { kind: 'metric', metric: name });
  }

  /** Offers the sum of squares of a parameter's gradient; a step that does not ask for it does nothing more. */
  watchGradient(parameter: string, square: Value): void {
    this.#output(`watch.gradientSquare.${parameter}`, square, {
      kind: 'watch',
      watch: 'gradientSquare',
      of: parameter,
    });
  }

  /** Offers the gradients of several parameters as one flat tensor; a step that does not ask for it does nothing more. */
  watchGradients(parts: readonly Part[], gradient: Value): void {
    this.#output(`watch.gradients.${parts[0].name}`, gradient, { kind: 'watch', watch: 'gradients', of: parts });
  }

  /** Hands a value to whoever runs the program. */
  result(name: string, value: Value): void {
    this.#output(name, value, { kind: 'result' });
  }

  /** The finished program: every state tensor that was set becomes an output. */
  build(): Program {
    for (const [name, value] of this.#stateNow) {
      if (value !== this.#stateInputs.get(name)) this.#output(`next.${name}`, value, { kind: 'state', state: name });
    }
    return { name: this.name, graph: this.b.build(), inputs: this.#inputs, outputs: this.#outputs };
  }

  #once(name: string, dtype: DType, shape: readonly Dim[], source: InputSource): Value {
    const known = this.#sources.get(name);
    if (known) return known;
    const value = this.#input(name, dtype, shape, source);
    this.#sources.set(name, value);
    return value;
  }

  #input(name: string, dtype: DType, shape: readonly Dim[], source: InputSource): Value {
    this.#inputs.push({ name, dtype, shape, source });
    return this.b.input(name, dtype, shape);
  }

  #output(name: string, value: Value, target: OutputTarget): void {
    this.b.output(name, value);
    this.#outputs.push({ name, target });
  }
}
