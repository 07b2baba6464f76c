/** Checks what a user chose for drawing samples against what the model's family offers. */
import type { CompiledModel, SampleOption } from '../../../core/tasks/task.ts';
import { didYouMean } from '../../../core/nn/nearest-name.ts';
import { TaskFailure } from './failure.ts';

export type ChosenOptions = Readonly<Record<string, number | string>>;

/** @throws TaskFailure `option`: one the family does not have, or a value outside what it allows. */
export function checkSampleOptions(model: Pick<CompiledModel, 'sampleOptions'>, chosen: ChosenOptions): void {
  for (const [name, value] of Object.entries(chosen)) {
    const option = model.sampleOptions.find((candidate) => candidate.name === name);
    if (!option) throw unknownOption(name, model.sampleOptions);
    const problem = problemOf(option, value);
    if (problem) throw new TaskFailure('option', `option '${name}' must be ${problem}, found ${JSON.stringify(value)}`);
  }
}

function unknownOption(name: string, options: readonly SampleOption[]): TaskFailure {
  const names = options.map((option) => option.name);
  const known = names.length > 0 ? `its options are ${names.join(', ')}` : 'it has none';
  return new TaskFailure('option', `this model has no option '${name}'; ${known}`, didYouMean(name, names));
}

function problemOf(option: SampleOption, value: number | string): string | undefined {
  switch (option.kind) {
    case 'text':
      return String(value).length <= option.longest ? undefined : `at most ${option.longest} characters long`;
    case 'choice':
      return option.choices.includes(String(value)) ? undefined : `one of ${option.choices.join(', ')}`;
    case 'integer':
    case 'number': {
      const { kind, min, max } = option;
      const number = Number(value);
      const fits = value !== '' && number >= min && number <= max && (kind === 'number' || Number.isInteger(number));
      return fits ? undefined : `${kind === 'integer' ? 'a whole number' : 'a number'} from ${min} to ${max}`;
    }
  }
}
