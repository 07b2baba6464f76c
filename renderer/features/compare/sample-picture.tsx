/** One image sample, crisp at a whole multiple of its size. */
import { memo, useEffect, useRef } from 'react';
import { drawOne } from '../../components/samples/draw-images.ts';
import { cellSize, imageSize } from '../../components/samples/pixels.ts';
import type { Samples } from '../../../core/protocol/samples.ts';
import matrix from './matrix.module.css';

export interface SamplePictureProps {
  readonly samples: Samples;
  readonly index: number;
  /** Pixels of its longer side, about: a whole multiple where that fits. */
  readonly size: number;
}

/** One sample, below what it was made from where there is such a thing. */
export const SamplePicture = memo(function SamplePicture({ samples, index, size }: SamplePictureProps) {
  const { reference, referenceShape } = samples;
  const hasReference = reference !== null && referenceShape !== null && referenceShape.length >= 2;
  return (
    <span className={matrix['picture']}>
      {hasReference && (
        <OneCanvas data={reference} shape={referenceShape} range={samples.range} index={index} size={size} />
      )}
      <OneCanvas data={samples.data} shape={samples.shape} range={samples.range} index={index} size={size} />
    </span>
  );
});

function OneCanvas({
  data,
  shape,
  range,
  index,
  size,
}: {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly range: Samples['range'];
  readonly index: number;
  readonly size: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) drawOne(canvas.current, data, shape, index, range);
  }, [data, shape, index, range]);
  return <canvas ref={canvas} aria-hidden="true" style={cellSize(imageSize(shape), size)} />;
}
