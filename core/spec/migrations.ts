/** Brings documents of older released versions to the present grammar: every version ever released opens for ever. */
import { documentVersion } from './schema.ts';

/** One step from a version to the next. It gets plain data of that version, valid or not, and must not throw. */
export interface Migration {
  readonly from: number;
  readonly apply: (document: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** One for each version before the present one, in order; version 1 is the first. */
const documentMigrations: readonly Migration[] = [];

/** The document in the present grammar. @param version what the document says of itself, at most the present one. */
export function migrate(
  document: Readonly<Record<string, unknown>>,
  version: number,
  migrations: readonly Migration[] = documentMigrations,
): Readonly<Record<string, unknown>> {
  const due = migrations.filter((migration) => migration.from >= version);
  const migrated = due.reduce((current, migration) => migration.apply(current), document);
  return due.length > 0 ? { ...migrated, lathe: documentVersion } : migrated;
}
