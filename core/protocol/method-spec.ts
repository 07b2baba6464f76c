/** How a request or a stream is typed: a schema that parses its input, and the type of its answer. */
import type { z } from 'zod';

export interface MethodSpec<Input extends z.ZodType, Output> {
  readonly input: Input;
  /** Only a type: answers come from the host, which is trusted. */
  readonly output?: Output;
}

export const answers =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): MethodSpec<Input, Output> => ({ input });
