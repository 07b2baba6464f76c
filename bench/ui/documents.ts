/** Documents of any size for measurements. */

/** A GAN in the plane whose generator has so many dense layers of 8 units; layers are named `layer1`, `layer2`, … */
export function benchDocument(name: string, layers: number): string {
  const lines = Array.from(
    { length: layers },
    (_, i) => `        { "id": "layer${i + 1}", "type": "dense", "units": 8, "activation": "silu" },`,
  );
  return `// For measurements.
{
  "lathe": 1,
  "name": "${name}",
  "data": { "source": "builtin:points/8gaussians", "batchSize": 256 },
  "task": { "type": "gan", "loss": "nonSaturating", "latentSize": 2 },
  "networks": {
    "generator": {
      "inputs": { "z": "latent" },
      "layers": [
${lines.join('\n')}
        { "id": "out", "type": "dense", "units": 2 },
      ],
    },
    "discriminator": {
      "inputs": { "x": "points" },
      "layers": [
        { "type": "dense", "units": 32, "activation": "leakyRelu" },
        { "type": "dense", "units": 1 },
      ],
    },
  },
  "training": {
    "steps": 10000000,
    "seed": 1,
    "threads": 2,
    "optimizer": { "type": "adam", "learningRate": 0.0005 },
    "sampleCount": 64,
    "sampleEvery": 500,
  },
}
`;
}
