/** Drawn samples in the shape in which screens take them. */
import type { Samples } from '../../../core/protocol/samples.ts';
import type { SampleOutput } from '../../../core/tasks/task.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';

/** One output with its numbers, which are the output's own buffers. */
export function samplesOf(output: SampleOutput): Samples {
  const { name, label, kind, range, data, reference, labels } = output;
  return {
    name,
    label,
    kind,
    range,
    shape: data.shape.slice(1),
    data: ownNumbers(data),
    reference: reference ? ownNumbers(reference) : null,
    referenceShape: reference ? reference.shape.slice(1) : null,
    labels: labels ? Int32Array.from(labels) : null,
  };
}

/** A buffer of exactly the tensor's numbers: a view of a larger one would be sent with all that is around it. */
function ownNumbers({ data }: Tensor<'float32'>): Float32Array {
  return data.byteLength === data.buffer.byteLength ? data : data.slice();
}
