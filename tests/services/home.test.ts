/** What the home keeps besides runs: settings, documents, drafts, files brought in. */
import { mkdirSync, readFileSync, writeFileSync, existsSync, utimesSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createServices } from '../../main/services/create-services.ts';
import { faultOf } from '../../main/door/fault.ts';
import { openServices, temporaryFolder, vaeDocument } from './support.ts';

const shared = openServices();
const { ask, folder } = shared;

describe('the home', () => {
  it('is held by one program: a second one is refused in words', () => {
    expect(() => createServices({ home: folder })).toThrow(
      expect.objectContaining({ code: 'locked', message: expect.stringContaining(folder) }),
    );
  });

  it('says what there is to work with', async () => {
    const info = await ask('app.info', {});
    expect(info).toMatchObject({ home: folder, notices: [] });
    expect(info.cores).toBeGreaterThan(0);
  });

  it('proves its devices once', async () => {
    const found = await ask('app.devices', {});
    expect(found.find((device) => device.provider === 'cpu')).toMatchObject({ proven: true });
    expect(await ask('app.devices', {})).toBe(found);
  });
});

describe('settings', () => {
  it('have defaults, change field by field, and tell everyone', async () => {
    const heard: unknown[] = [];
    const stop = shared.services.streams.settings.subscribe({}, (settings) => heard.push(settings.theme));
    expect(await ask('settings.get', {})).toMatchObject({ theme: 'system', slots: 1 });
    await ask('settings.set', { theme: 'dark' });
    await ask('settings.set', { smoothing: 0.5 });
    stop();
    await ask('settings.set', { theme: 'light' });
    expect(await ask('settings.get', {})).toMatchObject({ theme: 'light', smoothing: 0.5 });
    expect(heard).toEqual(['system', 'dark', 'dark']);
  });

  it('say what new runs compute on; a device that is not proven is refused with its reason', async () => {
    const { ask, close } = openServices();
    await ask('settings.set', { device: 'tfjs-node' });
    await expect(ask('runs.start', { text: vaeDocument(), baseDir: '/' })).rejects.toMatchObject({ code: 'device' });
    expect(await ask('runs.list', {})).toEqual([]);
    await close();
  });

  it('survive a restart; a damaged file is kept aside and said', async () => {
    const own = openServices();
    await own.ask('settings.set', { slots: 3 });
    await own.close();
    const again = openServices(own.folder);
    expect(await again.ask('settings.get', {})).toMatchObject({ slots: 3 });
    await again.close();
    writeFileSync(join(own.folder, 'settings.json'), '{"slots": "many"}');
    const damaged = openServices(own.folder);
    expect(await damaged.ask('settings.get', {})).toMatchObject({ slots: 1 });
    const { notices } = await damaged.ask('app.info', {});
    expect(notices).toHaveLength(1);
    expect(damaged.log).toEqual(notices);
    const aside = readdirSync(own.folder).find((name) => name.startsWith('settings.json.damaged'));
    expect(readFileSync(join(own.folder, aside!), 'utf8')).toBe('{"slots": "many"}');
  });
});

