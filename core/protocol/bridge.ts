/** What the desktop shell puts into its window, for a page that has no other way out of its sandbox. */

/** The page finds the bridge under this name of `window`. */
export const bridgeName = 'lathe';
/** The message with which the preload script hands a port to the host over to the page. */
export const bridgePortMessage = 'lathe-port';

/** Things that the desktop shell's menu and the system ask of the page. */
export type ShellCommand =
  /** A document was opened from the system: by its file's icon, the recent documents, or the command line. */
  | { readonly type: 'open'; readonly path: string }
  /** A command of the menu, by the name the page gave it. */
  | { readonly type: 'command'; readonly name: string };

export interface FileDialog {
  readonly title: string;
  readonly kind: 'open-file' | 'open-folder' | 'save-file';
  /** Where it begins. */
  readonly path?: string;
  /** Endings without a dot; none: every file. */
  readonly endings?: readonly string[];
}

export interface Bridge {
  readonly platform: string;
  /** Asks for a port to the host, which then comes as a message to the window. */
  connect(): void;
  /** The path a person chose; null when they did not. */
  chooseFile(dialog: FileDialog): Promise<string | null>;
  /** Where a file dropped onto the window lies; empty when it lies nowhere. */
  pathOfFile(file: unknown): string;
  /** @returns a function that stops listening. */
  onCommand(listener: (command: ShellCommand) => void): () => void;
}
