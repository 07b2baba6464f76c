/** How runs share the machine: how many at once, with how many cores and threads, and who may pass whom. */
import type { ReactNode } from 'react';
import { type DeviceInfo, isAccelerator, type DeviceId } from '../../../core/protocol/devices.ts';
import { useCall } from '../../client/host-context.tsx';
import { NumberField } from '../../components/number-field.tsx';
import { Select, type Choice } from '../../components/select.tsx';
import { changeSettings, useSettings } from '../../state/settings.ts';
import { Section, SettingLine, SwitchLine } from './section.tsx';

export function Training(): ReactNode {
  const { slots, threadsPerRun, memoryPerRun, cores, gpuRuns, passing } = useSettings((state) => state.settings);
  const { data: app } = useCall('app.info', {});
  const shared = cores || (app?.cores ?? 1);
  const each = Math.max(1, Math.floor(shared / slots));
  return (
    <Section title="Training">
      <DeviceChoice />
      <SettingLine
        title="Runs at once"
        note="At most; further runs wait in the queue until cores and devices are free too"
      >
        <Count label="Runs at once" value={slots} min={1} max={8} onChange={(next) => ({ slots: next })} />
      </SettingLine>
      <SettingLine
        title="Cores for training"
        note={
          cores === 0 ? `0 is all of the machine’s ${app?.cores ?? '…'}` : 'Runs start only while their threads fit in'
        }
      >
        <Count label="Cores for training" value={cores} min={0} max={1024} onChange={(next) => ({ cores: next })} />
      </SettingLine>
      <SettingLine
        title="Threads of each run"
        note={
          threadsPerRun === 0
            ? `0 shares the ${shared} cores among the runs: ${each} ${each === 1 ? 'thread' : 'threads'} each`
            : `${threadsPerRun} of ${shared} cores each. The same number of threads gives the same bits.`
        }
      >
        <Count
          label="Threads of each run"
          value={threadsPerRun}
          min={0}
          max={256}
          onChange={(next) => ({ threadsPerRun: next })}
        />
      </SettingLine>
      <SettingLine
        title="Memory for each run"
        note={
          memoryPerRun === 0
            ? '0 is what is free as it starts; what does not fit is recomputed in each step'
            : 'On the CPU. What does not fit is recomputed in each step, with the same bits'
        }
      >
        <NumberField
          label="Memory for each run"
          hideLabel
          value={memoryPerRun}
          min={0}
          max={4096}
          step={0.5}
          digits={2}
          unit="GiB"
          onChange={(next) => void changeSettings({ memoryPerRun: next > 0 ? Math.max(0.25, next) : 0 })}
        />
      </SettingLine>
      <SettingLine title="Runs on the graphics processor" note="At once; they slow each other down">
        <Count
          label="Runs on the graphics processor"
          value={gpuRuns}
          min={1}
          max={8}
          onChange={(next) => ({ gpuRuns: next })}
        />
      </SettingLine>
      <SwitchLine
        title="Small runs may pass"
        note="A run that fits starts before an earlier one that waits for more; after three of them nobody passes it"
        selected={passing}
        onChange={(next) => void changeSettings({ passing: next })}
      />
    </Section>
  );
}

/** Where new runs compute: only what was proven can be chosen. What is chosen and was lost stays in sight. */
function DeviceChoice(): ReactNode {
  const { device, cpuFallback } = useSettings((state) => state.settings);
  const { data: devices } = useCall('app.devices', {});
  return (
    <>
      <SettingLine title="Device" note="Where new runs compute; it is asked for, never fallen back from in silence">
        <Select
          label="Device"
          hideLabel
          value={device}
          choices={deviceChoices(devices ?? [], device)}
          onChange={(next) => void changeSettings({ device: next })}
        />
      </SettingLine>
      {isAccelerator(device) && (
        <SwitchLine
          title="The CPU may help out"
          note="Operators that the device lacks run on the CPU; otherwise such a run is refused with their names"
          selected={cpuFallback}
          onChange={(next) => void changeSettings({ cpuFallback: next })}
        />
      )}
    </>
  );
}

const deviceChoices = (devices: readonly DeviceInfo[], chosen: DeviceId): readonly Choice<DeviceId>[] => {
  const proven = devices.filter((device) => device.proven).map(({ provider, label }) => ({ value: provider, label }));
  return proven.some(({ value }) => value === chosen)
    ? proven
    : [{ value: chosen, label: chosen, help: 'not proven here' }, ...proven];
};

function Count(props: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (next: number) => Parameters<typeof changeSettings>[0];
}) {
  return <NumberField {...props} hideLabel digits={0} onChange={(next) => void changeSettings(props.onChange(next))} />;
}
