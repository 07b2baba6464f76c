/** Puts the chosen theme and motion on the page, where the tokens read them. */
import { useSettings } from '../state/settings.ts';

/** Follows the settings; returns the way to stop. */
export function followTheme(): () => void {
  const apply = (): void => {
    const { theme, reducedMotion } = useSettings.getState().settings;
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    if (reducedMotion) root.dataset['motion'] = 'reduced';
    else delete root.dataset['motion'];
  };
  apply();
  return useSettings.subscribe(apply);
}
