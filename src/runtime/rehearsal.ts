import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Secrets } from '../core/ports.ts';
import type { Config } from '../protocol/config.ts';
import { Actor } from '../rehearsal/actor.ts';
import { readScript, type Script } from '../rehearsal/script.ts';
import { startWireServers } from '../rehearsal/wire/server.ts';

/** Scripted models behind real wire formats, on this machine. */
export interface Rehearsal {
  /** By which it is found again: the name of one of ours, or its path. */
  named: string;
  script: Script;
  /** Sends every provider of the script to the local servers. */
  config: Config;
  secrets: Secrets;
  close(): Promise<void>;
}

const keyOf = (provider: string) => `rehearsal-${provider}`;

const isOurs = (name: string) => /^[\w-]+$/.test(name);

/** Where a script stands: one of ours by its name, or one in a file. */
function rehearsalAt(name: string): string {
  if (!isOurs(name)) return resolve(name);
  return fileURLToPath(new URL(`../../media/rehearsals/${name}.yaml`, import.meta.url));
}

/** The names of the providers of a script. */
export async function rehearsalProviders(name: string): Promise<string[]> {
  const { providers } = await readScript(await readFile(rehearsalAt(name), 'utf8'), async () => '');
  return Object.keys(providers);
}

/** Starts the servers for a script; the files it names stand in a folder of its own name beside it. */
export async function startRehearsal(named: string): Promise<Rehearsal> {
  const path = rehearsalAt(named);
  const folder = join(dirname(path), basename(path, extname(path)));
  const script = await readScript(await readFile(path, 'utf8'), name => readFile(join(folder, name), 'utf8'));
  const names = Object.keys(script.providers);
  // Several providers may speak the same wire format on the same port: their keys tell them apart.
  const actor = new Actor(
    script,
    request =>
      names.find(name => request.apiKey === keyOf(name)) ??
      names.find(name => script.providers[name]?.kind === request.vendor) ??
      request.vendor,
  );
  const servers = await startWireServers({ answer: request => actor.answer(request), seed: 1, keepRequests: 0 });
  const providers = names.map(name => {
    const { kind } = script.providers[name] as Script['providers'][string];
    return [name, { kind, baseUrl: servers.urls[kind] }] as const;
  });
  return {
    named: isOurs(named) ? named : path,
    script,
    config: {
      providers: Object.fromEntries(providers),
      routes: script.routes,
      ...(script.lead !== undefined && { team: { lead: script.lead } }),
    },
    secrets: { get: async name => (names.includes(name) ? keyOf(name) : undefined) },
    close: () => servers.close(),
  };
}
