/** Monaco, with only what a document's text needs: the editor, JSON's colours, and this application's own help. */
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codeAction/register';
import 'monaco-editor/features/codeEditor/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/gotoLine/register';
import 'monaco-editor/features/gotoSymbol/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/inlayHints/register';
import 'monaco-editor/features/lineSelection/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/editor/contrib/gotoSymbol/browser/goToCommands';
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/tokenization/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import * as monaco from 'monaco-editor/editor';
import { createTokenizationSupport } from 'monaco-editor/languages/features/json/tokenization';
import { resolvedColour } from '../../components/page-style.ts';

export { monaco };

self.MonacoEnvironment = {
  getWorker: () => new Worker(new URL('./monaco-worker.ts', import.meta.url), { type: 'module' }),
};

/** The language of documents in Monaco: JSON's colours; all else comes from the grammar, which knows more than a JSON Schema can. */
export const languageId = 'json';

monaco.languages.register({ id: languageId });
monaco.languages.setTokensProvider(languageId, createTokenizationSupport(true));
monaco.languages.setLanguageConfiguration(languageId, {
  wordPattern: /-?\d*\.\d\w*|[^[\]{}:",\s]+/g,
  comments: { lineComment: '//', blockComment: ['/*', '*/'] },
  brackets: [
    ['{', '}'],
    ['[', ']'],
  ],
  autoClosingPairs: [
    { open: '{', close: '}', notIn: ['string'] },
    { open: '[', close: ']', notIn: ['string'] },
    { open: '"', close: '"', notIn: ['string'] },
  ],
});

export const themeName = 'lathe';

/** Makes Monaco's theme from the tokens as they are now. Without it a second theme change keeps the first one's colours. */
export function applyTheme(): void {
  const isDark = luminance(hex('--ground')) < 0.5;
  monaco.editor.defineTheme(themeName, {
    base: isDark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: tokenRules(),
    colors: colours(),
  });
  monaco.editor.setTheme(themeName);
}

function tokenRules(): monaco.editor.ITokenThemeRule[] {
  const rule = (token: string, colour: string): monaco.editor.ITokenThemeRule => ({
    token,
    foreground: hex(colour).slice(1),
  });
  return [
    rule('', '--text'),
    rule('string.key.json', '--text'),
    rule('string.value.json', '--accent-text'),
    rule('number.json', '--ok'),
    rule('keyword.json', '--warning'),
    rule('comment', '--text-faint'),
    rule('delimiter', '--text-muted'),
  ];
}

/** Monaco's parts, each with the token that colours it. */
const parts: Readonly<Record<string, string>> = {
  'editor.background': '--surface',
  'editor.foreground': '--text',
  'editorCursor.foreground': '--accent-text',
  'editor.selectionBackground': '--selected',
  'editor.inactiveSelectionBackground': '--pressed',
  'editor.lineHighlightBackground': '--surface',
  'editor.lineHighlightBorder': '--line',
  'editorLineNumber.foreground': '--text-faint',
  'editorLineNumber.activeForeground': '--text',
  'editorIndentGuide.background1': '--line',
  'editorIndentGuide.activeBackground1': '--line-strong',
  'editorBracketMatch.border': '--line-strong',
  'editorBracketMatch.background': '--hover',
  'editorInlayHint.foreground': '--text-faint',
  'editorInlayHint.background': '--surface',
  'editorError.foreground': '--error',
  'editorWarning.foreground': '--warning',
  'editorOverviewRuler.errorForeground': '--error',
  'editorOverviewRuler.warningForeground': '--warning',
  'editorWidget.background': '--surface-raised',
  'editorWidget.foreground': '--text',
  'editorWidget.border': '--line',
  'editorHoverWidget.background': '--surface-raised',
  'editorHoverWidget.border': '--line',
  'editorSuggestWidget.background': '--surface-raised',
  'editorSuggestWidget.border': '--line',
  'editorSuggestWidget.selectedBackground': '--selected',
  'editorSuggestWidget.selectedForeground': '--text',
  'editorSuggestWidget.highlightForeground': '--accent-text',
  'editorSuggestWidget.focusHighlightForeground': '--accent-text',
  'editor.findMatchBackground': '--warning-tint',
  'editor.findMatchHighlightBackground': '--warning-tint',
  'editor.findMatchBorder': '--warning',
  'input.background': '--surface',
  'input.foreground': '--text',
  'input.border': '--line-strong',
  'input.placeholderForeground': '--text-faint',
  'inputOption.activeBackground': '--selected',
  'inputOption.activeBorder': '--accent',
  'inputOption.activeForeground': '--text',
  'menu.background': '--surface-raised',
  'menu.foreground': '--text',
  'menu.selectionBackground': '--selected',
  'menu.selectionForeground': '--text',
  'menu.border': '--line',
  focusBorder: '--focus',
  'scrollbarSlider.background': '--pressed',
  'scrollbarSlider.hoverBackground': '--line-strong',
  'scrollbarSlider.activeBackground': '--line-strong',
  'textLink.foreground': '--accent-text',
  'editorLink.activeForeground': '--accent-text',
  'editorLightBulb.foreground': '--warning',
  foreground: '--text',
  'icon.foreground': '--text-muted',
  'list.hoverBackground': '--hover',
  'quickInput.background': '--surface-raised',
  'quickInput.foreground': '--text',
  'quickInputList.focusBackground': '--selected',
  'quickInputList.focusForeground': '--text',
};

function colours(): monaco.editor.IColors {
  // nested brackets in one colour: colours here mean something else
  const brackets = Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, hex('--text-muted')]),
  );
  const own = Object.fromEntries(Object.entries(parts).map(([part, token]) => [part, hex(token)]));
  const none = {
    'widget.shadow': '#00000033',
    'editorOverviewRuler.border': '#00000000',
    'editorUnicodeHighlight.border': '#00000000',
  };
  return { ...own, ...brackets, ...none };
}

/** A token's colour as `#rrggbb`. */
function hex(token: string): string {
  const numbers = resolvedColour(`var(${token})`).match(/[\d.]+/g) ?? [];
  return `#${[0, 1, 2]
    .map((at) =>
      Math.round(Number(numbers[at] ?? 0))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** From 0 (black) to 1 (white), roughly. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  return 0.3 * red + 0.6 * green + 0.1 * blue;
}
