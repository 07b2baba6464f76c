/** How much curves are smoothed, in one line of a toolbar: the same setting wherever it stands. */
import { changeSettings, useSettings } from '../state/settings.ts';
import { Slider } from './toggles.tsx';
import styles from './toggles.module.css';

const words = (value: number): string => (value === 0 ? 'off' : value.toFixed(2));

export function SmoothingSlider() {
  const smoothing = useSettings((state) => state.settings.smoothing);
  return (
    <span className={styles['smoothing']}>
      <span aria-hidden="true">Smoothing</span>
      <Slider
        label="Smoothing"
        hideLabel
        hideValue
        value={smoothing}
        min={0}
        max={0.99}
        step={0.01}
        format={words}
        onChange={(value) => useSettings.setState((state) => ({ settings: { ...state.settings, smoothing: value } }))}
        onChangeEnd={(value) => void changeSettings({ smoothing: value })}
        className={styles['smoothingTrack']!}
      />
      <span className={styles['smoothingValue']}>{words(smoothing)}</span>
    </span>
  );
}
