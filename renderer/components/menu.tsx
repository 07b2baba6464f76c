/** Actions in a list: behind a button, or at the place that was clicked with the right button. */
import { type ReactElement, useEffect, useRef } from 'react';
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
        <Actions label={label} actions={actions} />
      </Popover>
    </MenuTrigger>
  );
}

/** A place in the window, in CSS pixels. */
export interface MenuPlace {
  readonly x: number;
  readonly y: number;
}

export interface ContextMenuProps extends Omit<MenuProps, 'trigger'> {
  readonly place: MenuPlace;
  readonly onClose: () => void;
}

/** It is open while it is there; the focus then returns to where it was. */
export function ContextMenu({ label, place, actions, onClose }: ContextMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const runAfterwards = useAfterwards();
  useRightClicks(onClose);
  return (
    <>
      <span ref={anchor} style={{ position: 'fixed', left: place.x, top: place.y }} />
      <Popover
        triggerRef={anchor}
        isOpen
        onOpenChange={(isOpen) => isOpen || onClose()}
        placement="bottom start"
        offset={2}
        className={popover['popover']!}
      >
        <Actions
          label={label}
          actions={actions.map((action) =>
            action === '-' ? action : { ...action, run: () => runAfterwards(action.run) },
          )}
          onClose={onClose}
        />
      </Popover>
    </>
  );
}

/**
 * Runs the chosen action once the menu is gone and the focus is back where it was: a window that the action opens gives the
 * focus back in turn, and could not give it to an item of a menu that is no more.
 */
function useAfterwards(): (run: () => void) => void {
  const opener = useRef(document.activeElement);
  const chosen = useRef<(() => void) | null>(null);
  useEffect(
    () => () => {
      const run = chosen.current;
      if (!run) return;
      // Until everything of the menu is undone, what lies behind it takes no focus.
      setTimeout(() => {
        if (opener.current instanceof HTMLElement) opener.current.focus();
        run();
      });
    },
    [],
  );
  return (run) => {
    chosen.current = run;
  };
}

/** While a menu is open the right button closes it from elsewhere, and nowhere opens the browser's own. */
function useRightClicks(onElsewhere: () => void): void {
  const latest = useRef(onElsewhere);
  latest.current = onElsewhere;
  useEffect(() => {
    const onClick = (event: Event): void => {
      event.preventDefault();
      if (!(event.target as Element).closest('[role="menu"]')) latest.current();
    };
    // Captured, so that the click that opened the menu, which may still be on its way up, is not taken for another one.
    document.addEventListener('contextmenu', onClick, true);
    return () => document.removeEventListener('contextmenu', onClick, true);
  }, []);
}

function Actions({ label, actions, onClose }: Omit<MenuProps, 'trigger'> & Partial<Pick<ContextMenuProps, 'onClose'>>) {
  return (
    <AriaMenu
      aria-label={label}
      className={popover['list']!}
      {...(onClose && { onClose, autoFocus: 'first' as const })}
    >
      {actions.map((action, index) =>
        action === '-' ? (
          <Separator key={`line-${index}`} className={popover['separator']!} />
        ) : (
          <Action key={action.id} action={action} />
        ),
      )}
    </AriaMenu>
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
