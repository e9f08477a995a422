import type { Clock, Log } from '../../core/ports.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Feed } from '../feed.ts';
import type { HookFile } from '../hook-file.ts';
import type { Outbox } from '../outbox.ts';
import { ProblemError } from '../problem.ts';
import type { Workspace } from '../workspace.ts';

/** All that is behind the API. */
export interface Served {
  version: string;
  clock: Clock;
  log: Log;
  tokens: Tokens;
  hooks: HookFile;
  outbox: Outbox;
  workspaces: readonly Workspace[];
}

export interface Found {
  workspace: Workspace;
  feed: Feed;
}

/** The workspace that is meant; where only one is served, it need not be named. */
export function workspaceNamed({ workspaces }: Served, name: string | undefined): Workspace {
  const [only] = workspaces;
  const found =
    name === undefined ? (workspaces.length === 1 ? only : undefined) : workspaces.find(w => w.name === name);
  if (found) return found;
  const names = workspaces.map(w => w.name).join(', ');
  if (name === undefined) throw new ProblemError('ambiguous', `Name the workspace: ${names}.`);
  throw new ProblemError('not-found', `There is no workspace "${name}" here, but ${names}.`);
}

/** The one that is named, or all of them. */
export const workspacesFor = (served: Served, name: string | undefined): readonly Workspace[] =>
  name === undefined ? served.workspaces : [workspaceNamed(served, name)];

/** A session by its id. Ids are unique but for folders that were copied: then the workspace has to be named. */
export async function findSession(served: Served, id: string, workspace: string | undefined): Promise<Found> {
  const found: Found[] = [];
  for (const each of workspacesFor(served, workspace)) {
    const feed = await each.feed(id);
    if (feed) found.push({ workspace: each, feed });
  }
  const [only, another] = found;
  if (!only) throw new ProblemError('not-found', `There is no session "${id}".`);
  if (another)
    throw new ProblemError('ambiguous', `Several workspaces have a session "${id}": name one by ?workspace=.`);
  return only;
}

/** A workspace in which something may be begun and decided. */
export function writable(workspace: Workspace): Workspace {
  if (workspace.host.trusted()) return workspace;
  throw new ProblemError(
    'read-only-workspace',
    `"${workspace.name}" is not trusted, or served for reading only: nothing is begun or decided in it.`,
  );
}
