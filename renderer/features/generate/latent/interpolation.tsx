/** The way between two codes as a strip of what the model makes of it. */
import { useEffect } from 'react';
import { Button } from '../../../components/button.tsx';
import { SamplesView } from '../../../components/samples/samples-view.tsx';
import { SegmentedControl, Slider } from '../../../components/toggles.tsx';
import { useState } from 'react';
import { FaultNote } from '../fault-note.tsx';
import { diceSeed } from '../generate-store.ts';
import type { Target } from '../run-target.ts';
import { priorCodes } from './codes.ts';
import { between, type Path } from './interpolate.ts';
import type { Place2D } from './map-canvas.tsx';
import { useDecoder } from './use-decoder.ts';
import styles from '../generate.module.css';

/** One end of a path; without a place when it was drawn from the prior. */
export interface PathEnd {
  readonly place: Place2D | null;
  readonly code: Float32Array;
}

interface Ends {
  readonly a: PathEnd | null;
  readonly b: PathEnd | null;
}

interface InterpolationProps {
  readonly target: Target;
  readonly size: number;
  readonly label: number;
  readonly ends: Ends;
  readonly onEnds: (ends: Ends) => void;
}

export function Interpolation({ target, size, label, ends, onEnds }: InterpolationProps) {
  const [path, setPath] = useState<Path>('spherical');
  const [count, setCount] = useState(9);
  const decoder = useDecoder(target);
  const { a, b } = ends;
  useEffect(() => {
    if (a && b) decoder.decode(between(a.code, b.code, count, path), count, label);
  }, [a, b, count, path, label]);
  const drawn = (): PathEnd => ({ place: null, code: priorCodes(1, size, diceSeed()) });
  return (
    <section className={styles['section']} aria-label="Interpolation">
      <div className={styles['head']}>
        <h2>Interpolation</h2>
        <SegmentedControl
          label="Path between the ends"
          size="small"
          segments={[
            { value: 'spherical', label: 'Spherical' },
            { value: 'linear', label: 'Linear' },
          ]}
          value={path}
          onChange={setPath}
        />
        <Button size="small" icon="dice" onPress={() => onEnds({ a: drawn(), b: drawn() })}>
          Two random ends
        </Button>
        <div className={styles['wide']}>
          <Slider label="Steps" value={count} min={3} max={24} onChange={setCount} />
        </div>
      </div>
      {decoder.fault && <FaultNote fault={decoder.fault} />}
      {a && b && decoder.decoded ? (
        <SamplesView
          samples={{ ...decoder.decoded, label: `From A to B, ${path}`, labels: null }}
          info={target.model.data}
          columns={count}
          cell={56}
          height={260}
        />
      ) : (
        <p className={styles['note']}>
          Set two ends A and B on the map, or draw two at random. The arc keeps the length of codes that a Gaussian
          prior has; the line passes nearer to zero.
        </p>
      )}
    </section>
  );
}
