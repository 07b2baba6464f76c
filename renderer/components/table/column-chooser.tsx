/** Which columns a table shows. */
import { useState } from 'react';
import { Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components';
import { Button } from '../button.tsx';
import { SearchField } from '../text-field.tsx';
import { Checkbox } from '../toggles.tsx';
import popover from '../popover.module.css';

export interface ColumnChooserProps {
  readonly columns: readonly { readonly id: string; readonly title: string }[];
  readonly shown: ReadonlySet<string>;
  readonly onChange: (shown: ReadonlySet<string>) => void;
}

export function ColumnChooser({ columns, shown, onChange }: ColumnChooserProps) {
  const [typed, setTyped] = useState('');
  const found = columns.filter((column) => column.title.toLowerCase().includes(typed.toLowerCase()));
  const toggle = (id: string, isShown: boolean): void =>
    onChange(new Set(isShown ? [...shown, id] : [...shown].filter((each) => each !== id)));
  return (
    <DialogTrigger>
      <Button icon="columns" size="small">
        Columns
      </Button>
      <Popover className={popover['popover']!} offset={4} placement="bottom end">
        <AriaDialog aria-label="Columns" className={popover['content']!} style={{ width: 260 }}>
          <SearchField label="Find a column" value={typed} onChange={setTyped} size="small" autoFocus />
          <div
            style={{
              display: 'flex',
              flexDirection: 'column',
              marginTop: 8,
              maxHeight: 320,
              overflow: 'auto',
              padding: 2,
            }}
          >
            {found.map((column) => (
              <Checkbox
                key={column.id}
                label={column.title}
                selected={shown.has(column.id)}
                onChange={(isShown) => toggle(column.id, isShown)}
              />
            ))}
          </div>
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  );
}
