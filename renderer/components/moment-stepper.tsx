/** A slider over moments of a run, with a button to the one before and one to the one after. */
import { IconButton } from './button.tsx';
import { Slider } from './toggles.tsx';

export interface MomentStepperProps {
  /** Names of the slider and of the two buttons. */
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly count: number;
  readonly index: number;
  readonly onIndex: (index: number) => void;
  /** A moment in words. */
  readonly words: (index: number) => string;
  readonly className: string;
}

export function MomentStepper({ label, before, after, count, index, onIndex, words, className }: MomentStepperProps) {
  return (
    <>
      <IconButton
        icon="chevronLeft"
        size="small"
        label={before}
        isDisabled={index <= 0}
        onPress={() => onIndex(index - 1)}
      />
      <Slider
        label={label}
        hideLabel
        hideValue
        value={index}
        min={0}
        max={Math.max(1, count - 1)}
        disabled={count < 2}
        format={words}
        onChange={onIndex}
        className={className}
      />
      <IconButton
        icon="chevronRight"
        size="small"
        label={after}
        isDisabled={index >= count - 1}
        onPress={() => onIndex(index + 1)}
      />
    </>
  );
}
