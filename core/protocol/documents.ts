/** Documents as the screens handle them: templates, files, drafts, and the folders they are picked from. */
export interface Template {
  /** File name without ending: `vae`. */
  readonly name: string;
  readonly title: string;
  readonly family: string;
  /** The comment at its top. */
  readonly about: string;
  readonly text: string;
  /** The folder its relative data paths are taken from. */
  readonly baseDir: string;
}

export interface OpenedDocument {
  readonly path: string;
  readonly text: string;
  /** Milliseconds since 1970 of the file's last change, for finding out that another program wrote it. */
  readonly modifiedMs: number;
}

export interface RecentDocument {
  readonly path: string;
  readonly name: string;
  readonly family: string;
  readonly openedMs: number;
  readonly exists: boolean;
}

/** Edits that were not saved when the window or the machine went away. */
export interface Draft {
  readonly id: string;
  /** The file it belongs to; null when it was never saved. */
  readonly path: string | null;
  readonly text: string;
  readonly changedMs: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface FolderListing {
  readonly path: string;
  readonly parent: string | null;
  readonly entries: readonly FolderEntry[];
}
