/** A session whose first run tells where every node ran, and is refused when that is not where it was asked to be. */
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Placement } from '../../../core/protocol/placement.ts';
import type { ComputeSession, DeviceTensor, Feeds, NamedTensors } from './compute-session.ts';
import { CpuFallbackRefusal } from './cpu-fallback.ts';
import { summarisePlacement } from './placement.ts';

export interface Verification {
  readonly program: string;
  readonly device: DeviceId;
  /** Whether nodes that the device lacks may run on the CPU. */
  readonly cpuFallback: boolean;
  readonly onPlacement: (placement: Placement) => void;
}

export class VerifiedSession implements ComputeSession {
  readonly #session: ComputeSession;
  readonly #verification: Verification;
  #verified = false;

  /** @param session one that was asked for its placement. */
  constructor(session: ComputeSession, verification: Verification) {
    this.#session = session;
    this.#verification = verification;
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  async run(feeds: Feeds, fetches?: NamedTensors, wanted?: readonly string[]) {
    const outputs = await this.#session.run(feeds, fetches, wanted);
    await this.#verify();
    return outputs;
  }

  async runHeld(feeds: Feeds, wanted?: readonly string[]) {
    if (!this.#session.runHeld) throw new Error(`${this.#verification.device} holds no tensors`);
    const results = await this.#session.runHeld(feeds, wanted);
    await this.#verify(results.held);
    return results;
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  /** @throws CpuFallbackRefusal naming what ran on the CPU; what the run left on the device is given back then. */
  async #verify(held: Readonly<Record<string, DeviceTensor>> = {}): Promise<void> {
    if (this.#verified || !this.#session.endPlacement) return;
    this.#verified = true;
    const { program, device, cpuFallback, onPlacement } = this.#verification;
    const placement = summarisePlacement(program, device, await this.#session.endPlacement());
    onPlacement(placement);
    if (placement.onCpu.length === 0 || cpuFallback) return;
    for (const value of Object.values(held)) value.dispose();
    throw new CpuFallbackRefusal(placement);
  }
}
