/** Which templates can be trained on a data set: each is given the data and checked whole, so nothing is guessed. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { Template } from '../../../core/protocol/documents.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { removeField, setField } from '../../../core/spec/edit.ts';
import type { DataRequest } from './sources.ts';

export interface Fit {
  readonly template: Template;
  /** The template's text with this data in it. */
  readonly text: string;
  /** Why it does not fit as it stands; null when it does. */
  readonly problem: string | null;
}

const options = ['target', 'context', 'image', 'split'] as const;

/** A document's text with its data section telling of other data. @throws RangeError when it has syntax errors */
export function withData(text: string, request: DataRequest): string {
  const named = setField(text, ['data', 'source'], request.source);
  return options.reduce((out, option) => {
    const value = request[option];
    return value === undefined ? removeField(out, ['data', option]) : setField(out, ['data', option], value);
  }, named);
}

/** How well one template fits. */
function fitOf(template: Template, request: DataRequest, info: DataInfo): Fit {
  const text = withData(template.text, request);
  const fault = checkDocument(text, info).issues.find((issue) => issue.severity === 'error');
  return { template, text, problem: fault?.message ?? null };
}

/** All templates, those that fit first. */
export function fittingTemplates(templates: readonly Template[], request: DataRequest, info: DataInfo): readonly Fit[] {
  const fits = templates.map((template) => fitOf(template, request, info));
  return [...fits.filter((fit) => fit.problem === null), ...fits.filter((fit) => fit.problem !== null)];
}
