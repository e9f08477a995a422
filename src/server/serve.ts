import { basename } from 'node:path';
import type { Clock, Log } from '../core/ports.ts';
import { userFolder } from '../node/places.ts';
import type { Runtime, RuntimeHost } from '../runtime/contract.ts';
import { Tokens } from './access/tokens.ts';
import { FollowedSessions } from './followed-sessions.ts';
import { HookFile } from './hooks/hook-file.ts';
import type { Place } from './place.ts';
import { type RunningServer, startServer } from './server.ts';
import { Workspace } from './workspace.ts';

export interface ServeOptions {
  folders: readonly string[];
  /** Nothing is begun or decided. */
  readOnly: boolean;
  place: Place;
  version: string;
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  log: Log;
  /** The sessions of a folder, which this process runs. */
  runtime(folder: string, more: Partial<RuntimeHost>): Promise<Runtime>;
}

export const tokensOf = (environment: ServeOptions['environment']): Tokens => new Tokens(userFolder(environment));
export const hooksOf = (environment: ServeOptions['environment']): HookFile => new HookFile(userFolder(environment));

/** Serves folders in a process that does nothing else. Closing it stops what runs, so that it can be resumed. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { clock, log, version, readOnly } = options;
  const opened = await Promise.all(
    namesOf(options.folders).map(async ({ name, folder }) => {
      // Whoever has a token for it can answer, so somebody is there.
      const runtime = await options.runtime(folder, { kind: 'server', present: () => true, stopsWhenSpent: false });
      const sessions = new FollowedSessions({ runtime, clock, log });
      await sessions.look();
      const begin: FollowedSessions['begin'] = request => sessions.begin(request);
      return {
        runtime,
        sessions,
        workspace: new Workspace({ name, folder, runtime, sessions, begin, trusted: () => !readOnly }),
      };
    }),
  );
  const workspaces = opened.map(({ workspace }) => workspace);
  const server = await startServer(
    { version, clock, log, tokens: tokensOf(options.environment), hooks: hooksOf(options.environment), workspaces },
    options.place,
  );
  return {
    ...server,
    async close() {
      for (const { runtime } of opened) await runtime.close();
      await server.close();
      for (const { sessions } of opened) sessions.dispose();
    },
  };
}

/** Folders by their last part; those that share one are numbered. */
function namesOf(folders: readonly string[]): { name: string; folder: string }[] {
  const taken = new Set<string>();
  return [...new Set(folders)].map(folder => {
    const plain = basename(folder) || 'workspace';
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`;
    taken.add(name);
    return { name, folder };
  });
}
