/** A small right document, and ways to make it wrong. */
import type { Issue } from '../../../core/spec/issue.ts';

export const sampleDocument = `// a classifier
{
  "lathe": 1,
  "name": "Sample", // what it is called
  "data": { "source": "builtin:glyphs", "batchSize": 32 },
  "task": { "type": "classifier" },
  "networks": {
    "classifier": {
      "inputs": { "x": "image" },
      "layers": [
        { "id": "c1", "type": "conv2d", "filters": 4, "kernelSize": 3, "strides": 2, "activation": "relu" },
        { "type": "flatten" },
        { "id": "scores", "type": "dense", "units": 10 },
      ],
    },
  },
  "training": {
    "steps": 20,
    "optimizer": { "type": "adam", "learningRate": 0.001 },
  },
}
`;

/** The sample with one stretch of text replaced. @throws when it does not hold that text exactly once. */
export function changed(from: string, to: string, text = sampleDocument): string {
  if (text.split(from).length !== 2) throw new Error(`'${from}' must occur once`);
  return text.replace(from, () => to);
}

/** The text an issue points at. */
export function pointedAt(text: string, issue: Issue): string {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return text.slice(starts[issue.line - 1] + issue.column - 1, starts[issue.endLine - 1] + issue.endColumn - 1);
}
