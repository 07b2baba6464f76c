/** Gives Monaco what this application knows of a document: completion, hovers, shapes, jumps and quick fixes. */
import type { Issue } from '../../../core/spec/issue.ts';
import { applyEdit, useWorkspace } from '../../state/workspace.ts';
import { languageId, monaco } from './monaco-setup.ts';
import { plainLines } from './line-endings.ts';
import { suggestionsAt, type Suggestion } from './text-completion.ts';
import { fixesFor } from './text-fixes.ts';
import { sameHints, shapeHints } from './text-hints.ts';
import { hoverAt } from './text-hover.ts';
import { TextLines } from './text-lines.ts';
import { definitionAt } from './text-place.ts';

/** Registers all help for the documents' editor. @returns the way to stop */
export function giveHelp(editor: monaco.editor.IStandaloneCodeEditor): () => void {
  const own = editor.getModel()!;
  const fixCommand = editor.addCommand(0, (_services, issue: Issue, index: number) => runFix(issue, index)) ?? '';
  const summaryChanged = new monaco.Emitter<void>();
  const stop = useWorkspace.subscribe(
    ({ check: now }, { check: before }) =>
      now.summary !== before.summary && !sameHints(now.summary, before.summary) && summaryChanged.fire(),
  );
  const registered = [
    monaco.languages.registerCompletionItemProvider(languageId, {
      triggerCharacters: ['"', ':', ' ', '[', ','],
      provideCompletionItems: complete,
    }),
    monaco.languages.registerHoverProvider(languageId, { provideHover }),
    monaco.languages.registerDefinitionProvider(languageId, { provideDefinition }),
    monaco.languages.registerInlayHintsProvider(languageId, inlayHints(own, summaryChanged.event)),
    monaco.languages.registerCodeActionProvider(languageId, codeActions(fixCommand), {
      providedCodeActionKinds: ['quickfix'],
    }),
  ];
  return () => {
    stop();
    registered.forEach((each) => each.dispose());
  };
}

const kinds: Readonly<Record<Suggestion['kind'], monaco.languages.CompletionItemKind>> = {
  field: monaco.languages.CompletionItemKind.Property,
  value: monaco.languages.CompletionItemKind.Value,
  reference: monaco.languages.CompletionItemKind.Reference,
};

function complete(model: monaco.editor.ITextModel, position: monaco.Position): monaco.languages.CompletionList {
  const text = textOf(model);
  const lines = new TextLines(text);
  const found = suggestionsAt(text, lines.offsetOf(position), useWorkspace.getState().outline);
  const suggestions = found.map((suggestion): monaco.languages.CompletionItem => {
    const written = text.slice(suggestion.replaces.offset, suggestion.replaces.offset + suggestion.replaces.length);
    return {
      label: suggestion.label,
      kind: kinds[suggestion.kind],
      insertText: suggestion.snippet,
      insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
      range: lines.rangeOf(suggestion.replaces),
      // what is typed is matched against it, quotes included
      filterText: written.startsWith('"') ? JSON.stringify(suggestion.label) : suggestion.label,
      sortText: String(suggestion.rank).padStart(5, '0'),
      ...(suggestion.detail !== undefined && { detail: suggestion.detail }),
      ...(suggestion.help !== undefined && { documentation: { value: suggestion.help } }),
    };
  });
  return { suggestions };
}

/** A model's text as the workspace has it, with the line endings the outline's places are counted by. */
function textOf(model: monaco.editor.ITextModel): string {
  const { text } = useWorkspace.getState();
  return model.getValue(monaco.editor.EndOfLinePreference.LF) === plainLines(text) ? text : model.getValue();
}

function provideHover(model: monaco.editor.ITextModel, position: monaco.Position): monaco.languages.Hover | null {
  const text = textOf(model);
  const lines = new TextLines(text);
  const { outline, check } = useWorkspace.getState();
  const hover = hoverAt(text, lines.offsetOf(position), outline, check.summary);
  return hover ? { range: lines.rangeOf(hover.stretch), contents: hover.paragraphs.map((value) => ({ value })) } : null;
}

function provideDefinition(
  model: monaco.editor.ITextModel,
  position: monaco.Position,
): monaco.languages.LocationLink[] {
  const text = textOf(model);
  const lines = new TextLines(text);
  const { outline } = useWorkspace.getState();
  const found = outline && definitionAt(text, outline, lines.offsetOf(position));
  if (!found) return [];
  return [
    {
      uri: model.uri,
      originSelectionRange: lines.rangeOf(found.from),
      range: lines.rangeOf(found.to),
      targetSelectionRange: lines.rangeOf({ ...found.to, length: 0 }),
    },
  ];
}

function inlayHints(
  own: monaco.editor.ITextModel,
  onDidChangeInlayHints: monaco.IEvent<void>,
): monaco.languages.InlayHintsProvider {
  return {
    onDidChangeInlayHints,
    provideInlayHints: (model, range) => {
      const { text, check } = useWorkspace.getState();
      if (model !== own) return { hints: [], dispose: () => undefined };
      const lines = new TextLines(text);
      const isInSight = (offset: number): boolean => range.containsPosition(lines.placeOf(offset));
      const hints = shapeHints(text, check.summary, isInSight).map(
        ({ offset, label, help }): monaco.languages.InlayHint => ({
          position: lines.placeOf(offset),
          label,
          tooltip: help,
          paddingLeft: true,
        }),
      );
      return { hints: [...hints], dispose: () => undefined };
    },
  };
}

function codeActions(command: string): monaco.languages.CodeActionProvider {
  return {
    provideCodeActions: (model, range) => {
      const { text, check, isChecked } = useWorkspace.getState();
      const issues = isChecked ? check.issues.filter((issue) => touches(issue, range)) : [];
      const actions = issues.flatMap((issue) =>
        fixesFor(text, issue).map((fix, index): monaco.languages.CodeAction => ({
          title: fix.title,
          kind: 'quickfix',
          isPreferred: fix.isPreferred,
          diagnostics: monaco.editor
            .getModelMarkers({ resource: model.uri })
            .filter((marker) => marker.startLineNumber === issue.line && marker.startColumn === issue.column),
          command: { id: command, title: fix.title, arguments: [issue, index] },
        })),
      );
      return { actions, dispose: () => undefined };
    },
  };
}

function touches(issue: Issue, range: monaco.Range): boolean {
  return monaco.Range.areIntersectingOrTouching(range, {
    startLineNumber: issue.line,
    startColumn: issue.column,
    endLineNumber: issue.endLine,
    endColumn: issue.endColumn,
  });
}

function runFix(issue: Issue, index: number): void {
  const fix = fixesFor(useWorkspace.getState().text, issue)[index];
  if (fix) applyEdit(fix.title, (text) => ({ text: fix.apply(text) }));
}
