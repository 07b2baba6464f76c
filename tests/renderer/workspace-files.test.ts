import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DataInfo } from '../../core/data/data-info.ts';
import type { Draft, OpenedDocument } from '../../core/protocol/documents.ts';
import { HostError } from '../../renderer/client/host-error.ts';
import type { HostPort } from '../../renderer/state/host-port.ts';
import {
  connectWorkspace,
  discardDraft,
  folderOf,
  keepOwnEdits,
  openDocument,
  openDraft,
  openTemplate,
  saveDocument,
  takeOutsideChange,
  useWorkspaceFiles,
} from '../../renderer/state/workspace-files.ts';
import { closeDocument, isDirty, typeText, undo, useWorkspace } from '../../renderer/state/workspace.ts';

const table = `{
  "lathe": 1, "name": "T", "data": { "source": "table:people.csv", "target": "age" }, "task": { "type": "classifier" },
  "networks": { "classifier": { "inputs": { "x": "table" }, "layers": [{ "type": "dense", "units": 2 }] } },
  "training": { "steps": 3 }
}`;
const info: DataInfo = {
  source: 'table:people.csv',
  kind: 'table',
  shape: [5],
  target: 'class',
  classes: ['a', 'b'],
  counts: { train: 90, validation: 5, test: 5 },
  contentHash: 'h',
};

/** A host with files and drafts in memory. */
class FakeHost {
  readonly files = new Map<string, OpenedDocument>();
  readonly drafts = new Map<string, Draft>();
  readonly asked: string[] = [];
  data: DataInfo | HostError = info;
  clock = 100;

  write(path: string, text: string): OpenedDocument {
    const file = { path, text, modifiedMs: ++this.clock };
    this.files.set(path, file);
    return file;
  }

  readonly port = {
    subscribe: () => () => undefined,
    call: async (method: string, input: Readonly<Record<string, unknown>>): Promise<unknown> => {
      this.asked.push(method);
      return this.#answer(method, input);
    },
  } as unknown as HostPort;

  #answer(method: string, input: Readonly<Record<string, unknown>>): unknown {
    const path = String(input['path']);
    const id = String(input['id']);
    switch (method) {
      case 'documents.open': {
        const file = this.files.get(path);
        if (!file) throw new HostError({ code: 'not-found', message: `there is no file ${path}` });
        return file;
      }
      case 'documents.save': {
        const file = this.files.get(path);
        if (file && input['expectedMs'] !== undefined && input['expectedMs'] !== file.modifiedMs)
          throw new HostError({ code: 'changed', message: 'another program changed it' });
        return this.write(path, String(input['text']));
      }
      case 'drafts.list':
        return [...this.drafts.values()];
      case 'drafts.save':
        return void this.drafts.set(id, {
          id,
          path: input['path'] as string | null,
          text: String(input['text']),
          changedMs: 1,
        });
      case 'drafts.remove':
        return void this.drafts.delete(id);
      case 'data.info':
        if (this.data instanceof HostError) throw this.data;
        return this.data;
      case 'app.info':
        return { home: '/home' };
      default:
        throw new Error(method);
    }
  }
}

let host: FakeHost;
let stop: () => void;
const now = useWorkspace.getState;
const settle = async (ms = 0): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));

beforeEach(async () => {
  vi.useFakeTimers();
  host = new FakeHost();
  host.write('/work/a.lathe.jsonc', '{ "name": "A" }');
  stop = connectWorkspace(host.port);
  await settle();
});

afterEach(() => {
  stop();
  closeDocument();
  useWorkspaceFiles.setState({ recovered: [], changedOutside: null });
  vi.useRealTimers();
});

