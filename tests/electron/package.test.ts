/** The installers' configuration is one that electron-builder accepts, with Electron's doors for debuggers shut. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const load = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const { getConfig, validateConfiguration } = load('app-builder-lib/out/util/config/config.js') as {
  readonly getConfig: (folder: string, file: string | null, given: unknown) => Promise<Record<string, never>>;
  readonly validateConfiguration: (config: unknown, logger: { isEnabled: boolean; add(): void }) => Promise<void>;
};
const { DebugLogger } = load('builder-util') as {
  DebugLogger: new (isEnabled: boolean) => { isEnabled: boolean; add(): void };
};

interface Manifest {
  readonly main: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const config = await getConfig(root, 'electron-builder.yml', null);

describe('the package', () => {
  it('has a configuration that electron-builder accepts, and would refuse with a slip in it', async () => {
    await validateConfiguration(config, new DebugLogger(false));
    await expect(validateConfiguration({ ...config, asaar: true }, new DebugLogger(false))).rejects.toThrow(/asaar/);
    await expect(
      validateConfiguration({ ...config, electronFuses: { runAsNode: 'no' } }, new DebugLogger(false)),
    ).rejects.toThrow(/electronFuses/);
  });

  it('turns off what would let another program run code in it', () => {
    expect(config['electronFuses']).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(config).toMatchObject({ asar: true, npmRebuild: false });
  });

  it('keeps every native module outside its archive', () => {
    const isNative = (name: string): boolean => {
      const folder = join(root, 'node_modules', name);
      return ['binding.gyp', 'prebuilds', 'bin/napi-v6'].some((mark) => existsSync(join(folder, mark)));
    };
    const unpacked = config['asarUnpack'] as unknown as readonly string[];
    for (const name of Object.keys(manifest.dependencies).filter(isNative))
      expect(unpacked).toContain(`node_modules/${name}/**`);
    expect(unpacked).toContain('node_modules/@img/**');
  });

  it('starts where the build puts the main process', () => {
    expect(manifest.main).toBe('out/main/electron/main.js');
  });
});
