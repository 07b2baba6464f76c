/** The latent space: a map of codes, what any place of it becomes, and ways between two places. */
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Select } from '../../../components/select.tsx';
import { ColourDot } from '../../../components/tag.tsx';
import { SegmentedControl } from '../../../components/toggles.tsx';
import { FaultNote } from '../fault-note.tsx';
import { OneSample } from '../one-sample.tsx';
import { RequestBar } from '../request-bar.tsx';
import type { Target } from '../run-target.ts';
import { type Codes, useCodes, useExample, useRunData } from './codes.ts';
import { Interpolation, type PathEnd } from './interpolation.tsx';
import { MapCanvas, type Place2D } from './map-canvas.tsx';
import { codeAt, type Projection } from './projection.ts';
import { useDecoder } from './use-decoder.ts';
import type { MapMethod } from './map-messages.ts';
import { useProjection } from './use-projection.ts';
import styles from '../generate.module.css';

export function LatentTab({ target }: { readonly target: Target }) {
  const { codes, request } = useCodes(target);
  const [method, setMethod] = useState<MapMethod>('pca');
  const { projection, progress, fault } = useProjection(codes, method);
  const [label, setLabel] = useState(-1);
  const isMissing = request.fault !== undefined && request.fault.code !== 'no-codes';
  return (
    <div className={styles['body']}>
      <div className={styles['head']}>
        <h2>Latent map</h2>
        <SegmentedControl
          label="How the map is laid out"
          size="small"
          segments={[
            { value: 'pca', label: 'Principal components' },
            { value: 'umap', label: 'UMAP' },
          ]}
          value={method}
          onChange={setMethod}
        />
        <ClassChoice target={target} label={label} onChange={setLabel} />
      </div>
      {isMissing && <FaultNote fault={request.fault!} />}
      {fault && <FaultNote fault={{ message: fault }} />}
      {request.isRunning && !codes && (
        <RequestBar label="Encoding examples" progress={request.progress} onCancel={request.cancel} />
      )}
      {codes && progress && !projection && (
        <RequestBar label="Laying out the map" progress={{ what: 'laying out the map', ...progress }} />
      )}
      {codes && projection && (
        <Explorer key={method} target={target} codes={codes} projection={projection} label={label} />
      )}
    </div>
  );
}

/** Of a conditional model, the class that codes are decoded as. */
function ClassChoice({
  target: { model },
  label,
  onChange,
}: {
  readonly target: Target;
  readonly label: number;
  readonly onChange: (label: number) => void;
}) {
  const { classes } = model.data;
  const isConditional = model.sampleOptions.some(
    ({ kind, min, max }) => kind === 'integer' && min === -1 && max === classes.length - 1,
  );
  if (!isConditional || classes.length === 0) return null;
  const choices = classes.map((name, index) => ({ value: String(index), label: name }));
  return (
    <Select
      label="Decode as"
      beside
      size="small"
      choices={choices}
      value={String(Math.max(0, label))}
      onChange={(value) => onChange(Number(value))}
    />
  );
}

interface ExplorerProps {
  readonly target: Target;
  readonly codes: Codes;
  readonly projection: Projection;
  readonly label: number;
}

