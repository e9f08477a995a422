import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder for each test of the calling suite, gone after it. */
export function tempFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(async () => {
    folder.path = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-')));
  });
  afterEach(() => rm(folder.path, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
