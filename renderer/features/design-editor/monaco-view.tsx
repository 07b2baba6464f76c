/** The document's text in Monaco, at one with the workspace: its edits, its history, its selection and its issues. */
import { useEffect, useRef } from 'react';
import type { Issue, TextRange } from '../../../core/spec/issue.ts';
import { useStyleTurn } from '../../components/page-style.ts';
import { changeBetween } from '../../state/history.ts';
import { redo, select, typeText, undo, useWorkspace, type WorkspaceState } from '../../state/workspace.ts';
import { giveHelp } from './monaco-help.ts';
import { applyTheme, languageId, monaco, themeName } from './monaco-setup.ts';
import { plainLines, withLines } from './line-endings.ts';
import { TextLines, type LinePlace } from './text-lines.ts';
import { nodesIn, stretchOfNode } from './text-place.ts';
import styles from './text-view.module.css';

type Editor = monaco.editor.IStandaloneCodeEditor;

export function MonacoView() {
  const holder = useRef<HTMLDivElement>(null);
  const turn = useStyleTurn();
  useEffect(() => applyTheme(), [turn]);
  useEffect(() => {
    const { text } = useWorkspace.getState();
    const model = monaco.editor.createModel(text, languageId);
    const editor = monaco.editor.create(holder.current!, { ...options(), model });
    const stops = [giveHelp(editor), followWorkspace(editor, model), tellWorkspace(editor, model), ownHistory(editor)];
    return () => {
      stops.forEach((stop) => stop());
      editor.dispose();
      model.dispose();
    };
  }, []);
  return <div ref={holder} className={styles['editor']} data-testid="text-editor" />;
}

function options(): monaco.editor.IStandaloneEditorConstructionOptions {
  const style = getComputedStyle(document.documentElement);
  return {
    theme: themeName,
    ariaLabel: 'Text of the document. Press Control M to let Tab leave it.',
    accessibilitySupport: 'auto',
    // a text area, which the rest of the window knows to be typed into
    editContext: false,
    automaticLayout: true,
    fixedOverflowWidgets: true,
    fontFamily: style.getPropertyValue('--font-code'),
    fontSize: 12.5,
    lineHeight: 20,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    folding: true,
    formatOnPaste: false,
    formatOnType: false,
    tabSize: 2,
    insertSpaces: true,
    detectIndentation: true,
    wordBasedSuggestions: 'off',
    quickSuggestions: { strings: true, other: true, comments: false },
    suggest: { showWords: false, preview: false },
    inlayHints: { enabled: 'on', fontSize: 11.5, padding: false },
    lightbulb: { enabled: monaco.editor.ShowLightbulbIconMode.On },
    lineNumbersMinChars: 3,
    overviewRulerBorder: false,
    renderLineHighlight: 'line',
    bracketPairColorization: { enabled: false },
    guides: { indentation: true, bracketPairs: false },
    unicodeHighlight: { ambiguousCharacters: false },
    padding: { top: 8, bottom: 8 },
    gotoLocation: { multipleDefinitions: 'goto' },
    definitionLinkOpensInPeek: false,
    dropIntoEditor: { enabled: false },
    smoothScrolling: false,
    stickyScroll: { enabled: false },
  };
}

/** Ctrl+Z and Ctrl+Y take back and make again whatever was done last, here or elsewhere. */
function ownHistory(editor: Editor): () => void {
  const { CtrlCmd, Shift } = monaco.KeyMod;
  const { KeyZ, KeyY } = monaco.KeyCode;
  const actions = [
    editor.addAction({ id: 'lathe.undo', label: 'Undo', keybindings: [CtrlCmd | KeyZ], run: () => walked(undo) }),
    editor.addAction({
      id: 'lathe.redo',
      label: 'Redo',
      keybindings: [CtrlCmd | KeyY, CtrlCmd | Shift | KeyZ],
      run: () => walked(redo),
    }),
  ];
  return () => actions.forEach((action) => action.dispose());
}

/** Walks the history with the cursor going to where the text changes. */
function walked(walk: () => void): void {
  cursorFollows = true;
  try {
    walk();
  } finally {
    cursorFollows = false;
  }
}

/** The editor's text with \n endings, whichever it uses. */
const plainText = (model: monaco.editor.ITextModel): string => model.getValue(monaco.editor.EndOfLinePreference.LF);

/* From the workspace to the editor. */

let isApplying = false;
let cursorFollows = false;
/** The last stretch that was asked for and shown; the editor comes and goes, requests are answered once. */
let shownTurn = 0;

