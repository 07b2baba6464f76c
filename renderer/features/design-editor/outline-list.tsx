/** The model in words, network by network: what the canvas shows, for those who read or listen rather than look. */
import { Header, ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components';
import type { DocumentOutline, OutlineScope } from '../../../core/spec/model-edits/outline.ts';
import { buildLanes } from '../../canvas/flow-model.ts';
import { useMemo } from 'react';
import { select, useWorkspace } from '../../state/workspace.ts';
import { showSide } from './design-view.ts';
import styles from './foot.module.css';

/** What flows into each node, in words. */
function inputWords(outline: DocumentOutline): ReadonlyMap<string, string> {
  const of = (scope: OutlineScope): readonly (readonly [string, string])[] =>
    scope.layers.map((layer) => [
      layer.key,
      layer.inputs.length > 0 ? `takes ${layer.inputs.join(' and ')}` : 'takes nothing',
    ]);
  return new Map(outline.scopes.flatMap(of));
}

export function OutlineList() {
  const outline = useWorkspace((state) => state.outline);
  const check = useWorkspace((state) => state.check);
  const selection = useWorkspace((state) => state.selection);
  const lanes = useMemo(() => (outline ? buildLanes(outline, check.issues, check.summary, []) : []), [outline, check]);
  const takes = useMemo(() => (outline ? inputWords(outline) : new Map<string, string>()), [outline]);
  return (
    <ListBox
      aria-label="Layers of the model, in words"
      className={styles['outline']!}
      selectionMode="multiple"
      selectionBehavior="replace"
      selectedKeys={selection}
      onSelectionChange={(keys) => keys !== 'all' && select([...keys].map(String))}
      onAction={() => showSide('inspector')}
    >
      {lanes.map((lane) => (
        <ListBoxSection key={lane.key} id={lane.key}>
          <Header className={styles['outlineHead']!}>
            {lane.isBlock ? 'Block' : 'Network'} {lane.title}
          </Header>
          {lane.nodes.map((node) => (
            <ListBoxItem key={node.key} id={node.key} textValue={node.id} className={styles['outlineItem']!}>
              <span>{node.label}</span>
              <span className={styles['takes']}>{takes.get(node.key)}</span>
            </ListBoxItem>
          ))}
        </ListBoxSection>
      ))}
    </ListBox>
  );
}
