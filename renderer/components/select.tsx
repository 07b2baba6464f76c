/** Choosing one of several: from a list, or from a list narrowed by typing. */
import {
  Button as AriaButton,
  ComboBox as AriaComboBox,
  Group,
  Input,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
} from 'react-aria-components';
import { Icon } from './icon.tsx';
import { FieldLabel, FieldNotes, type FieldWords, fieldClass, hiddenName } from './text-field.tsx';
import styles from './field.module.css';
import popover from './popover.module.css';

export interface Choice<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  readonly help?: string | undefined;
  readonly disabled?: boolean;
}

export interface SelectProps<Value extends string> extends FieldWords {
  readonly choices: readonly Choice<Value>[];
  /** Null: nothing is chosen yet. */
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
}

function ChoiceItem({ choice }: { readonly choice: Choice }) {
  return (
    <ListBoxItem
      id={choice.value}
      textValue={choice.label}
      isDisabled={choice.disabled ?? false}
      className={popover['item']!}
    >
      {({ isSelected }) => (
        <>
          <span className={popover['words']}>
            {choice.label}
            {choice.help && <span className={popover['help']}>{choice.help}</span>}
          </span>
          <span className={popover['mark']}>{isSelected && <Icon name="check" size={14} />}</span>
        </>
      )}
    </ListBoxItem>
  );
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { choices, value, onChange, placeholder = 'Choose', disabled = false } = props;
  return (
    <AriaSelect
      {...hiddenName(props)}
      value={value}
      onChange={(key) => key !== null && onChange(key as Value)}
      isDisabled={disabled}
      isInvalid={props.fault !== undefined}
      placeholder={placeholder}
      className={fieldClass(props)}
    >
      <FieldLabel {...props} />
      <AriaButton className={`${styles['box']} ${styles['chooser']}`}>
        <SelectValue className={styles['chosen']!}>
          {({ selectedText, defaultChildren }) => selectedText || defaultChildren}
        </SelectValue>
        <Icon name="chevronDown" size={12} />
      </AriaButton>
      <FieldNotes {...props} />
      <Popover className={popover['popover']!} offset={4}>
        <ListBox items={choices.map((choice) => ({ ...choice, id: choice.value }))} className={popover['list']!}>
          {(choice) => <ChoiceItem choice={choice} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export interface ComboBoxProps<Value extends string> extends SelectProps<Value> {
  /** Also take words that are not in the list. */
  readonly onCustom?: (text: string) => void;
}

/** A select that is narrowed by typing. */
export function ComboBox<Value extends string>(props: ComboBoxProps<Value>) {
  const { choices, value, onChange, onCustom, placeholder, disabled = false } = props;
  return (
    <AriaComboBox
      {...hiddenName(props)}
      defaultItems={choices.map((choice) => ({ ...choice, id: choice.value }))}
      selectedKey={value}
      onSelectionChange={(key) => key !== null && onChange(key as Value)}
      {...(onCustom && { onInputChange: onCustom, allowsCustomValue: true })}
      isDisabled={disabled}
      isInvalid={props.fault !== undefined}
      menuTrigger="focus"
      className={fieldClass(props)}
    >
      <FieldLabel {...props} />
      <Group className={styles['box']!}>
        <Input className={styles['input']!} {...(placeholder && { placeholder })} />
        <AriaButton className={styles['clear']!} style={{ visibility: 'visible' }}>
          <Icon name="chevronDown" size={12} />
        </AriaButton>
      </Group>
      <FieldNotes {...props} />
      <Popover className={popover['popover']!} offset={4}>
        <ListBox
          className={popover['list']!}
          renderEmptyState={() => <div className={popover['empty']}>Nothing matches</div>}
        >
          {(choice: Choice) => <ChoiceItem choice={choice} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  );
}
