/** Accepts a document for a run: without errors, and with its data opened. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { CheckResult } from '../../../core/spec/check.ts';
import { parseDocument, type ModelDocument } from '../../../core/spec/parse.ts';
import type { DataProgress } from '../data/source.ts';
import type { TrainOptions } from '../options.ts';
import { checkWithData } from '../without-records.ts';

/** A document with errors. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly issues: CheckResult['issues'];

  constructor(issues: CheckResult['issues']) {
    const [first, ...others] = issues.filter((issue) => issue.severity === 'error');
    super(
      `the document has errors: ${first?.message ?? 'it cannot be read'}${others.length > 0 ? `, and ${others.length} more` : ''}`,
    );
    this.issues = issues;
  }
}

export interface AcceptedDocument {
  readonly document: ModelDocument;
  readonly data: DataInfo;
}

/** @throws DocumentError with every issue, DataError */
export async function acceptDocument(
  text: string,
  baseDir: string,
  dataCache: string,
  onUpdate: TrainOptions['onUpdate'],
): Promise<AcceptedDocument> {
  const onProgress: DataProgress = (done, total, what) => onUpdate?.({ type: 'progress', what, done, total });
  const checked = await checkWithData(text, baseDir, dataCache, onProgress);
  const { document } = parseDocument(text);
  if (!document || !checked.data || checked.issues.some((issue) => issue.severity === 'error'))
    throw new DocumentError(checked.issues);
  return { document, data: checked.data };
}
