import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';

/** Compares with a file that people have read. With UPDATE_GOLDEN=1 it is written anew, to be read again. */
export async function matchesGolden(actual: string, path: string): Promise<void> {
  if (process.env.UPDATE_GOLDEN) await writeFile(path, actual);
  const golden = await readFile(path, 'utf8').catch(() => undefined);
  assert.ok(golden !== undefined, `${path} is missing`);
  assert.equal(actual, golden.replaceAll('\r\n', '\n'));
}
