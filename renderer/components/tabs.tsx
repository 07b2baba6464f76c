/** Views of one thing, one at a time. */
import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components';
import { Tag } from './tag.tsx';
import styles from './tabs.module.css';

export interface TabSpec<Id extends string = string> {
  readonly id: Id;
  readonly label: string;
  /** A count beside the label. */
  readonly count?: number | undefined;
  readonly content: ReactNode;
}

export interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly TabSpec<Id>[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
  /** Controls at the right end of the bar. */
  readonly end?: ReactNode;
}

export function Tabs<Id extends string>({ label, tabs, selected, onSelect, end }: TabsProps<Id>) {
  return (
    <AriaTabs selectedKey={selected} onSelectionChange={(key) => onSelect(key as Id)} className={styles['tabs']!}>
      <div className={styles['bar']}>
        <TabList aria-label={label} className={styles['list']!}>
          {tabs.map((tab) => (
            <Tab key={tab.id} id={tab.id} className={styles['tab']!}>
              {tab.label}
              {tab.count !== undefined && tab.count > 0 && <Tag>{String(tab.count)}</Tag>}
            </Tab>
          ))}
        </TabList>
        {end && <div className={styles['end']}>{end}</div>}
      </div>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className={styles['panel']!}>
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
