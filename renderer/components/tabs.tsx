/** Views of one thing, one at a time. */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Tab, TabList, Tabs as AriaTabs } from 'react-aria-components';
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
  const [names, setNames] = useState<PanelNames>({});
  const shown = tabs.find((tab) => tab.id === selected);
  return (
    <AriaTabs selectedKey={selected} onSelectionChange={(key) => onSelect(key as Id)} className={styles['tabs']!}>
      <div className={styles['bar']}>
        <TabList aria-label={label} className={styles['list']!}>
          {tabs.map((tab) => (
            <Tab key={tab.id} id={tab.id} className={styles['tab']!}>
              {({ isSelected }) => (
                <>
                  {isSelected && <NamePanel onNames={setNames} />}
                  {tab.label}
                  {tab.count !== undefined && tab.count > 0 && <Tag>{String(tab.count)}</Tag>}
                </>
              )}
            </Tab>
          ))}
        </TabList>
        {end && <div className={styles['end']}>{end}</div>}
      </div>
      {shown && (
        <Panel key={shown.id} names={names}>
          {shown.content}
        </Panel>
      )}
    </AriaTabs>
  );
}

/** The ids by which a tab and its panel know each other. */
interface PanelNames {
  readonly tab?: string;
  readonly panel?: string;
}

/** Within the selected tab: tells the ids that the tab made up for itself and its panel. */
function NamePanel({ onNames }: { readonly onNames: (names: PanelNames) => void }) {
  const mark = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const tab = mark.current?.closest('[role=tab]');
    const panel = tab?.getAttribute('aria-controls');
    if (tab && panel) onNames({ tab: tab.id, panel });
  }, [onNames]);
  return <span ref={mark} hidden />;
}

/**
 * The view of a tab. React Aria's own panel looks through everything in it at each change of the page, to know whether
 * the panel itself must take the focus; with an editor or a table inside that costs milliseconds at each key.
 */
function Panel({ names, children }: { readonly names: PanelNames; readonly children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [takesFocus, setTakesFocus] = useState(false);
  useEffect(() => setTakesFocus(box.current?.querySelector(focusable) === null));
  return (
    <div
      ref={box}
      id={names.panel}
      role="tabpanel"
      aria-labelledby={names.tab}
      tabIndex={takesFocus ? 0 : undefined}
      className={styles['panel']}
    >
      {children}
    </div>
  );
}

const focusable = 'a[href], button, input, select, textarea, [tabindex]';