function Explorer({ target, codes, projection, label }: ExplorerProps) {
  const [picked, setPicked] = useState<Place2D | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [ends, setEnds] = useState<{ readonly a: PathEnd | null; readonly b: PathEnd | null }>({ a: null, b: null });
  const decoder = useDecoder(target);
  const codeOf = ({ x, y }: Place2D): Float32Array => codeAt(projection, codes.latents, codes.size, x, y);
  const pick = (place: Place2D): void => {
    setPicked(place);
    decoder.decode(codeOf(place), 1, label);
  };
  const endHere = (): PathEnd | null => picked && { place: picked, code: codeOf(picked) };
  return (
    <>
      <div className={styles['map']}>
        <div className={styles['aside']}>
          <MapCanvas
            points={projection.points}
            labels={codes.labels}
            words={mapWords(codes)}
            picked={picked}
            hovered={hovered}
            ends={{ a: ends.a?.place ?? null, b: ends.b?.place ?? null }}
            onPick={pick}
            onHover={setHovered}
          />
          <Legend target={target} codes={codes} />
          <p className={styles['note']}>{wayBack(codes, projection)}</p>
        </div>
        <div className={styles['aside']}>
          <section className={styles['one']} aria-live="polite">
            <h3>Decoded here</h3>
            {decoder.decoded ? (
              <OneSample
                samples={decoder.decoded}
                index={0}
                words="What the model makes of the picked place"
                info={target.model.data}
              />
            ) : (
              <div className={styles['blank']}>Click or drag on the map, or move with the arrow keys</div>
            )}
            <div className={styles['controls']}>
              <Button size="small" isDisabled={!picked} onPress={() => setEnds({ ...ends, a: endHere() })}>
                Set as A
              </Button>
              <Button size="small" isDisabled={!picked} onPress={() => setEnds({ ...ends, b: endHere() })}>
                Set as B
              </Button>
            </div>
            {decoder.fault && <FaultNote fault={decoder.fault} />}
          </section>
          {codes.examples && <RealSample target={target} codes={codes} point={hovered} />}
        </div>
      </div>
      <Interpolation target={target} size={codes.size} label={label} ends={ends} onEnds={setEnds} />
    </>
  );
}

function RealSample({
  target,
  codes,
  point,
}: {
  readonly target: Target;
  readonly codes: Codes;
  readonly point: number | null;
}) {
  const [last, setLast] = useState<number | null>(null);
  // What was pointed at last stays, so that the pointer may leave the map.
  if (point !== null && point !== last) setLast(point);
  const data = useRunData(target);
  const sample = useExample(data, codes, last);
  const label = last === null ? undefined : codes.labels?.[last];
  const name = label === undefined ? '' : target.model.data.classes[label];
  return (
    <section className={styles['one']}>
      <h3>Real sample{name ? ` · ${name}` : ''}</h3>
      {sample && sample.data.length > 0 ? (
        <OneSample
          samples={sample}
          index={0}
          words={`The real sample pointed at${name ? `, class ${name}` : ''}`}
          info={target.model.data}
        />
      ) : (
        <div className={styles['blank']}>Point at a dot</div>
      )}
    </section>
  );
}

function Legend({ target, codes }: { readonly target: Target; readonly codes: Codes }) {
  const { classes } = target.model.data;
  if (!codes.labels || classes.length === 0 || classes.length > 16) return null;
  return (
    <div className={styles['legend']}>
      {classes.map((name, index) => (
        <span key={name}>
          <ColourDot colour={`var(--series-${(index % 8) + 1})`} size={8} />
          {name}
          {index >= 8 ? ' (square)' : ''}
        </span>
      ))}
    </div>
  );
}

function mapWords({ latents, size, examples }: Codes): string {
  const count = latents.length / size;
  const what = examples ? `codes of ${count} ${examples.of} samples` : `${count} codes drawn from the prior`;
  return `Latent map: ${what}, each of ${size} numbers, in two dimensions. Arrow keys move the place that is decoded.`;
}

/** What a place of the map stands for, honestly. */
function wayBack(codes: Codes, { plane }: Projection): string {
  const what = codes.examples
    ? `${codes.latents.length / codes.size} ${codes.examples.of} samples.`
    : 'This model makes no codes from samples: the dots are codes drawn from its prior.';
  if (!plane)
    return `${what} UMAP keeps neighbours together but has no way back: a place is decoded as a blend of the four nearest codes.`;
  if (codes.size <= 2) return `${what} The map is the whole latent space.`;
  return `${what} The plane holds ${Math.round(plane.share * 100)} % of the codes’ variance; a place is decoded with the mean of all other directions.`;
}
