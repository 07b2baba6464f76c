/** What a window and the worker that lays out its map say to each other. */
import type { Projection } from './projection.ts';

export type MapMethod = 'umap' | 'pca';

export type MapReply =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly projection: Projection }
  | { readonly type: 'failed'; readonly message: string };

export interface MapTask {
  readonly method: MapMethod;
  /** [count, size] */
  readonly latents: Float32Array;
  readonly size: number;
}
