/** Settings: looks, training, devices, the data folder, shortcuts, and what Lathe is. */
import type { ReactNode } from 'react';
import { PlaceFrame } from '../../components/layout.tsx';
import { SegmentedControl, Slider } from '../../components/toggles.tsx';
import { changeSettings, useSettings } from '../../state/settings.ts';
import { About, Privacy } from './about.tsx';
import { DataFolder } from './data-folder.tsx';
import { Devices } from './devices.tsx';
import { Section, SettingLine, SwitchLine } from './section.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { Training } from './training.tsx';
import styles from './settings.module.css';

export function Place() {
  return (
    <PlaceFrame>
      <div className={styles['body']}>
        <div className={styles['page']}>
          <h1>Settings</h1>
          <Looks />
          <Training />
          <Devices />
          <DataFolder />
          <Shortcuts />
          <Privacy />
          <About />
        </div>
      </div>
    </PlaceFrame>
  );
}

function Looks(): ReactNode {
  const { theme, reducedMotion, smoothing } = useSettings((state) => state.settings);
  return (
    <Section title="Appearance">
      <SettingLine title="Theme">
        <SegmentedControl
          label="Theme"
          segments={[
            { value: 'system', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          value={theme}
          onChange={(next) => void changeSettings({ theme: next })}
        />
      </SettingLine>
      <SwitchLine
        title="Reduced motion"
        note="Nothing slides or fades; also on when the system asks for it"
        selected={reducedMotion}
        onChange={(next) => void changeSettings({ reducedMotion: next })}
      />
      <SettingLine title="Smoothing of curves" note="The raw line stays visible, faint, under the smoothed one">
        <SmoothingSlider smoothing={smoothing} />
      </SettingLine>
    </Section>
  );
}

function SmoothingSlider({ smoothing }: { readonly smoothing: number }) {
  return (
    <Slider
      label="Smoothing of curves"
      hideLabel
      className={styles['slider']!}
      value={smoothing}
      min={0}
      max={0.99}
      step={0.01}
      onChange={(next) => useSettings.setState((state) => ({ settings: { ...state.settings, smoothing: next } }))}
      onChangeEnd={(next) => void changeSettings({ smoothing: next })}
      format={(value) => (value === 0 ? 'none' : value.toFixed(2))}
    />
  );
}
