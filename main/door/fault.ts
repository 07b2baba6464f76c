/** Turns whatever was thrown into the fault that a screen shows. */
import type { HostFault } from '../../core/protocol/fault.ts';
import { cpuFallbackRefusedCode, type Placement } from '../../core/protocol/placement.ts';
import type { JsonValue } from '../../core/protocol/records.ts';

/** A request refused by the door itself: unknown, malformed, out of order, too much. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: string;
  readonly hint: string | undefined;
  readonly path: readonly (string | number)[] | undefined;

  constructor(
    code: string,
    message: string,
    more: { readonly hint?: string; readonly path?: readonly (string | number)[] } = {},
  ) {
    super(message);
    this.code = code;
    this.hint = more.hint;
    this.path = more.path;
  }
}

/** Codes that the product gives are lower-case words; those of Node (`ENOENT`) and of libraries are not. */
const ownCode = /^[a-z][a-z0-9-]*$/;

/** Whether an error was meant for people: anything else is a fault of the program and belongs into the log. */
export function isExpected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && ownCode.test(code)) || hasIssues(error);
}

/** An error as data. What the program did not expect is called `internal` and says so. */
export function faultOf(error: unknown): HostFault {
  if (!(error instanceof Error)) return internalFault(String(error));
  if (!isExpected(error)) return internalFault(error.message);
  const { code, hint, path, issues, placement } = error as Partial<Record<keyof HostFault, unknown>>;
  return {
    code: typeof code === 'string' ? code : 'document',
    message: error.message,
    ...(typeof hint === 'string' && { hint }),
    ...(Array.isArray(path) && { path: path.filter(isPathPart) }),
    ...(Array.isArray(issues) && { issues: plain(issues) }),
    ...(code === cpuFallbackRefusedCode &&
      isObject(placement) && { placement: plain(placement) as unknown as Placement }),
  };
}

function internalFault(message: string): HostFault {
  return {
    code: 'internal',
    message: `something went wrong inside Lathe: ${message}`,
    hint: 'this is a fault of the program; what was being done may not have happened',
  };
}

/** A document with faults carries them all, and no code. */
function hasIssues(error: Error): boolean {
  return error.name === 'DocumentError' && Array.isArray((error as { issues?: unknown }).issues);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isPathPart(part: unknown): part is string | number {
  return typeof part === 'string' || typeof part === 'number';
}

/** Without prototypes, functions and undefined, so that it survives every transport the same way. */
function plain(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
