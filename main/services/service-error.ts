/** A request that cannot be answered, as every screen shows it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly hint: string | undefined;
  readonly path: readonly (string | number)[] | undefined;

  /** @param code a stable lower-case word; @param path where in the request's input */
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
