/** Types of the parts of Monaco that come without types of their own: JSON's colours, and features named by their files. */
declare module 'monaco-editor/languages/features/json/tokenization' {
  import type { languages } from 'monaco-editor/editor';

  export function createTokenizationSupport(supportComments: boolean): languages.TokensProvider;
}

declare module 'monaco-editor/editor/contrib/*';

declare module 'monaco-editor/editor/editor.worker';
