/** A model's state in the memory of a device: stays there from step to step, and comes home when it is asked for. */
import type { Tensor } from '../../../core/tensor/tensor.ts';
import type { DeviceMemory, DeviceTensor, DeviceTensors } from '../compute/compute-session.ts';

export class HeldState {
  readonly #memory: DeviceMemory;
  /** The state in memory: what was not on the device yet is taken from here, and it is brought back to here. */
  readonly #home: Map<string, Tensor<'float32'>>;
  readonly #held = new Map<string, DeviceTensor>();
  /** What the device has computed since it was last brought home. */
  readonly #newer = new Set<string>();

  constructor(memory: DeviceMemory, home: Map<string, Tensor<'float32'>>) {
    this.#memory = memory;
    this.#home = home;
  }

  /** Whether the state in memory is the device's. */
  get isHome(): boolean {
    return this.#newer.size === 0;
  }

  /** Takes to the device what is not there yet. */
  async take(names: readonly string[]): Promise<void> {
    const missing = names.flatMap((name) => {
      const value = this.#held.has(name) ? undefined : this.#home.get(name);
      return value ? [[name, value] as const] : [];
    });
    if (missing.length === 0) return;
    const held = await this.#memory.hold(Object.fromEntries(missing));
    for (const [name, value] of Object.entries(held)) this.#held.set(name, value);
  }

  get(name: string): DeviceTensor | undefined {
    return this.#held.get(name);
  }

  /** Puts a step's results in the place of what it started from. */
  replace(name: string, value: DeviceTensor): void {
    this.#held.get(name)?.dispose();
    this.#held.set(name, value);
    this.#newer.add(name);
  }

  /** Reads what a program left on the device besides state, and frees it there. */
  async readOnce(tensors: DeviceTensors): Promise<Readonly<Record<string, Tensor>>> {
    const values = await this.#memory.read(tensors);
    for (const tensor of Object.values(tensors)) tensor.dispose();
    return values;
  }

  async bringHome(): Promise<void> {
    const newer = [...this.#newer].map((name) => [name, this.#held.get(name)] as const);
    if (newer.length === 0) return;
    const values = await this.#memory.read(
      Object.fromEntries(newer.flatMap(([name, value]) => (value ? [[name, value]] : []))),
    );
    for (const [name, value] of Object.entries(values)) this.#home.set(name, value as Tensor<'float32'>);
    this.#newer.clear();
  }

  async release(): Promise<void> {
    for (const value of this.#held.values()) value.dispose();
    this.#held.clear();
    await this.#memory.release();
  }
}
