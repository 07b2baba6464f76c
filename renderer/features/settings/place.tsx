/** Settings: looks, training, devices, the data folder, shortcuts, and what Lathe is. */
import type { ReactNode } from 'react';
import { PlaceFrame } from '../../components/layout.tsx';
import { NumberField } from '../../components/number-field.tsx';
import { SegmentedControl, Slider, Switch } from '../../components/toggles.tsx';
import { useCall } from '../../client/host-context.tsx';
import { changeSettings, useSettings } from '../../state/settings.ts';
import { About, Privacy } from './about.tsx';
import { DataFolder } from './data-folder.tsx';
import { Devices } from './devices.tsx';
import { Section, SettingLine } from './section.tsx';
import { Shortcuts } from './shortcuts.tsx';
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
      <SettingLine title="Reduced motion" note="Nothing slides or fades; also on when the system asks for it">
        <Switch
          label="Reduced motion"
          hideLabel
          selected={reducedMotion}
          onChange={(next) => void changeSettings({ reducedMotion: next })}
        />
      </SettingLine>
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

function Training(): ReactNode {
  const { slots, threadsPerRun } = useSettings((state) => state.settings);
  const { data: app } = useCall('app.info', {});
  const cores = app?.cores ?? 1;
  const shared = Math.max(1, Math.floor(cores / slots));
  return (
    <Section title="Training">
      <SettingLine title="Runs at once" note="Further runs wait in the queue">
        <NumberField
          label="Runs at once"
          hideLabel
          value={slots}
          min={1}
          max={8}
          digits={0}
          onChange={(next) => void changeSettings({ slots: next })}
        />
      </SettingLine>
      <SettingLine
        title="Threads of each run"
        note={
          threadsPerRun === 0
            ? `0 shares the machine’s ${cores} cores among the runs: ${shared} ${shared === 1 ? 'thread' : 'threads'} each`
            : `${threadsPerRun * slots} threads on ${cores} cores when every slot is taken. The same number of threads gives the same bits.`
        }
      >
        <NumberField
          label="Threads of each run"
          hideLabel
          value={threadsPerRun}
          min={0}
          max={256}
          digits={0}
          onChange={(next) => void changeSettings({ threadsPerRun: next })}
        />
      </SettingLine>
    </Section>
  );
}
