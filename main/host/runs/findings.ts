/** Gathers what an evaluation notes example by example, and counts it up to the insights its model declares. */
import { confusionOf, scoresOf, type Insight } from '../../../core/metrics/insight.ts';
import type { CompiledModel, Finding, InsightSpec } from '../../../core/tasks/task.ts';

export class Findings {
  readonly #actual: number[] = [];
  readonly #predicted: number[] = [];
  readonly #scores = new Map<string, number[]>();

  readonly note = (finding: Finding): void => {
    if (finding.kind === 'classes') {
      append(this.#actual, finding.actual);
      append(this.#predicted, finding.predicted);
      return;
    }
    const known = this.#scores.get(finding.population) ?? [];
    this.#scores.set(finding.population, known);
    append(known, finding.values);
  };

  /** What was noted so far. @param classes names of the data's classes */
  insights(model: Pick<CompiledModel, 'insights'>, classes: readonly string[]): readonly Insight[] {
    return (model.insights ?? []).map((spec) => this.#insight(spec, classes));
  }

  #insight(spec: InsightSpec, classes: readonly string[]): Insight {
    if (spec.kind === 'confusion') return confusionOf(classes, this.#actual, this.#predicted);
    return scoresOf(
      spec.label,
      spec.populations.map((each) => ({ ...each, values: this.#scores.get(each.name) ?? [] })),
    );
  }
}

function append(list: number[], values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) list.push(values[i]);
}
