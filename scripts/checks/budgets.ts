/** Holds files and functions to their size budgets, and finds barrels. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from './source-files.ts';

const fileBudget = 500;
const functionBudget = 60;
/** A literal this long is a table: data set out in lines, which no split would make easier to read. */
const tableLines = 10;

/** Folders whose files, taken together, have a budget of their own. */
const folderBudgets = [
  { folders: ['core/autodiff/', 'core/graph/'], lines: 1000, reason: 'together they should read as a lesson' },
  { folders: ['preload/'], lines: 60, reason: 'the bridge is one object' },
] as const;

/** Number of lines of a text; a newline at the end does not start another. */
export function countLines(text: string): number {
  return text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** What is too long in one file, and whether it is a barrel; `path` decides whether the rules for tests apply. */
export function fileProblems(path: string, text: string): readonly string[] {
  const lines = countLines(text);
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return [
    ...(lines > fileBudget ? [`${path}: ${lines} lines, at most ${fileBudget}`] : []),
    ...(isBarrel(source) ? [`${path}: only re-exports; import from the files that define the names`] : []),
    ...longFunctions(source, path.startsWith('tests/')),
  ];
}

/** Folders that are too long as a whole. */
export function folderProblems(lineCounts: ReadonlyMap<string, number>): readonly string[] {
  return folderBudgets.flatMap(({ folders, lines, reason }) => {
    let total = 0;
    for (const [path, count] of lineCounts) if (folders.some((folder) => path.startsWith(folder))) total += count;
    return total > lines ? [`${folders.join(' + ')}: ${total} lines, at most ${lines}: ${reason}`] : [];
  });
}

/** Every breach under `root`, one a line; empty when all is well. */
export function budgetProblems(root: string): readonly string[] {
  const files = sourceFiles(root);
  if (files.length === 0) return [`no source files under ${root}: nothing was measured`];
  const texts = new Map(files.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  const lineCounts = new Map([...texts].map(([path, text]) => [path, countLines(text)]));
  return [...[...texts].flatMap(([path, text]) => fileProblems(path, text)), ...folderProblems(lineCounts)];
}

function isBarrel(source: ts.SourceFile): boolean {
  return (
    source.statements.length > 0 &&
    source.statements.every((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined)
  );
}

function longFunctions(source: ts.SourceFile, isTest: boolean): readonly string[] {
  const problems: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && !(isTest && isDescribeCallback(node))) {
      const lines = lineSpan(source, node) - linesInTables(source, node);
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const found = `${source.fileName}:${line}: ${functionName(node)} has ${lines} lines, at most ${functionBudget}`;
      if (lines > functionBudget) problems.push(found);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

function lineSpan(source: ts.SourceFile, node: ts.Node): number {
  const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  return source.getLineAndCharacterOfPosition(node.getEnd()).line - start + 1;
}

/** Lines of the outermost tables within a node: long object or array literals that hold no function, and markup. */
function linesInTables(source: ts.SourceFile, node: ts.Node): number {
  let total = 0;
  const visit = (child: ts.Node): void => {
    const isLiteral = ts.isObjectLiteralExpression(child) || ts.isArrayLiteralExpression(child);
    if (isLiteral && lineSpan(source, child) >= tableLines && !holdsFunction(child)) total += lineSpan(source, child);
    else if (isMarkup(child)) total += lineSpan(source, child) - linesInFunctions(source, child);
    else ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return total;
}

/** Markup says what is shown, line by line, like a table; the functions within it are counted all the same. */
function isMarkup(node: ts.Node): boolean {
  return ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node);
}

function linesInFunctions(source: ts.SourceFile, node: ts.Node): number {
  let total = 0;
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child)) total += lineSpan(source, child) - linesInTables(source, child);
    else ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return total;
}

function holdsFunction(node: ts.Node): boolean {
  return ts.forEachChild(node, (child) => ts.isFunctionLike(child) || holdsFunction(child)) ?? false;
}

/** `describe('…', () => {…})`, with or without `.each(…)`: a chapter of tests, not a function. */
function isDescribeCallback(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}

function functionName(node: ts.SignatureDeclaration): string {
  if (node.name) return node.name.getText();
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText();
  return ts.isConstructorDeclaration(node) ? 'the constructor' : 'a function';
}

if (process.argv[1] === import.meta.filename) {
  const problems = budgetProblems(resolve(process.argv[2] ?? '.'));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
