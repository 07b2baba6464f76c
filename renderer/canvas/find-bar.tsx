/** Finds layers on the canvas by name, type, field or shape, and goes from one to the next. */
import { useEffect, useRef, useState } from 'react';
import { IconButton } from '../components/button.tsx';
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import { announce } from '../state/toasts.ts';
import { setFinding } from './canvas-store.ts';
import type { CanvasLane } from './flow-model.ts';
import { matching } from './navigate.ts';
import styles from './canvas.module.css';

export function FindBar({
  lanes,
  onShow,
  onDone,
}: {
  readonly lanes: readonly CanvasLane[];
  readonly onShow: (key: NodeKey) => void;
  readonly onDone: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const found = matching(lanes, typed);
  useEffect(() => void field.current?.focus(), []);
  const show = (keys: readonly NodeKey[], index: number): void => {
    if (keys.length === 0) return;
    const wrapped = (index + keys.length) % keys.length;
    setAt(wrapped);
    onShow(keys[wrapped]);
    announce(`${wrapped + 1} of ${keys.length}`);
  };
  const close = (): void => {
    setFinding(false);
    onDone();
  };
  return (
    <div
      className={styles['find']}
      role="search"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') close();
        else if (event.key === 'Enter') show(found, at + (event.shiftKey ? -1 : 1));
        else return;
        event.preventDefault();
      }}
    >
      <input
        ref={field}
        aria-label="Find a layer"
        placeholder="Find a layer"
        value={typed}
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.target.value);
          show(matching(lanes, event.target.value), 0);
        }}
      />
      <FindSteps typed={typed} at={at} count={found.length} onStep={(step) => show(found, at + step)} />
      <IconButton icon="close" label="Close" size="small" onPress={close} />
    </div>
  );
}

interface FindStepsProps {
  readonly typed: string;
  readonly at: number;
  readonly count: number;
  readonly onStep: (step: 1 | -1) => void;
}

/** Which of the found layers is shown, and the way to the one before and the one after. */
function FindSteps({ typed, at, count, onStep }: FindStepsProps) {
  const words = typed === '' ? '' : count === 0 ? 'none' : `${at + 1} of ${count}`;
  return (
    <>
      <span className={styles['findCount']}>{words}</span>
      <IconButton icon="chevronUp" label="Previous" size="small" isDisabled={count === 0} onPress={() => onStep(-1)} />
      <IconButton icon="chevronDown" label="Next" size="small" isDisabled={count === 0} onPress={() => onStep(1)} />
    </>
  );
}