function followWorkspace(editor: Editor, model: monaco.editor.ITextModel): () => void {
  const marks = editor.createDecorationsCollection();
  const show = (now: WorkspaceState, before: WorkspaceState | undefined): void => {
    if (plainLines(now.text) !== plainText(model)) takeText(editor, model, now, now.file?.id !== before?.file?.id);
    if (now.check !== before?.check || now.isChecked !== before?.isChecked) markIssues(model, now);
    if (now.selection !== before?.selection || now.outline !== before?.outline) markSelection(marks, now);
    if (now.selection !== before?.selection) revealSelection(editor, now);
    if (now.reveal && now.reveal.turn !== shownTurn) {
      shownTurn = now.reveal.turn;
      revealRange(editor, now.reveal.range);
    }
  };
  show(useWorkspace.getState(), undefined);
  const stop = useWorkspace.subscribe(show);
  return () => {
    stop();
    marks.clear();
  };
}

function takeText(editor: Editor, model: monaco.editor.ITextModel, { text }: WorkspaceState, isOther: boolean): void {
  isApplying = true;
  try {
    const [old, plain] = [plainText(model), plainLines(text)];
    if (isOther) model.setValue(text);
    else {
      const change = changeBetween(old, plain);
      const range = new TextLines(old).rangeOf({ offset: change.offset, length: change.removed.length });
      model.applyEdits([{ range, text: change.inserted, forceMoveMarkers: false }]);
      if (cursorFollows) followCursor(editor, new TextLines(plain).placeOf(change.offset + change.inserted.length));
    }
    if (isOther) editor.setScrollTop(0);
  } finally {
    isApplying = false;
  }
}

function followCursor(editor: Editor, place: LinePlace): void {
  editor.setPosition(place);
  editor.revealPositionInCenterIfOutsideViewport(place);
}

function markIssues(model: monaco.editor.ITextModel, { check, isChecked }: WorkspaceState): void {
  if (!isChecked) return;
  monaco.editor.setModelMarkers(model, 'lathe', check.issues.map(markerOf));
}

function markerOf(issue: Issue): monaco.editor.IMarkerData {
  return {
    severity: issue.severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
    message: issue.hint ? `${issue.message}\n${issue.hint}` : issue.message,
    startLineNumber: issue.line,
    startColumn: issue.column,
    endLineNumber: issue.endLine,
    endColumn: issue.endColumn,
    ...(issue.code === 'unusedLayer' || issue.code === 'unusedBlock' || issue.code === 'unusedNetwork'
      ? { tags: [monaco.MarkerTag.Unnecessary] }
      : {}),
  };
}

function markSelection(
  marks: monaco.editor.IEditorDecorationsCollection,
  { text, outline, selection, isStale }: WorkspaceState,
): void {
  if (!outline || isStale) return;
  const lines = new TextLines(text);
  const decorations = selection.flatMap((key) => {
    const stretch = stretchOfNode(text, outline, key);
    const options = {
      isWholeLine: true,
      className: styles['selected']!,
      linesDecorationsClassName: styles['selectedEdge']!,
    };
    return stretch ? [{ range: lines.rangeOf(stretch), options }] : [];
  });
  marks.set(decorations);
}

/** A selection made elsewhere is brought into sight; one made in the text already is. */
function revealSelection(editor: Editor, { text, outline, selection }: WorkspaceState): void {
  const [first] = selection;
  if (editor.hasTextFocus() || !outline || first === undefined) return;
  const stretch = stretchOfNode(text, outline, first);
  if (!stretch) return;
  const range = new TextLines(text).rangeOf(stretch);
  editor.setPosition({ lineNumber: range.startLineNumber, column: range.startColumn });
  editor.revealLinesInCenterIfOutsideViewport(range.startLineNumber, range.endLineNumber);
}

function revealRange(editor: Editor, range: TextRange): void {
  const target = {
    startLineNumber: range.line,
    startColumn: range.column,
    endLineNumber: range.endLine,
    endColumn: range.endColumn,
  };
  editor.setSelection(target);
  editor.revealRangeInCenterIfOutsideViewport(target);
  editor.focus();
}

/* From the editor to the workspace. */

function tellWorkspace(editor: Editor, model: monaco.editor.ITextModel): () => void {
  const listeners = [
    model.onDidChangeContent(() => {
      if (!isApplying) typeText(withLines(useWorkspace.getState().text, plainText(model)));
    }),
    editor.onDidChangeCursorSelection(() => {
      if (!isApplying && editor.hasTextFocus()) selectAtCursor(editor);
    }),
  ];
  return () => listeners.forEach((listener) => listener.dispose());
}

/** The layers the cursors are in are the selection. */
function selectAtCursor(editor: Editor): void {
  const { text, outline, isStale } = useWorkspace.getState();
  if (!outline || isStale) return;
  const lines = new TextLines(text);
  const keys = (editor.getSelections() ?? []).flatMap((selection) =>
    nodesIn(text, outline, lines.offsetOf(selection.getStartPosition()), lines.offsetOf(selection.getEndPosition())),
  );
  select([...new Set(keys)]);
}
