/** One slider over training time for all runs: it rests where some run drew samples, and can walk by itself. */
import { useEffect, useEffectEvent, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { Slider } from '../../components/toggles.tsx';
import styles from './compare.module.css';

export interface TimeSliderProps {
  /** Ascending places on the axis. */
  readonly stops: readonly number[];
  readonly stop: number;
  readonly onStop: (stop: number) => void;
  /** Where it stands, in words. */
  readonly words: string;
}

const walkEveryMs = 700;

export function TimeSlider({ stops, stop, onStop, words }: TimeSliderProps) {
  const [isWalking, setIsWalking] = useState(false);
  const last = stops.length - 1;
  const walk = useEffectEvent(() => {
    if (stop >= last) setIsWalking(false);
    else onStop(stop + 1);
  });
  useEffect(() => {
    if (!isWalking) return undefined;
    const timer = setInterval(() => walk(), walkEveryMs);
    return () => clearInterval(timer);
  }, [isWalking]);
  const play = (): void => {
    if (!isWalking && stop >= last) onStop(0);
    setIsWalking(!isWalking);
  };
  return (
    <div className={styles['time']} role="group" aria-label="Moment of training">
      <IconButton
        icon={isWalking ? 'pause' : 'play'}
        size="small"
        label={isWalking ? 'Stop walking through training' : 'Walk through training'}
        isDisabled={last === 0}
        onPress={play}
      />
      <IconButton
        icon="chevronLeft"
        size="small"
        label="Moment before"
        isDisabled={stop === 0}
        onPress={() => onStop(stop - 1)}
      />
      <div className={styles['track']}>
        <Slider
          label="Moment of training"
          hideLabel
          hideValue
          value={stop}
          min={0}
          max={Math.max(1, last)}
          disabled={last === 0}
          onChange={onStop}
          format={() => words}
        />
      </div>
      <IconButton
        icon="chevronRight"
        size="small"
        label="Next moment"
        isDisabled={stop >= last}
        onPress={() => onStop(stop + 1)}
      />
      <output className={styles['moment']}>{words}</output>
      <span className={styles['faint']}>
        {stop + 1} of {stops.length}
      </span>
    </div>
  );
}
