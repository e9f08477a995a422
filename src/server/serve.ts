import { basename } from 'node:path';
import type { Clock, Log } from '../core/ports.ts';
import { FollowedSession } from '../dashboard/followed-session.ts';
import { FollowedSessions } from '../dashboard/followed-sessions.ts';
import { userFolder } from '../node/places.ts';
import type { Runtime, RuntimeHost } from '../runtime/contract.ts';
import { Tokens } from './access/tokens.ts';
import { HookFile } from './hook-file.ts';
import { ownFiles } from './own-files.ts';
import type { Place } from './place.ts';
import { type RunningServer, startServer } from './server.ts';
import { Workspace } from './workspace.ts';

/** A folder whose sessions this process shows, and starts. */
export interface ServedFolder {
  folder: string;
  runtime: Runtime;
  sessions: FollowedSessions<FollowedSession>;
}

export interface ServeOptions {
  /** Nothing is started or decided. */
  readOnly: boolean;
  place: Place;
  version: string;
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  log: Log;
}

/** What a process that serves says of itself to the sessions it runs. */
export const SERVING: Partial<RuntimeHost> = { kind: 'server', present: () => true, stopsWhenSpent: false };

export function showSessions(
  folder: string,
  runtime: Runtime,
  { clock, log }: Pick<ServeOptions, 'clock' | 'log'>,
): ServedFolder {
  const sessions = new FollowedSessions({
    runtime: async () => runtime,
    create: (...of) => new FollowedSession(...of),
    clock,
    log,
  });
  return { folder, runtime, sessions };
}

export const tokensOf = (environment: ServeOptions['environment']): Tokens => new Tokens(userFolder(environment));
export const hooksOf = (environment: ServeOptions['environment']): HookFile => new HookFile(userFolder(environment));

/** Serves folders. Closing it leaves what runs to whoever opened them. */
export async function serve(folders: readonly ServedFolder[], options: ServeOptions): Promise<RunningServer> {
  const { clock, log, version, readOnly, environment } = options;
  await Promise.all(folders.map(({ sessions }) => sessions.look()));
  const names = namesOf(folders.map(({ folder }) => folder));
  const workspaces = folders.map(({ folder, runtime, sessions }, i) => {
    return new Workspace({
      name: names[i] ?? folder,
      folder,
      runtime,
      log,
      sessions,
      startSession: request => sessions.startSession(request),
      trusted: () => !readOnly,
    });
  });
  const served = { version, clock, log, ...ownFiles(userFolder(environment)), workspaces };
  const server = await startServer(served, options.place);
  return {
    ...server,
    async close() {
      await server.close();
      for (const { sessions } of folders) sessions.dispose();
    },
  };
}

/** Folders by their last part; those that share one are numbered. */
function namesOf(folders: readonly string[]): string[] {
  const taken = new Set<string>();
  return folders.map(folder => {
    const plain = basename(folder) || 'workspace';
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`;
    taken.add(name);
    return name;
  });
}
