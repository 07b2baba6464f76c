/** A few words about a control, on hover and on focus. */
import type { ReactElement } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components';
import { KeyHint } from './key-hint.tsx';
import styles from './tooltip.module.css';

export interface TooltipProps {
  readonly text: string;
  readonly keys?: string | undefined;
  /** One control of this folder or of react-aria-components. */
  readonly children: ReactElement;
  readonly placement?: 'top' | 'bottom' | 'left' | 'right';
}

export function Tooltip({ text, keys, children, placement = 'top' }: TooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <AriaTooltip offset={6} placement={placement} className={styles['tooltip']!}>
        {text}
        {keys && <KeyHint keys={keys} onDark />}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
