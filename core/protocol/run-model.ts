/** What a run's model can be asked for. */
import type { DataInfo } from '../data/data-info.ts';
import type { Samples } from './samples.ts';

export interface SampleOptionInfo {
  readonly name: string;
  readonly label: string;
  readonly kind: 'integer' | 'number' | 'choice' | 'text';
  readonly fallback: number | string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Most characters of a text. */
  readonly longest?: number;
}

/** What can be asked of a run's model, without loading its weights. */
export interface RunModel {
  readonly outputs: readonly { readonly name: string; readonly label: string; readonly kind: Samples['kind'] }[];
  readonly sampleOptions: readonly SampleOptionInfo[];
  readonly scalars: readonly { readonly name: string; readonly label: string; readonly value: number }[];
  readonly metrics: readonly {
    readonly name: string;
    readonly label: string;
    readonly goal: 'min' | 'max' | null;
    readonly heldOut: boolean;
  }[];
  readonly data: DataInfo;
  readonly checkpoints: readonly number[];
  /** Size of the latent vector a decoder or generator starts from; null when there is no such thing. */
  readonly latentSize: number | null;
  /** Ways in which it can say what in an example a class's score hangs on; none where it scores no classes. */
  readonly saliencyMethods: readonly { readonly name: string; readonly label: string }[];
}
