/** Which of the design place's views are in front; kept while the window is open. */
import { create } from 'zustand';

export type SideView = 'text' | 'inspector' | 'compiled';
export type FootView = 'problems' | 'layers' | 'outline';

interface DesignView {
  readonly side: SideView;
  readonly foot: FootView;
}

export const useDesignView = create<DesignView>()(() => ({ side: 'text', foot: 'layers' }));

export const showSide = (side: SideView): void => useDesignView.setState({ side });
export const showFoot = (foot: FootView): void => useDesignView.setState({ foot });
