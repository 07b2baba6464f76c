/** Before the end-to-end tests: the screens are built, and one home gets a short run of each of three families. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildScreens, trainHere } from '../../scripts/workbench/host-process.ts';
import { threeFamilies } from './documents.ts';

export default function setUp(): () => void {
  buildScreens();
  const folder = mkdtempSync(join(tmpdir(), 'lathe-e2e-'));
  const home = join(folder, 'home');
  for (const document of threeFamilies(folder)) trainHere(document, home, '--experiment', 'Families');
  process.env['LATHE_E2E_HOME'] = home;
  return () => rmSync(folder, { recursive: true, force: true });
}
