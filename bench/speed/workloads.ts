/** The seven workloads of the benchmark: their documents lie in bench/workloads, PyTorch's forms in bench/peers/pytorch. */

/** What is drawn from a workload's model once its training has been measured. */
export interface Sampling {
  readonly what: string;
  readonly unit: string;
  /** Samples of one request. */
  readonly count: number;
  /** Units in one sample: 1, or the characters of a text. */
  readonly unitsEach: number;
  readonly options: Readonly<Record<string, number | string>>;
}

export interface Workload {
  readonly what: string;
  readonly sampling?: Sampling;
}

export const workloads = {
  mlp: { what: '784-512-256-10, batch 128, Adam' },
  cnn: { what: 'conv 32, pool, conv 64, pool, dense 128, 10 classes; 28×28, batch 64' },
  vae: {
    what: 'conv 32 and 64, stride 2, 16 latents; 28×28, batch 64',
    sampling: { what: 'VAE decode', unit: 'images', count: 1024, unitsEach: 1, options: {} },
  },
  dcgan: {
    what: '256, 128, 64 channels; 32×32×3, batch 64; one step of each network',
    sampling: { what: 'GAN', unit: 'images', count: 256, unitsEach: 1, options: {} },
  },
  unet: {
    what: 'DDPM, 32 and 64 channels, attention at 8×8; 32×32×3, batch 32',
    sampling: {
      what: 'DDIM, 50 steps, U-Net',
      unit: 'images',
      count: 64,
      unitsEach: 1,
      options: { sampler: 'ddim', steps: 50 },
    },
  },
  gpt: {
    what: '4 layers, 4 heads, 128 wide, 128 characters, batch 32',
    sampling: {
      what: 'GPT, keys and values cached',
      unit: 'characters',
      count: 16,
      unitsEach: 127,
      options: { length: 127 },
    },
  },
  lstm: { what: '256 units, 64 characters, batch 32' },
} as const satisfies Readonly<Record<string, Workload>>;

export type WorkloadName = keyof typeof workloads;

export const workloadNames = Object.keys(workloads) as WorkloadName[];

const noKernel = "its WebAssembly has no kernel for the gradient of a convolution's weights";

/** What TensorFlow.js is not asked to train, with the reason; what is missing here, bench/peers/tensorflow.ts trains. */
export const tensorflowAbsences = {
  cnn: noKernel,
  vae: noKernel,
  dcgan: noKernel,
  unet: noKernel,
  gpt: 'its layers have no attention',
} as const satisfies Partial<Record<WorkloadName, string>>;

export type TensorflowWorkload = Exclude<WorkloadName, keyof typeof tensorflowAbsences>;
