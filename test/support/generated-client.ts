import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@hey-api/openapi-ts';
import { build } from 'esbuild';
import { root } from '../../scripts/host/paths.ts';

/** An operation of the document, as the generated client calls it. */
type Operation = (options?: {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
  sseMaxRetryAttempts?: number;
}) => Promise<{ data?: unknown; error?: unknown; response?: Response; stream?: AsyncIterable<unknown> }>;

export type GeneratedClient = Record<string, Operation>;

/**
 * What a generator of others makes of our OpenAPI document: checked by the compiler, strictly, and loaded. Its operations are
 * called by their ids; `url` and `token` say where and as whom.
 */
export async function generatedClient(document: object, folder: string, url: string, token: string) {
  const out = join(folder, 'client');
  const input = join(folder, 'openapi.json');
  await writeFile(input, JSON.stringify(document));
  await createClient({
    input,
    output: out,
    plugins: ['@hey-api/client-fetch', '@hey-api/sdk', '@hey-api/typescript'],
    logs: { level: 'silent' },
  });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const entry = join(out, 'entry.ts');
  await writeFile(entry, "export * from './index.ts';\nexport { client } from './client.gen.ts';\n");
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'preserve', '--types', 'node'];
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(
    process.execPath,
    [compiler, '--ignoreConfig', ...options, '--allowImportingTsExtensions', entry],
    {
      cwd: folder,
    },
  );
  const outfile = join(folder, 'client.mjs');
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'silent' });
  const { client, ...operations } = await import(pathToFileURL(outfile).href);
  client.setConfig({ baseUrl: url, auth: token });
  return operations as GeneratedClient;
}
