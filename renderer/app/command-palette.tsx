/** Every command, found by typing. */
import {
  Autocomplete,
  Collection,
  Dialog,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
} from 'react-aria-components';
import { useState } from 'react';
import { KeyHint } from '../components/key-hint.tsx';
import { SearchField } from '../components/text-field.tsx';
import { useSettings } from '../state/settings.ts';
import popover from '../components/popover.module.css';
import { groupCommands, matchesWords } from './command-search.ts';
import { type Command, keysFor, useCommandList } from './commands.ts';
import { useShell } from './shell-store.ts';
import styles from './shell.module.css';

const close = (): void => useShell.setState({ paletteOpen: false });

export function CommandPalette() {
  const open = useShell((state) => state.paletteOpen);
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => next || close()}
      isDismissable
      className={styles['paletteScrim']!}
    >
      <Modal className={styles['palette']!}>
        <Dialog aria-label="Commands" className={styles['paletteDialog']!}>
          <PaletteList />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteList() {
  const commands = useCommandList((state) => state.commands);
  const shortcuts = useSettings((state) => state.settings.shortcuts);
  const [typed, setTyped] = useState('');
  return (
    <Autocomplete inputValue={typed} onInputChange={setTyped} filter={matchesWords}>
      <div className={styles['paletteField']}>
        <SearchField label="Find a command" value={typed} onChange={setTyped} autoFocus />
      </div>
      {/* What scrolls can be reached: browsers scroll it by keys then. */}
      <div className={styles['paletteList']} tabIndex={0} role="group" aria-label="Commands found">
        <Menu
          aria-label="Commands"
          className={styles['paletteMenu']!}
          renderEmptyState={() => <div className={popover['empty']}>No command matches</div>}
        >
          {[...groupCommands(commands)].map(([group, members]) => (
            <MenuSection key={group}>
              <Header className={popover['section']!}>{group}</Header>
              <Collection items={members}>
                {(command) => <PaletteItem command={command} keys={keysFor(command, shortcuts)} />}
              </Collection>
            </MenuSection>
          ))}
        </Menu>
      </div>
    </Autocomplete>
  );
}

function PaletteItem({ command, keys }: { readonly command: Command; readonly keys: string | undefined }) {
  return (
    <MenuItem
      id={command.id}
      textValue={`${command.group} ${command.title}`}
      isDisabled={command.enabled === false}
      className={popover['item']!}
      onAction={() => {
        close();
        command.run();
      }}
    >
      <span className={popover['words']}>{command.title}</span>
      {keys && <KeyHint keys={keys} />}
    </MenuItem>
  );
}
