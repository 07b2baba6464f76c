/** Which examples are looked at: split, order, actual and predicted class; kept in the address, where a confusion's cell leads. */
import { Button } from '../../../components/button.tsx';
import { Select } from '../../../components/select.tsx';
import { setParams, useParam } from '../../../state/navigation.ts';
import { type ExampleFilter, type ExampleOrder, orders } from './example-order.ts';
import styles from './examples.module.css';

export type JudgedSplit = 'validation' | 'test';
const splitChoices = [
  { value: 'validation', label: 'Validation' },
  { value: 'test', label: 'Test' },
] as const;
const orderChoices = [
  { value: 'mistakes', label: 'Mistakes first' },
  { value: 'unsure', label: 'Least sure first' },
  { value: 'stored', label: 'As evaluated' },
] as const;

export interface Asked extends ExampleFilter {
  readonly of: JudgedSplit;
}

/** What the address asks for. @param counts examples of each split */
export function useAsked(counts: Readonly<Record<JudgedSplit, number>>, classes: number): Asked {
  const of = useParam('of');
  const order = useParam('order');
  const fallback = counts.validation > 0 ? 'validation' : 'test';
  return {
    of: splitChoices.find(({ value }) => value === of && counts[value] > 0)?.value ?? fallback,
    order: orders.find((value) => value === order) ?? 'mistakes',
    actual: classNumber(useParam('actual'), classes),
    predicted: classNumber(useParam('predicted'), classes),
  };
}

function classNumber(word: string | undefined, classes: number): number | null {
  const number = Number(word);
  return word !== undefined && Number.isInteger(number) && number >= 0 && number < classes ? number : null;
}

interface ExampleFiltersProps {
  readonly asked: Asked;
  readonly counts: Readonly<Record<JudgedSplit, number>>;
  readonly classes: readonly string[];
}

export function ExampleFilters({ asked, counts, classes }: ExampleFiltersProps) {
  const isFiltered = asked.actual !== null || asked.predicted !== null;
  return (
    <div className={styles['filters']} role="group" aria-label="Which examples">
      <Select
        label="Split"
        choices={splitChoices.map((choice) => ({ ...choice, disabled: counts[choice.value] === 0 }))}
        value={asked.of}
        onChange={(of: JudgedSplit) => setParams({ of })}
      />
      <Select
        label="Order"
        choices={orderChoices}
        value={asked.order}
        onChange={(order: ExampleOrder) => setParams({ order })}
      />
      <ClassSelect label="Actual class" name="actual" classes={classes} value={asked.actual} />
      <ClassSelect label="Taken for" name="predicted" classes={classes} value={asked.predicted} />
      {isFiltered && (
        <Button look="quiet" icon="close" onPress={() => setParams({ actual: null, predicted: null })}>
          Any class
        </Button>
      )}
    </div>
  );
}

interface ClassSelectProps {
  readonly label: string;
  readonly name: 'actual' | 'predicted';
  readonly classes: readonly string[];
  readonly value: number | null;
}

function ClassSelect({ label, name, classes, value }: ClassSelectProps) {
  const choices = [
    { value: 'any', label: 'Any' },
    ...classes.map((each, index) => ({ value: String(index), label: each })),
  ];
  return (
    <Select
      label={label}
      choices={choices}
      value={value === null ? 'any' : String(value)}
      onChange={(next) => setParams({ [name]: next === 'any' ? null : next })}
    />
  );
}
