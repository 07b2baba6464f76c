/** How data is read: a table's target, the size of pictures, the shares held out. */
import { useState } from 'react';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { HostFault } from '../../../core/protocol/fault.ts';
import { Button } from '../../components/button.tsx';
import { Disclosure } from '../../components/layout.tsx';
import { NumberField } from '../../components/number-field.tsx';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import { changeOptions, type DataOptions } from './data-store.ts';
import type { DataRequest } from './sources.ts';
import styles from './data.module.css';

interface ReadingOptionsProps {
  readonly request: DataRequest;
  readonly info: DataInfo | undefined;
  readonly fault: HostFault | undefined;
}

export function ReadingOptions({ request, info, fault }: ReadingOptionsProps) {
  const [draft, setDraft] = useState<DataOptions>(request);
  const [scheme] = request.source.split(':');
  const apply = (options: DataOptions): void => {
    const { target, context, image, split } = options;
    changeOptions(request.source, {
      ...(target && { target }),
      ...(context && { context }),
      ...(image && { image }),
      ...(split && { split }),
    });
  };
  const isMade = scheme === 'builtin';
  return (
    <Disclosure title="How it is read" startsOpen={fault?.code === 'option'}>
      <div className={styles['options']}>
        {scheme === 'table' && <TargetField draft={draft} info={info} onChange={setDraft} />}
        {(scheme === 'images' || scheme === 'idx' || scheme === 'cifar') && (
          <ImageFields draft={draft} onChange={setDraft} />
        )}
        {(scheme === 'text' || info?.kind === 'text') && (
          <NumberField
            label="Context"
            unit="characters"
            value={draft.context ?? NaN}
            min={2}
            max={65_536}
            digits={0}
            onChange={(context) => setDraft({ ...draft, context })}
          />
        )}
        <NumberField
          label="Held out for validation"
          value={draft.split?.validation ?? NaN}
          min={0}
          digits={4}
          onChange={(validation) => setDraft({ ...draft, split: { ...draft.split, validation } })}
        />
        <NumberField
          label="Held out for the test"
          value={draft.split?.test ?? NaN}
          min={0}
          digits={4}
          onChange={(test) => setDraft({ ...draft, split: { ...draft.split, test } })}
        />
        <Button look="primary" onPress={() => apply(draft)}>
          Read this way
        </Button>
        <Button
          look="quiet"
          onPress={() => {
            setDraft({});
            apply({});
          }}
        >
          As it comes
        </Button>
      </div>
      <p className={styles['note']}>
        {isMade
          ? 'Made data keeps its total; these numbers move samples between its splits.'
          : 'Below 1 a share of the training samples, from 1 on a number of them; a split that the data brings stays as it is.'}
      </p>
    </Disclosure>
  );
}

interface FieldProps {
  readonly draft: DataOptions;
  readonly onChange: (options: DataOptions) => void;
}

/** A list where the columns are known, words where the data could not be read. */
function TargetField({ draft, info, onChange }: FieldProps & { readonly info: DataInfo | undefined }) {
  const names = [
    ...(info?.columns ?? []).map((column) => column.name),
    ...(info?.targetColumn ? [info.targetColumn.name] : []),
  ];
  const setTarget = (target: string): void => {
    const { target: _before, ...rest } = draft;
    onChange(target === '' ? rest : { ...rest, target });
  };
  if (names.length === 0) return <TextField label="Target column" value={draft.target ?? ''} onChange={setTarget} />;
  const choices = [{ value: '', label: 'None' }, ...names.map((name) => ({ value: name, label: name }))];
  return <Select label="Target column" choices={choices} value={draft.target ?? ''} onChange={setTarget} />;
}

function ImageFields({ draft, onChange }: FieldProps) {
  const set = (image: DataOptions['image']): void => onChange({ ...draft, image: { ...draft.image, ...image } });
  const colours = [
    { value: '1', label: 'Grey' },
    { value: '3', label: 'Colour' },
  ];
  return (
    <>
      <NumberField
        label="Width"
        unit="px"
        value={draft.image?.width ?? NaN}
        min={1}
        max={1024}
        digits={0}
        onChange={(width) => set({ width })}
      />
      <NumberField
        label="Height"
        unit="px"
        value={draft.image?.height ?? NaN}
        min={1}
        max={1024}
        digits={0}
        onChange={(height) => set({ height })}
      />
      <Select
        label="Channels"
        choices={colours}
        value={draft.image?.channels ? (String(draft.image.channels) as '1' | '3') : null}
        placeholder="As it comes"
        onChange={(value) => set({ channels: value === '1' ? 1 : 3 })}
      />
    </>
  );
}
