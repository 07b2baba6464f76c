/** Documents the end-to-end tests open and train: points in the plane, for they train in no time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const family = {
  vae: `"task": { "type": "vae", "likelihood": "gaussian" },
  "networks": {
    "encoder": {
      "inputs": { "x": "points" },
      "layers": [
        { "type": "dense", "units": 32, "activation": "relu" },
        { "id": "mean", "type": "dense", "units": 2, "inputs": ["dense_1"] },
        { "id": "logVariance", "type": "dense", "units": 2, "inputs": ["dense_1"] },
      ],
      "outputs": ["mean", "logVariance"],
    },
    "decoder": {
      "inputs": { "z": "latent" },
      "layers": [
        { "type": "dense", "units": 32, "activation": "relu" },
        { "type": "dense", "units": 2 },
      ],
    },
  },`,
  gan: `"task": { "type": "gan", "loss": "nonSaturating", "latentSize": 2 },
  "networks": {
    "generator": {
      "inputs": { "z": "latent" },
      "layers": [
        { "id": "hidden", "type": "dense", "units": 32, "activation": "relu" }, // the only hidden layer
        { "id": "point", "type": "dense", "units": 2 },
      ],
    },
    "discriminator": {
      "inputs": { "x": "points" },
      "layers": [
        { "type": "dense", "units": 32, "activation": "leakyRelu" },
        { "type": "dense", "units": 1 },
      ],
    },
  },`,
  diffusion: `"task": { "type": "diffusion", "prediction": "noise", "schedule": "linear", "timesteps": 50 },
  "networks": {
    "denoiser": {
      "inputs": { "x": "points", "t": "time" },
      "layers": [
        { "id": "when", "type": "timeEmbedding", "dimension": 8, "inputs": ["t"] },
        { "type": "concatenate", "inputs": ["x", "when"] },
        { "type": "dense", "units": 32, "activation": "silu" },
        { "type": "dense", "units": 2 },
      ],
    },
  },`,
} as const;

export type Family = keyof typeof family;

/** A whole document, with comments an edit must not lose. */
export function documentOf(name: Family, title: string, steps: number, sampleEvery = 10): string {
  return `// A note at the top, to be kept.
{
  "lathe": 1,
  "name": "${title}",
  "data": { "source": "builtin:points/8gaussians", "batchSize": 64 },
  ${family[name]}
  "training": {
    "steps": ${steps}, // how long
    "seed": 1,
    "threads": 1,
    "optimizer": { "type": "adam", "learningRate": 0.001 },
    "sampleEvery": ${sampleEvery},
    "sampleCount": 64,
    "checkpointEvery": 50,
  },
}
`;
}

/** Writes a short document of each family. @returns their paths */
export function threeFamilies(folder: string): readonly string[] {
  return (['vae', 'gan', 'diffusion'] as const).map((name) =>
    writeDocument(folder, `Small ${name}`, documentOf(name, `Small ${name}`, 40)),
  );
}

/** @returns the path of the new file */
export function writeDocument(folder: string, name: string, text: string): string {
  const path = join(folder, `${name.toLowerCase().replaceAll(' ', '-')}.lathe.jsonc`);
  writeFileSync(path, text);
  return path;
}
