/** Spectral normalisation of a kernel (Miyato et al. 2018): W / σ(W), σ the largest singular value. */
import type { Value } from '../../graph/graph.ts';
import type { LayerContext } from '../layer.ts';

/** Keeps a zero vector from dividing by zero, as PyTorch does. */
const epsilon = 1e-12;

/**
 * The kernel divided by its estimated largest singular value.
 *
 * With W the kernel as a matrix of one row an output: v = Wᵀu / |Wᵀu|, u ← Wv / |Wv|, σ = uᵀWv. One such power
 * iteration is made each time a training program applies the layer; evaluation uses the kept u. u and v are constants
 * to the gradient, so ∂σ/∂W = u vᵀ.
 * @param outputs which axis of the kernel counts its outputs.
 */
export function spectrallyNormalised(context: LayerContext, kernel: Value, outputs: number): Value {
  const { b } = context;
  const matrix = asRows(context, kernel, outputs);
  const rows = matrix.type.shape[0] as number;
  const kept = context.buffer('spectralVector', [rows, 1], { type: 'normal', scale: 1 });
  const fixed = b.stopGradient(matrix);
  const v = normalised(context, b.gemm(fixed, kept.value, null, { transA: true }));
  const u = context.training ? normalised(context, b.matMul(fixed, v)) : normalised(context, kept.value);
  if (context.training) kept.update(u);
  const sigma = b.gemm(u, b.matMul(matrix, v), null, { transA: true });
  return b.div(kernel, b.reshape(sigma, []));
}

function asRows(context: LayerContext, kernel: Value, outputs: number): Value {
  const { b } = context;
  const { shape } = kernel.type;
  const perm = [outputs, ...Array.from(shape, (_, axis) => axis).filter((axis) => axis !== outputs)];
  const rows = outputs === 0 ? kernel : b.transpose(kernel, perm);
  return shape.length === 2 ? rows : b.reshape(rows, [shape[outputs] as number, -1]);
}

function normalised(context: LayerContext, vector: Value): Value {
  const { b } = context;
  return b.div(vector, b.max(b.reduce('ReduceL2', vector, [0, 1], true), epsilon));
}
