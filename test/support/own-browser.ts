import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findBrowser } from '../../scripts/host/browser.ts';

let made: Promise<Record<string, string>> | undefined;

/** Variables by which the program finds a browser on this machine: the one from npm wants some of its own set first. */
export function browserEnvironment(): Promise<Record<string, string>> {
  made ??= make();
  return made;
}

async function make(): Promise<Record<string, string>> {
  const { executable, env } = await findBrowser();
  if (Object.keys(env).length === 0) return { ORCHESTRATE_BROWSER: executable };
  const wrapper = join(await mkdtemp(join(tmpdir(), 'orchestrate-own-browser-')), 'browser');
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  await writeFile(wrapper, `#!/bin/sh\n${variables.join(' ')} exec '${executable}' "$@"\n`);
  await chmod(wrapper, 0o755);
  return { ORCHESTRATE_BROWSER: wrapper, PATH: `${process.env.PATH}:${dirname(executable)}` };
}
