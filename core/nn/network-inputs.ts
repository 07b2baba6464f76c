/** What a network is given: the document's words for its inputs, and what they stand for. */
import { didYouMean } from './nearest-name.ts';
import type { NetworkSpec } from './network-spec.ts';
import type { DocumentPath, InputKind } from './network.ts';
import type { Resolution } from './resolution.ts';

const inputKinds: Readonly<Record<string, InputKind>> = {
  data: 'data',
  image: 'data',
  points: 'data',
  table: 'data',
  text: 'data',
  latent: 'latent',
  noise: 'latent',
  label: 'label',
  time: 'time',
};

/** What a document's word for a network input stands for: `image` is data, `noise` is latent; undefined when unknown. */
export function inputKindOf(word: string): InputKind | undefined {
  return Object.hasOwn(inputKinds, word) ? inputKinds[word] : undefined;
}

/** The inputs by name; reports words that stand for nothing, and a network without inputs. */
export function resolveInputs(
  spec: NetworkSpec,
  path: DocumentPath,
  report: Resolution['report'],
): Map<string, InputKind> {
  const inputs = new Map<string, InputKind>();
  for (const [input, word] of Object.entries(spec.inputs)) {
    const kind = inputKindOf(word);
    if (kind) inputs.set(input, kind);
    else {
      const known = Object.keys(inputKinds);
      const hint = didYouMean(word, known) ?? `use one of ${known.join(', ')}`;
      report({ path: [...path, 'inputs', input], message: `input '${input}' cannot stand for '${word}'`, hint });
    }
  }
  if (Object.keys(spec.inputs).length === 0) {
    report({ path: [...path, 'inputs'], message: 'a network needs an input', hint: 'add for example "x": "image"' });
  }
  return inputs;
}
