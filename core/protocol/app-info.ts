/** The application and the machine it runs on. */
export interface AppInfo {
  readonly version: string;
  readonly home: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** What a person should know of how the home was found, in whole sentences: a damaged file kept aside, and such. */
  readonly notices: readonly string[];
}
