/** Watches a run's curves while it trains and raises each alarm once, with what it means and what to try. */
import {
  collapsed,
  criticWins,
  deadLayers,
  diverging,
  mutedLayers,
  plateau,
  plateauWindows,
  windowOf,
  windowSize,
  type Window,
} from '../../../core/metrics/alarms.ts';
import type { ActivityInsight } from '../../../core/metrics/insight.ts';
import { rangesOf } from '../../../core/metrics/number-ranges.ts';
import type { JsonValue, MetricPoint } from '../../../core/protocol/records.ts';
import type { LayerNorms, RunUpdate } from '../../../core/protocol/run-updates.ts';
import type { MetricSpec } from '../../../core/tasks/task.ts';

type AlarmEvent = Extract<RunUpdate, { readonly type: 'event' }>;

const coverage = ['score.classesCovered', 'score.modesCovered'];
const criticLoss = 'discriminatorLoss';
const keptMoments = 8;
/** Ranges of units that a message spells out. */
const shownRanges = 8;
const shown = (value: number): string => String(Number(value.toPrecision(4)));

class Curve {
  readonly windows: Window[] = [];
  #open: number[] = [];

  /** @returns whether a window was completed. */
  add(value: number): boolean {
    this.#open.push(value);
    if (this.#open.length < windowSize) return false;
    this.windows.push(windowOf(this.#open));
    this.#open = [];
    return true;
  }
}

export class AlarmWatch {
  readonly #losses: ReadonlySet<string>;
  readonly #raise: (event: AlarmEvent) => void;
  readonly #curves = new Map<string, Curve>();
  readonly #covered = new Map<string, number[]>();
  readonly #gradients: ReadonlyMap<string, number | null>[] = [];
  readonly #raised = new Set<string>();

  /** @param metrics the family's: those of each step that are to fall are watched as losses. */
  constructor(metrics: readonly MetricSpec[], raise: (event: AlarmEvent) => void) {
    this.#losses = new Set(
      metrics.filter((metric) => metric.goal === 'min' && !metric.heldOut).map((metric) => metric.name),
    );
    this.#raise = raise;
  }

  point({ key, value }: Pick<MetricPoint, 'key' | 'value'>): void {
    if (coverage.includes(key)) return this.#cover(key, value);
    if (key !== criticLoss && !this.#losses.has(key)) return;
    const curve = this.#curves.get(key) ?? new Curve();
    this.#curves.set(key, curve);
    if (!curve.add(value)) return;
    if (key === criticLoss) this.#lookAtCritic(curve);
    else this.#lookAtLoss(key, curve);
  }

  norms(layers: readonly LayerNorms[]): void {
    this.#gradients.push(new Map(layers.map(({ name, gradient }) => [name, gradient])));
    if (this.#gradients.length > keptMoments) this.#gradients.shift();
    for (const layer of deadLayers(this.#gradients)) {
      this.#once(
        `dead/${layer}`,
        'warning',
        'alarm-dead-layer',
        `no gradient reaches layer ${layer}: all its units may be dead, and it learns nothing`,
        {
          layer,
          hint: 'try a lower learning rate, leaky relu instead of relu, or normalisation before the activation',
        },
      );
    }
  }

  activity(insight: ActivityInsight): void {
    for (const { name: layer, units, silent } of mutedLayers(insight.layers)) {
      const share = silent.length / units;
      const which = rangesOf(silent, shownRanges);
      this.#once(
        `muted/${layer}`,
        'warning',
        'alarm-dead-units',
        `${silent.length} of ${units} units of layer ${layer} (${Math.round(100 * share)} %) were never active on ${insight.n} training examples: ${which}`,
        {
          layer,
          units,
          silent: [...silent],
          share,
          examples: insight.n,
          hint: 'try a lower learning rate, leaky relu instead of relu, or normalisation before the activation; where training is done, a narrower layer does as well',
        },
      );
    }
  }

  #cover(key: string, value: number): void {
    const values = [...(this.#covered.get(key) ?? []), value];
    this.#covered.set(key, values);
    const found = collapsed(values);
    if (!found) return;
    const what = key === coverage[0] ? 'classes' : 'modes';
    this.#once(
      `collapse/${key}`,
      'warning',
      'alarm-collapse',
      `samples cover ${found.now} ${what}, they once covered ${found.best}: the model may have collapsed`,
      {
        ...found,
        hint: 'go back to an earlier checkpoint; for a GAN try a lower learning rate, more critic steps, or the hinge or wasserstein loss',
      },
    );
  }

  #lookAtLoss(key: string, { windows }: Curve): void {
    const risen = diverging(windows);
    if (risen) {
      this.#once(
        `diverging/${key}`,
        'warning',
        'alarm-diverging',
        `${key} has risen to ${shown(risen.now)}, far above its best of ${shown(risen.best)}`,
        {
          key,
          ...risen,
          hint: 'turn the learning rate down, clip the gradients, or go back to an earlier checkpoint',
        },
      );
    }
    const still = plateau(windows);
    if (!still) return;
    const message = `${key} has hardly changed over the last ${plateauWindows * windowSize} recorded steps (by ${shown(still.change)})`;
    this.#once(`plateau/${key}`, 'info', 'alarm-plateau', message, {
      key,
      ...still,
      hint: 'samples and held-out figures tell whether it still learns; if not, lower the learning rate or stop',
    });
  }

  #lookAtCritic({ windows }: Curve): void {
    if (!criticWins(windows)) return;
    this.#once(
      'critic',
      'warning',
      'alarm-critic',
      `the discriminator's loss has been next to nothing for long (${shown(windows.at(-1)?.mean ?? 0)}): the generator gets little to learn from`,
      {
        hint: 'slow the discriminator down (learning rate, dropout, realLabel 0.9), or use the hinge or wasserstein loss',
      },
    );
  }

  #once(name: string, level: AlarmEvent['level'], code: string, message: string, data: JsonValue): void {
    if (this.#raised.has(name)) return;
    this.#raised.add(name);
    this.#raise({ type: 'event', level, code, message, data });
  }
}
