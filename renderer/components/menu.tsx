/** Actions behind a button. */
import type { ReactElement } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';
import { KeyHint } from './key-hint.tsx';
import popover from './popover.module.css';

export interface MenuAction {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly keys?: string | undefined;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** A mark before it, for choices that are on or off. */
  readonly checked?: boolean;
  readonly run: () => void;
}

export interface MenuProps {
  readonly label: string;
  /** A button of this folder. */
  readonly trigger: ReactElement;
  /** `'-'` is a line between groups. */
  readonly actions: readonly (MenuAction | '-')[];
}

export function Menu({ label, trigger, actions }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={popover['popover']!} offset={4}>
        <AriaMenu aria-label={label} className={popover['list']!}>
          {actions.map((action, index) =>
            action === '-' ? (
              <Separator key={`line-${index}`} className={popover['separator']!} />
            ) : (
              <Action key={action.id} action={action} />
            ),
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function Action({ action }: { readonly action: MenuAction }) {
  return (
    <MenuItem
      id={action.id}
      textValue={action.label}
      isDisabled={action.disabled ?? false}
      onAction={action.run}
      className={popover['item']!}
      data-danger={action.danger ? '' : undefined}
      {...(action.checked !== undefined && { 'aria-checked': action.checked })}
    >
      {action.checked !== undefined && (
        <span className={popover['mark']}>{action.checked && <Icon name="check" size={14} />}</span>
      )}
      {action.icon && <Icon name={action.icon} size={14} />}
      <span className={popover['words']}>{action.label}</span>
      {action.keys && <KeyHint keys={action.keys} />}
    </MenuItem>
  );
}
