/** A person's settings: one file in the home, defaults where it says nothing. */
import { join } from 'node:path';
import type { ParsedInput } from '../../core/protocol/methods.ts';
import { settingsSchema, type Settings } from '../../core/protocol/settings.ts';
import { readJsonFile, Sequence, writeJsonFile } from './json-file.ts';
import { withoutUndefined } from './without-undefined.ts';

type Listener = (settings: Settings) => void;

export class SettingsService {
  readonly #file: string;
  readonly #listeners = new Set<Listener>();
  readonly #sequence = new Sequence();
  #settings: Settings;
  readonly notices: readonly string[];

  private constructor(file: string, settings: Settings, notices: readonly string[]) {
    this.#file = file;
    this.#settings = settings;
    this.notices = notices;
  }

  /** @param root the home's folder. @throws FileError when a file there cannot be read */
  static open(root: string): SettingsService {
    const file = join(root, 'settings.json');
    const { value, notice } = readJsonFile(file, settingsSchema, settingsSchema.parse({}));
    return new SettingsService(file, value, notice === undefined ? [] : [notice]);
  }

  get(): Settings {
    return this.#settings;
  }

  /** Changes the given fields only. @throws FileError; nothing has changed then */
  set(patch: ParsedInput<'settings.set'>): Promise<Settings> {
    return this.#sequence.run(async () => {
      const next = { ...this.#settings, ...withoutUndefined(patch) } as Settings;
      await writeJsonFile(this.#file, next);
      this.#settings = next;
      for (const listener of this.#listeners) listener(next);
      return next;
    });
  }

  /** Tells the settings now and at each change. */
  subscribe(listener: Listener): () => void {
    // A wrapper, so that one listener may subscribe twice.
    const own: Listener = (settings) => listener(settings);
    this.#listeners.add(own);
    own(this.#settings);
    return () => void this.#listeners.delete(own);
  }
}