describe('files', () => {
  it('opens a file, saves it, and knows when the two differ', async () => {
    expect(await openDocument('/work/a.lathe.jsonc')).toBe(true);
    expect(now().file).toMatchObject({ path: '/work/a.lathe.jsonc', baseDir: '/work' });
    typeText('{ "name": "B" }');
    expect(isDirty(now())).toBe(true);
    expect(await saveDocument()).toBe(true);
    expect(isDirty(now())).toBe(false);
    expect(host.files.get('/work/a.lathe.jsonc')!.text).toBe('{ "name": "B" }');
    expect(await openDocument('/work/none')).toBe(false);
    expect(now().text).toBe('{ "name": "B" }');
  });

  it('does not save what has no file yet, until it is told where', async () => {
    openTemplate({ text: '{}', baseDir: '/templates' });
    expect(await saveDocument()).toBe(false);
    expect(await saveDocument('/work/new.lathe.jsonc')).toBe(true);
    expect(now().file).toMatchObject({ path: '/work/new.lathe.jsonc', baseDir: '/work' });
  });

  it('goes on reading the same data when it is saved into another folder', async () => {
    openTemplate({ text: table, baseDir: '/templates' });
    expect(await saveDocument('/home/ada/t.lathe.jsonc')).toBe(true);
    expect(host.files.get('/home/ada/t.lathe.jsonc')!.text).toBe(
      table.replace('table:people.csv', 'table:/templates/people.csv'),
    );
    expect([now().text, isDirty(now())]).toEqual([host.files.get('/home/ada/t.lathe.jsonc')!.text, false]);
    undo();
    expect(now().text).toBe(table);
  });

  it('asks before it writes over what another program wrote', async () => {
    await openDocument('/work/a.lathe.jsonc');
    typeText('{ "name": "mine" }');
    host.write('/work/a.lathe.jsonc', '{ "name": "theirs" }');
    expect(await saveDocument()).toBe(false);
    expect(useWorkspaceFiles.getState().changedOutside?.text).toBe('{ "name": "theirs" }');
    expect(host.files.get('/work/a.lathe.jsonc')!.text).toBe('{ "name": "theirs" }');
    keepOwnEdits();
    expect(await saveDocument()).toBe(true);
    expect(host.files.get('/work/a.lathe.jsonc')!.text).toBe('{ "name": "mine" }');
  });

  it('takes what another program wrote when told to', async () => {
    await openDocument('/work/a.lathe.jsonc');
    typeText('{ "name": "mine" }');
    host.write('/work/a.lathe.jsonc', '{ "name": "theirs" }');
    await saveDocument();
    takeOutsideChange();
    expect(now().text).toBe('{ "name": "theirs" }');
    expect(isDirty(now())).toBe(false);
  });

  it('knows the folder of a path on any system', () => {
    expect([folderOf('/a/b.json'), folderOf('C:\\models\\b.json'), folderOf('/b.json')]).toEqual([
      '/a',
      'C:\\models',
      '/',
    ]);
  });
});

describe('drafts', () => {
  it('keeps edits aside a second after the last, and no longer than they are unsaved', async () => {
    await openDocument('/work/a.lathe.jsonc');
    typeText('{ "name": "B" }');
    await settle(900);
    expect(host.drafts.size).toBe(0);
    typeText('{ "name": "BC" }');
    await settle(1000);
    expect([...host.drafts.values()].map((draft) => draft.text)).toEqual(['{ "name": "BC" }']);
    await saveDocument();
    await settle();
    expect(host.drafts.size).toBe(0);
  });

  it('keeps edits of a document that another one takes the place of', async () => {
    await openDocument('/work/a.lathe.jsonc');
    typeText('{ "name": "B" }');
    openTemplate({ text: '{}', baseDir: '/templates' });
    await settle();
    expect([...host.drafts.values()].map((draft) => draft.text)).toEqual(['{ "name": "B" }']);
  });

  it('offers what earlier windows left, to be restored over its file or discarded', async () => {
    stop();
    host.drafts.set('old', { id: 'old', path: '/work/a.lathe.jsonc', text: '{ "name": "lost" }', changedMs: 5 });
    host.drafts.set('other', { id: 'other', path: null, text: '{ "name": "new" }', changedMs: 6 });
    stop = connectWorkspace(host.port);
    await settle();
    const offered = useWorkspaceFiles.getState().recovered;
    expect(offered.map((draft) => draft.id)).toEqual(['old', 'other']);
    discardDraft('other');
    await openDraft(offered[0]);
    expect(useWorkspaceFiles.getState().recovered).toEqual([]);
    expect(now().text).toBe('{ "name": "lost" }');
    expect(now().file?.savedText).toBe('{ "name": "A" }');
    expect(host.drafts.has('other')).toBe(false);
  });
});

describe('data that is not built in', () => {
  it('is asked for once, and then shapes are checked', async () => {
    openTemplate({ text: table, baseDir: '/data' });
    await settle();
    await settle();
    expect(now().data).toEqual({ status: 'known' });
    expect(now().check.summary?.networks[0].layers[0].outputShape).toEqual(['N', 2]);
    typeText(table.replace('"units": 2', '"units": 3'));
    await settle();
    expect(now().check.issues.length).toBeGreaterThan(0);
    expect(host.asked.filter((method) => method === 'data.info')).toHaveLength(1);
  });

  it('says why it could not be read', async () => {
    host.data = new HostError({ code: 'not-found', message: 'there is no file people.csv' });
    openTemplate({ text: table, baseDir: '/elsewhere' });
    await settle();
    await settle();
    expect(now().data).toEqual({
      status: 'failed',
      source: 'table:people.csv',
      message: 'there is no file people.csv',
    });
  });
});
