/** Buttons: with words, with a picture only (named and explained by a tooltip), and ones that stay pressed. */
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  ToggleButton as AriaToggleButton,
  type ToggleButtonProps as AriaToggleButtonProps,
} from 'react-aria-components';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';
import { Tooltip } from './tooltip.tsx';
import styles from './button.module.css';

export type ButtonLook = 'plain' | 'primary' | 'quiet' | 'danger';
export type ControlSize = 'normal' | 'small';

/**
 * What a button takes. Work in progress is shown beside it: `isPending` leaves an image without a name in the announcer
 * of React Aria once the button is gone.
 */
type PlainButtonProps = Omit<AriaButtonProps, 'children' | 'className' | 'style' | 'isPending'>;

export interface ButtonProps extends PlainButtonProps {
  readonly children: ReactNode;
  readonly look?: ButtonLook;
  readonly size?: ControlSize;
  readonly icon?: IconName;
  readonly className?: string;
}

function buttonClass(look: ButtonLook, size: ControlSize, icon: boolean, extra: string | undefined): string {
  return classNames(
    styles['button'],
    look !== 'plain' && styles[look],
    size === 'small' && styles['small'],
    icon && styles['icon'],
    extra,
  );
}

export function Button({ children, look = 'plain', size = 'normal', icon, className, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={buttonClass(look, size, false, className)}>
      {icon && <Icon name={icon} size={size === 'small' ? 14 : 16} />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<PlainButtonProps, 'aria-label'> {
  /** Its name, shown as the tooltip and read out. */
  readonly label: string;
  readonly icon: IconName;
  /** Keys that do the same, shown in the tooltip, as in `Mod+S`. */
  readonly keys?: string | undefined;
  readonly look?: ButtonLook;
  readonly size?: ControlSize;
  readonly className?: string;
}

export function IconButton({
  label,
  icon,
  keys,
  look = 'quiet',
  size = 'normal',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <AriaButton {...rest} aria-label={label} className={buttonClass(look, size, true, className)}>
        <Icon name={icon} size={size === 'small' ? 14 : 16} />
      </AriaButton>
    </Tooltip>
  );
}

export interface IconToggleProps extends Omit<
  AriaToggleButtonProps,
  'children' | 'className' | 'style' | 'aria-label'
> {
  readonly label: string;
  readonly icon: IconName;
  readonly keys?: string | undefined;
  readonly size?: ControlSize;
  readonly className?: string;
}

/** An icon button that stays pressed: `isSelected`, `onChange(selected)`. */
export function IconToggle({ label, icon, keys, size = 'normal', className, ...rest }: IconToggleProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <AriaToggleButton {...rest} aria-label={label} className={buttonClass('quiet', size, true, className)}>
        <Icon name={icon} size={size === 'small' ? 14 : 16} />
      </AriaToggleButton>
    </Tooltip>
  );
}
