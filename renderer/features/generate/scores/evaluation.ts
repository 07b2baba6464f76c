/** The part of an evaluation's answer that is shown but not stored as scores. */
import { z } from 'zod';

const perClass = z.object({
  name: z.string(),
  support: z.number(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
});

const evaluation = z.object({
  step: z.number(),
  seconds: z.number(),
  warnings: z.array(z.string()),
  reference: z.array(z.object({ name: z.string(), value: z.number().nullable() })),
  classification: z.object({ perClass: z.array(perClass) }).nullable(),
});

export type EvaluationAnswer = z.output<typeof evaluation>;
export type ClassTable = NonNullable<EvaluationAnswer['classification']>;

/** Undefined when the answer is of another form. */
export function readEvaluation(answer: unknown): EvaluationAnswer | undefined {
  return evaluation.safeParse(answer).data;
}