describe('documents', () => {
  it('begin from templates that say what they are', async () => {
    const templates = await ask('documents.templates', {});
    const vae = templates.find((template) => template.name === 'vae');
    expect(vae).toMatchObject({ title: 'Convolutional VAE', family: 'vae' });
    expect(vae!.about).toMatch(/^A convolutional variational autoencoder on drawn digits/);
    expect(templates.every((template) => template.family !== '' && existsSync(template.baseDir))).toBe(true);
  });

  it('are saved and opened as they are, and remembered', async () => {
    const path = join(folder, 'a.lathe.jsonc');
    const text = vaeDocument({}, 'Mine');
    const saved = await ask('documents.save', { path, text });
    expect(await ask('documents.open', { path })).toEqual(saved);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(await ask('documents.recent', {})).toEqual([
      { path, name: 'Mine', family: 'vae', openedMs: expect.any(Number), exists: true },
    ]);
  });

  it('are not written over what another program wrote', async () => {
    const path = join(folder, 'b.lathe.jsonc');
    const { modifiedMs } = await ask('documents.save', { path, text: '{}' });
    writeFileSync(path, '{"theirs": 1}');
    utimesSync(path, new Date(), new Date(modifiedMs + 5000));
    await expect(ask('documents.save', { path, text: '{"mine": 1}', expectedMs: modifiedMs })).rejects.toMatchObject({
      code: 'changed',
    });
    expect(readFileSync(path, 'utf8')).toBe('{"theirs": 1}');
  });

  it('that are missing, no text or nowhere are refused in words', async () => {
    const bytes = join(folder, 'bytes.jsonc');
    writeFileSync(bytes, Uint8Array.of(0xff, 0xfe, 0x00));
    await expect(ask('documents.open', { path: bytes })).rejects.toMatchObject({ code: 'not-text' });
    await expect(ask('documents.open', { path: join(folder, 'none.jsonc') })).rejects.toMatchObject({
      code: 'missing',
    });
    await expect(ask('documents.open', { path: 'relative.jsonc' })).rejects.toMatchObject({
      code: 'bad-path',
      path: ['path'],
    });
    await expect(ask('documents.save', { path: join(folder, 'program.sh'), text: '' })).rejects.toMatchObject({
      code: 'bad-path',
    });
  });

  it('leave drafts until they are removed', async () => {
    await ask('drafts.save', { id: 'one', path: null, text: 'first' });
    await ask('drafts.save', { id: 'one', path: '/x', text: 'second' });
    writeFileSync(join(folder, 'drafts', 'two.json'), '{"half": ');
    expect(await ask('drafts.list', {})).toMatchObject([{ id: 'one', path: '/x', text: 'second' }]);
    await ask('drafts.remove', { id: 'one' });
    await ask('drafts.remove', { id: 'one' });
    expect(await ask('drafts.list', {})).toEqual([]);
  });
});

describe('files', () => {
  it('are listed folders first, by name, hidden ones left out', async () => {
    const place = temporaryFolder();
    for (const name of ['z', 'a', '.hidden']) mkdirSync(join(place, name));
    for (const name of ['10.csv', '9.csv', 'b.PNG', '.secret.csv']) writeFileSync(join(place, name), 'xx');
    const all = await ask('files.list', { path: place });
    expect(all.entries.map((entry) => entry.name)).toEqual(['a', 'z', '9.csv', '10.csv', 'b.PNG']);
    expect(all.entries.at(-1)).toMatchObject({ kind: 'file', bytes: 2 });
    const some = await ask('files.list', { path: place, endings: ['.png'] });
    expect(some.entries.map((entry) => entry.name)).toEqual(['a', 'z', 'b.PNG']);
    expect((await ask('files.list', { path: '/' })).parent).toBeNull();
    await expect(ask('files.list', { path: join(place, 'nothing') })).rejects.toMatchObject({ code: 'missing' });
  });

  const piece = (name: string, text: string, offset: number, last: boolean) =>
    ask('files.upload', { batch: 'b1', name, bytes: new TextEncoder().encode(text), offset, last });

  it('come in piece by piece, in order', async () => {
    await piece('photos/cat/1.png', 'hello ', 0, false);
    await expect(piece('photos/cat/1.png', 'late', 99, true)).rejects.toMatchObject({ code: 'out-of-order' });
    const { path, folder: batch } = await piece('photos/cat/1.png', 'world', 6, true);
    expect(path).toBe(join(batch, 'photos', 'cat', '1.png'));
    expect(readFileSync(path, 'utf8')).toBe('hello world');
    expect(readdirSync(join(batch, 'photos', 'cat'))).toEqual(['1.png']);
  });

  it('never lead out of the imports', async () => {
    const bad = ['../x', 'a/../../x', '/etc/x', 'a//b', 'a/./b', 'c:\\x', 'a\\b', 'nul', 'x\u0000y', 'ends.', '...'];
    for (const name of bad) {
      const refused = await piece(name, 'x', 0, true).then(
        () => undefined,
        (error: unknown) => faultOf(error),
      );
      expect({ name, ...refused }).toMatchObject({ name, code: 'bad-path', path: ['name'] });
    }
    expect(readdirSync(join(folder, 'imports'))).toEqual(['b1']);
  });
});
