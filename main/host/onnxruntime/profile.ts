/** Where ONNX Runtime ran each node: read from the profile that it writes itself, not from what was asked of it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { PlacedNode } from '../compute/compute-session.ts';

/** `[{"float": [2, 3]}]`: one entry an output. */
const typesAndShapes = z.array(z.record(z.string(), z.array(z.number())));

/** Elements of the longest list of sizes that is taken for one. */
const mostSizes = 16;

function areSizes(outputs: z.infer<typeof typesAndShapes>): boolean {
  const all = outputs.flatMap((output) => Object.entries(output));
  return (
    all.length > 0 &&
    all.every(([type, shape]) => type === 'int64' && shape.length <= 1 && (shape[0] ?? 1) <= mostSizes)
  );
}

/** The entries of a profile (Chrome trace events) that tell of a node's kernel. */
const events = z.array(
  z.looseObject({
    cat: z.string().optional(),
    name: z.string(),
    args: z
      .looseObject({
        provider: z.string().optional(),
        op_name: z.string().optional(),
        node_index: z.string().optional(),
        output_type_shape: typesAndShapes.optional(),
      })
      .optional(),
  }),
);

export class Profile {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<Profile> {
    return new Profile(await mkdtemp(join(tmpdir(), 'lathe-profile-')));
  }

  /** Path prefix for the session's option. */
  get prefix(): string {
    return join(this.#folder, 'profile');
  }

  /** Reads the profile that was written and deletes it. One entry a node, in the order they first ran. */
  async take(): Promise<readonly PlacedNode[]> {
    try {
      const [file] = await readdir(this.#folder);
      if (file === undefined) return [];
      return placedNodes(await readFile(join(this.#folder, file), 'utf8'));
    } finally {
      await rm(this.#folder, { recursive: true, force: true });
    }
  }
}

/** @param text a profile. @throws SyntaxError or ZodError when it is none */
function placedNodes(text: string): readonly PlacedNode[] {
  const nodes = new Map<string, PlacedNode>();
  for (const { cat, name, args } of events.parse(JSON.parse(text))) {
    if (cat !== 'Node' || !args?.provider) continue;
    nodes.set(`${args.node_index ?? ''} ${name}`, {
      name: name.replace(/_kernel_time$/, ''),
      op: args.op_name ?? '',
      provider: args.provider,
      isSizes: areSizes(args.output_type_shape ?? []),
    });
  }
  return [...nodes.values()];
}
