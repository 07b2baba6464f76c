/**
 * The gradient rule of every operator. A rule adds ordinary nodes of the same instruction set, so that gradients can be
 * differentiated again; it knows the builder and nothing of graphs. How ties and kinks are decided stands with each part.
 */
import { convolutionGradients } from './gradients/convolution.ts';
import { elementwiseGradients } from './gradients/elementwise.ts';
import { indexingGradients } from './gradients/indexing.ts';
import { matrixGradients } from './gradients/matrix.ts';
import { normalisationGradients } from './gradients/normalisation.ts';
import { poolingGradients } from './gradients/pooling.ts';
import { recurrentGradients } from './gradients/recurrent.ts';
import { reduceGradients } from './gradients/reduce.ts';
import type { GradientTable } from './gradients/rule.ts';
import { shapeGradients } from './gradients/shape.ts';

export const gradients: GradientTable = {
  ...elementwiseGradients,
  ...reduceGradients,
  ...matrixGradients,
  ...convolutionGradients,
  ...poolingGradients,
  ...normalisationGradients,
  ...recurrentGradients,
  ...shapeGradients,
  ...indexingGradients,

  Constant: 'constant',
  ConstantOfShape: 'constant',
  Range: 'constant',
};
