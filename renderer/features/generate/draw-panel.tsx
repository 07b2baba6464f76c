/** The form a draw is asked for with, made of what the model declares, and what was drawn before. */
import type { SampleOptionInfo } from '../../../core/protocol/run-model.ts';
import { useRequest } from '../../client/use-request.ts';
import { useCommands } from '../../app/commands.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { agoFigure, durationFigure } from '../../components/figures.ts';
import { NumberField } from '../../components/number-field.tsx';
import { Select } from '../../components/select.tsx';
import { announce } from '../../state/toasts.ts';
import { FaultNote } from './fault-note.tsx';
import {
  changeForm,
  diceSeed,
  type DrawForm,
  type DrawnSet,
  forgetSet,
  keepSet,
  showSet,
  useForm,
  useGenerate,
} from './generate-store.ts';
import { RequestBar } from './request-bar.tsx';
import { askOf, type Target } from './run-target.ts';
import { TextField } from '../../components/text-field.tsx';
import styles from './generate.module.css';

/** Draws as the form says, or with another seed. */
function useDraw(target: Target) {
  const { run, model } = target;
  const form = useForm(run.id);
  const request = useRequest('runs.sample');
  const draw = async (asked: DrawForm): Promise<void> => {
    const startMs = performance.now();
    const outputs = await request.send({ ...askOf(target), ...asked, options: { ...asked.options } });
    if (!outputs) return;
    const step = target.step ?? Math.max(...model.checkpoints);
    const tookMs = performance.now() - startMs;
    keepSet({ ...asked, run: run.id, runName: run.name, step, outputs, drawnMs: Date.now(), tookMs });
    announce(`Drawn: ${setWords(asked)}`);
  };
  const drawAnew = (): void => {
    const seed = diceSeed();
    changeForm(run.id, { seed });
    void draw({ ...form, seed });
  };
  return { form, request, draw: () => void draw(form), drawAnew };
}

export function DrawPanel({ target }: { readonly target: Target }) {
  const { form, request, draw, drawAnew } = useDraw(target);
  const { isRunning, progress, cancel, fault } = request;
  const common = { group: 'Generate', enabled: !isRunning };
  useCommands([
    { id: 'generate.draw', title: 'Draw samples', keys: 'Mod+Enter', run: draw, ...common },
    { id: 'generate.again', title: 'Draw with another seed', keys: 'Mod+Shift+Enter', run: drawAnew, ...common },
  ]);
  return (
    <section className={styles['side']} aria-label="Draw samples">
      <div className={styles['form']}>
        <DrawFields target={target} form={form} />
        <div className={styles['actions']}>
          <Button look="primary" isDisabled={isRunning} onPress={draw}>
            Draw
          </Button>
          <IconButton
            look="plain"
            icon="refresh"
            label="Draw with another seed"
            isDisabled={isRunning}
            onPress={drawAnew}
          />
        </div>
        {isRunning && <RequestBar label="Loading the model" progress={progress} onCancel={cancel} />}
        {fault && <FaultNote fault={fault} />}
      </div>
      <History run={target.run.id} />
    </section>
  );
}

function DrawFields({ target: { run, model }, form }: { readonly target: Target; readonly form: DrawForm }) {
  const change = (changes: Partial<DrawForm>): void => changeForm(run.id, changes);
  const setOption = (name: string, value: number | string): void =>
    change({ options: { ...form.options, [name]: value } });
  return (
    <>
      <NumberField
        label="Samples"
        value={form.count}
        min={1}
        max={1024}
        digits={0}
        onChange={(count) => change({ count })}
      />
      <div className={styles['row']}>
        <NumberField label="Seed" value={form.seed} min={0} digits={0} onChange={(seed) => change({ seed })} />
        <IconButton look="plain" icon="dice" label="Another seed" onPress={() => change({ seed: diceSeed() })} />
      </div>
      {model.sampleOptions.map((option) => (
        <OptionField
          key={option.name}
          option={option}
          classes={model.data.classes}
          value={form.options[option.name] ?? option.fallback}
          onChange={(value) => setOption(option.name, value)}
        />
      ))}
    </>
  );
}

interface OptionFieldProps {
  readonly option: SampleOptionInfo;
  readonly classes: readonly string[];
  readonly value: number | string;
  readonly onChange: (value: number | string) => void;
}

/** Whether a whole number counts the data's classes, −1 meaning none in particular. */
const picksClass = ({ kind, min, max }: SampleOptionInfo, classes: readonly string[]): boolean =>
  kind === 'integer' && classes.length > 0 && min === -1 && max === classes.length - 1;

function OptionField({ option, classes, value, onChange }: OptionFieldProps) {
  if (picksClass(option, classes)) {
    const choices = [
      { value: '-1', label: 'Each in turn' },
      ...classes.map((name, index) => ({ value: String(index), label: name })),
    ];
    return <Select label="Class" choices={choices} value={String(value)} onChange={(next) => onChange(Number(next))} />;
  }
  if (option.kind === 'choice') {
    const choices = (option.choices ?? []).map((choice) => ({ value: choice, label: choice }));
    return <Select label={option.label} choices={choices} value={String(value)} onChange={onChange} />;
  }
  if (option.kind === 'text') {
    return (
      <TextField
        label={option.label}
        rows={3}
        code
        value={String(value)}
        {...(option.longest !== undefined && { maxLength: option.longest })}
        onChange={onChange}
      />
    );
  }
  const digits = option.kind === 'integer' ? 0 : 3;
  const step = option.kind === 'integer' ? 1 : 0.1;
  return (
    <NumberField
      label={option.label}
      value={Number(value)}
      min={option.min}
      max={option.max}
      step={step}
      digits={digits}
      onChange={onChange}
    />
  );
}

/** A draw in words: `64 samples, seed 7, sampler ddim`. */
export function setWords({ count, seed, options }: DrawForm): string {
  const named = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  return [`${count} ${count === 1 ? 'sample' : 'samples'}`, `seed ${seed}`, ...named].join(', ');
}

function History({ run }: { readonly run: string }) {
  const history = useGenerate((state) => state.history);
  const shown = useGenerate((state) => state.shown[run]);
  const own = history.filter((set) => set.run === run);
  if (own.length === 0) return null;
  return (
    <>
      <h2 className={styles['sideHead']}>Drawn</h2>
      <ol className={styles['history']}>
        {own.map((set) => (
          <SetLine key={set.id} set={set} isCurrent={set.id === shown} />
        ))}
      </ol>
    </>
  );
}

function SetLine({ set, isCurrent }: { readonly set: DrawnSet; readonly isCurrent: boolean }) {
  const show = (): void => {
    showSet(set.run, set.id);
    changeForm(set.run, { count: set.count, seed: set.seed, options: set.options });
  };
  return (
    <li className={styles['set']} data-current={isCurrent ? '' : undefined}>
      <button type="button" className={styles['setButton']} aria-current={isCurrent} onClick={show}>
        <span className={styles['setWords']}>{setWords(set)}</span>
        <span className={styles['setNote']}>
          step {set.step.toLocaleString('en-GB')} · {agoFigure(set.drawnMs, Date.now())} · {durationFigure(set.tookMs)}
        </span>
      </button>
      <IconButton size="small" icon="close" label={`Forget ${setWords(set)}`} onPress={() => forgetSet(set.id)} />
    </li>
  );
}
