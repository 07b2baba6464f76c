/** Keeps a fault of one place from taking the window down: says what happened and offers ways on. */
import { Component, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/layout.tsx';
import { navigate } from '../state/navigation.ts';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

interface State {
  readonly fault: Error | null;
}

/** Give it the place's name as `key`, so that going elsewhere starts afresh. */
export class PlaceBoundary extends Component<Props, State> {
  override state: State = { fault: null };

  static getDerivedStateFromError(fault: unknown): State {
    return { fault: fault instanceof Error ? fault : new Error(String(fault)) };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    const actions = (
      <>
        <Button look="primary" onPress={() => this.setState({ fault: null })}>
          Try again
        </Button>
        <Button onPress={() => navigate('home')}>Go to Home</Button>
        <Button onPress={() => location.reload()}>Reload the window</Button>
      </>
    );
    return (
      <div role="alert" style={{ display: 'flex', flex: 1 }}>
        <EmptyState title={`${this.props.title} ran into a fault`} icon="error" actions={actions}>
          {fault.message || 'It gave no reason.'} Training and your document are not affected.
        </EmptyState>
      </div>
    );
  }
}
