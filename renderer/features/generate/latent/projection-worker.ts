/** Lays codes out on a map away from the window's thread: UMAP or principal components, telling how far it is. */
import { UMAP } from 'umap-js';
import { RandomStream } from '../../../../core/random/random.ts';
import { principalPlane } from './projection.ts';
import type { MapReply, MapTask } from './map-messages.ts';

const neighbours = 15;
/** Telling of every epoch would cost more than the epochs. */
const tellEvery = 10;

const say = (reply: MapReply): void => postMessage(reply);

/** UMAP as McInnes, Healy and Melville (2018) have it, with a fixed seed: the same codes give the same map. */
function umapPoints({ latents, size }: MapTask): Float32Array {
  const random = new RandomStream(0, 'latent-map');
  const count = latents.length / size;
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(neighbours, count - 1),
    minDist: 0.1,
    random: () => random.uniform(),
  });
  const rows = Array.from({ length: count }, (_, i) => Array.from(latents.subarray(i * size, (i + 1) * size)));
  const epochs = umap.initializeFit(rows);
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    if (epoch % tellEvery === 0) say({ type: 'progress', done: epoch, total: epochs });
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

addEventListener('message', ({ data }: MessageEvent<MapTask>) => {
  try {
    // Fewer points than neighbours have no neighbourhoods to lay out.
    const isCurved = data.method === 'umap' && data.latents.length / data.size > 3;
    say({
      type: 'done',
      projection: isCurved ? { points: umapPoints(data), plane: null } : principalPlane(data.latents, data.size),
    });
  } catch (error) {
    say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});
