/** The head of Compare: which runs, over which axis, how smooth, and the report. */
import { Button, IconButton } from '../../components/button.tsx';
import { ToolbarDivider, ToolbarSpacer } from '../../components/layout.tsx';
import { Select } from '../../components/select.tsx';
import { SmoothingSlider } from '../../components/smoothing-slider.tsx';
import { ColourDot } from '../../components/tag.tsx';
import { Toolbar } from '../../components/layout.tsx';
import { markCompared } from '../../state/compared-runs.ts';
import { setParams } from '../../state/navigation.ts';
import { axisNames, axisTable, type AxisName } from './axes.ts';
import type { ComparedRun } from './compared-runs.ts';
import { RunPicker } from './run-picker.tsx';
import styles from './compare.module.css';

export function CompareBar({
  runs,
  axis,
  onReport,
}: {
  readonly runs: readonly ComparedRun[];
  readonly axis: AxisName;
  readonly onReport: () => void;
}) {
  return (
    <Toolbar label="Compared runs" className={styles['bar']!}>
      <ul className={styles['chips']} aria-label="Runs">
        {runs.map(({ run, colour }) => (
          <li key={run.id} className={styles['chip']} title={`${run.name} · ${run.experiment} · ${run.id}`}>
            <ColourDot colour={colour} />
            <span className={styles['chipName']}>{run.name}</span>
            <IconButton
              icon="close"
              size="small"
              label={`Leave out ${run.name}`}
              onPress={() => markCompared([run.id], false)}
            />
          </li>
        ))}
      </ul>
      <RunPicker label="Runs" size="small" />
      <ToolbarSpacer />
      <div className={styles['control']}>
        <Select
          label="Axis"
          beside
          size="small"
          value={axis}
          onChange={(name) => setParams({ axis: name })}
          choices={axisNames.map((name) => ({
            value: name,
            label: axisTable[name].label,
            help: axisTable[name].formula,
          }))}
        />
        <IconButton icon="info" size="small" label={axisTable[axis].formula} />
      </div>
      <ToolbarDivider />
      <SmoothingSlider />
      <ToolbarDivider />
      <Button icon="download" size="small" onPress={onReport}>
        Export report
      </Button>
    </Toolbar>
  );
}
