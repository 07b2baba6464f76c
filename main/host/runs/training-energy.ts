/** The energy of a run in training: of the processor, and of graphics processors where it computes on one. */
import { isAccelerator } from '../../../core/protocol/devices.ts';
import type { RunEnergy } from '../../../core/protocol/run-updates.ts';
import { RunEnergyCount, type MeasuredEnergy } from './energy.ts';
import { GpuEnergyMeter } from './gpu-energy.ts';
import type { TrainJob } from './messages.ts';

export interface EnergyFigures {
  readonly energy: RunEnergy;
  /** Only of a run on a graphics processor. */
  readonly gpuEnergy?: RunEnergy;
}

export class TrainingEnergy {
  readonly #processor: RunEnergyCount;
  readonly #gpuMeter: GpuEnergyMeter | undefined;
  readonly #gpu: RunEnergyCount | undefined;

  /** @param firstStep finished steps now */
  constructor({ energy, gpuEnergy, source }: TrainJob, firstStep: number) {
    this.#processor = new RunEnergyCount(energy, firstStep);
    if (!isAccelerator(source.device)) return;
    this.#gpuMeter = GpuEnergyMeter.open();
    this.#gpu = new RunEnergyCount(gpuEnergy, firstStep, this.#gpuMeter);
  }

  /** What is used from now on is not the run's. */
  pause(): void {
    this.#processor.pause();
    this.#gpu?.pause();
  }

  continue(): void {
    this.#processor.continue();
    this.#gpu?.continue();
  }

  /** @param step finished steps now */
  read(step: number): EnergyFigures {
    return { energy: this.#processor.read(step), ...(this.#gpu && { gpuEnergy: this.#gpu.read(step) }) };
  }

  /** What could be measured; null for what could not. @param step finished steps now */
  measured(step: number): { readonly energy: MeasuredEnergy | null; readonly gpuEnergy: MeasuredEnergy | null } {
    const { energy, gpuEnergy } = this.read(step);
    return { energy: measured(energy), gpuEnergy: measured(gpuEnergy) };
  }

  close(): void {
    this.#gpuMeter?.close();
  }
}

const measured = (energy: RunEnergy | undefined): MeasuredEnergy | null =>
  energy && 'joules' in energy ? energy : null;
