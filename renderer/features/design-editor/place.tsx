/** Design: the place where one model is seen three ways, as a picture, as text and as what it compiles to. */
import { ModelCanvas } from '../../canvas/canvas.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState, PlaceFrame } from '../../components/layout.tsx';
import { SplitPane } from '../../components/split-pane.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { runCommand } from '../../app/commands.ts';
import { navigate } from '../../state/navigation.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { showFoot, showSide, useDesignView } from './design-view.ts';
import { OutlineList } from './outline-list.tsx';
import { Problems } from './problems.tsx';
import { sideViews } from './side-views.tsx';
import { SummaryTable } from './summary-table.tsx';

export function Place() {
  const isOpen = useWorkspace((state) => state.file !== null);
  return <PlaceFrame>{isOpen ? <Workbench /> : <NothingOpen />}</PlaceFrame>;
}

function NothingOpen() {
  const actions = (
    <>
      <Button look="primary" onPress={() => navigate('home')}>
        Choose a template
      </Button>
      <Button onPress={() => runCommand('document.open')}>Open a document</Button>
    </>
  );
  return (
    <EmptyState title="No document is open" icon="design" actions={actions}>
      Start from a template that trains as it is, or open a document of your own.
    </EmptyState>
  );
}

function Workbench() {
  const upper = (
    <SplitPane
      label="Width of the text"
      storageKey="design-side"
      fixed="second"
      initial={500}
      min={280}
      max={1100}
      first={<ModelCanvas onInspect={() => showSide('inspector')} />}
      second={sideViews.length > 0 ? <Side /> : null}
    />
  );
  return (
    <SplitPane
      label="Height of the problems"
      storageKey="design-foot"
      orientation="vertical"
      fixed="second"
      initial={168}
      min={72}
      max={600}
      first={upper}
      second={<Foot />}
    />
  );
}

function Side() {
  const side = useDesignView((state) => state.side);
  const tabs = sideViews.map(({ id, label, View }) => ({ id, label, content: <View /> }));
  return <Tabs label="Views of the model" tabs={tabs} selected={side} onSelect={showSide} />;
}

function Foot() {
  const foot = useDesignView((state) => state.foot);
  const count = useWorkspace((state) => state.check.issues.length);
  const tabs = [
    { id: 'problems', label: 'Problems', count, content: <Problems /> },
    { id: 'layers', label: 'Layers', content: <SummaryTable /> },
    { id: 'outline', label: 'Outline', content: <OutlineList /> },
  ] as const;
  return <Tabs label="About the model" tabs={tabs} selected={foot} onSelect={showFoot} />;
}
