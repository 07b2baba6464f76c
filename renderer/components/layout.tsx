/** What holds the rest: empty states, panels, toolbars, breadcrumbs, disclosures. */
import { type ReactNode, useId } from 'react';
import {
  Button as AriaButton,
  Disclosure as AriaDisclosure,
  DisclosurePanel,
  Toolbar as AriaToolbar,
} from 'react-aria-components';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';
import styles from './layout.module.css';

export interface EmptyStateProps {
  readonly title: string;
  /** What to do next. */
  readonly children?: ReactNode;
  readonly icon?: IconName;
  readonly actions?: ReactNode;
}

export function EmptyState({ title, children, icon, actions }: EmptyStateProps) {
  return (
    <div className={styles['empty']}>
      {icon && <Icon name={icon} size={28} className={styles['emptyIcon']!} />}
      <p className={styles['title']}>{title}</p>
      {children && <p>{children}</p>}
      {actions && <div className={styles['actions']}>{actions}</div>}
    </div>
  );
}

export interface PanelProps {
  readonly title: string;
  readonly level?: 2 | 3;
  /** Controls at the right of its head. */
  readonly end?: ReactNode;
  readonly children: ReactNode;
  readonly framed?: boolean;
  /** Room around the content. */
  readonly padded?: boolean;
  readonly className?: string;
}

/** A region with a head. */
export function Panel({ title, level = 2, end, children, framed = false, padded = false, className }: PanelProps) {
  const id = useId();
  const Title = level === 2 ? 'h2' : 'h3';
  return (
    <section aria-labelledby={id} className={classNames(styles['panel'], framed && styles['framed'], className)}>
      <header className={styles['panelHead']}>
        <Title id={id}>{title}</Title>
        {end && <div className={styles['panelEnd']}>{end}</div>}
      </header>
      <div className={classNames(styles['panelBody'], padded && styles['padded'])}>{children}</div>
    </section>
  );
}

/** A row of controls; arrow keys move between them. `ToolbarSpacer` and `ToolbarDivider` part them. */
export function Toolbar({
  label,
  children,
  className,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return (
    <AriaToolbar aria-label={label} className={classNames(styles['toolbar'], className)}>
      {children}
    </AriaToolbar>
  );
}

export const ToolbarSpacer = () => <span className={styles['spacer']} />;
export const ToolbarDivider = () => <span className={styles['divider']} aria-hidden="true" />;

export interface DisclosureProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly open?: boolean;
  readonly onChange?: (open: boolean) => void;
  readonly startsOpen?: boolean;
}

export function Disclosure({ title, children, open, onChange, startsOpen = false }: DisclosureProps) {
  return (
    <AriaDisclosure
      className={styles['disclosure']!}
      defaultExpanded={startsOpen}
      {...(open !== undefined && { isExpanded: open })}
      {...(onChange && { onExpandedChange: onChange })}
    >
      {({ isExpanded }) => (
        <>
          <AriaButton slot="trigger" className={styles['summary']!}>
            <Icon name="chevronRight" size={12} />
            {title}
          </AriaButton>
          <DisclosurePanel>{isExpanded && <div className={styles['disclosed']}>{children}</div>}</DisclosurePanel>
        </>
      )}
    </AriaDisclosure>
  );
}

/** The frame of a place: fills the room it is given; put a Toolbar and a `PlaceScroll` or a SplitPane in it. */
export const PlaceFrame = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles['place']}>{children}</div>
);
export const PlaceScroll = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles['scroll']}>{children}</div>
);
