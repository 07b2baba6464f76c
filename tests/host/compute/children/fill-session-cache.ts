/** A process that asks a session cache for six models again and again and prints the sum of all it got. */
import { encodeModel } from '../../../../core/onnx/encode.ts';
import { OpBuilder } from '../../../../core/ops/builder.ts';
import { tensorOf } from '../../../../core/tensor/tensor.ts';
import { SessionCache } from '../../../../main/host/compute/session-cache.ts';

const cache = new SessionCache(process.argv[2], 'build');
let sum = 0;
for (let round = 0; round < 2; round++) {
  for (let scale = 1; scale <= 6; scale++) {
    const b = new OpBuilder('filled');
    b.output('y', b.mul(b.tanh(b.input('x', 'float32', [1])), scale));
    const session = await cache.session(encodeModel(b.build()), { program: 'p', threads: 1, device: 'cpu' });
    sum += Number((await session.run({ x: tensorOf('float32', [1], [0.5]) }))['y'].data[0]);
    await session.release();
  }
}
console.log(sum);
