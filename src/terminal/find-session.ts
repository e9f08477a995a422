import { resolve } from 'node:path';
import { oneLine } from '../core/plain.ts';
import { fromElsewhere } from '../core/session/seal.ts';
import { userFolder } from '../node/places.ts';
import { sealSecret } from '../node/session/secret.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { findSession, listSessions, type SessionSummary, type Sessions } from '../node/session/sessions.ts';
import { teamSession } from './team-session.ts';
import { type Call, option, type Terminal, UsageError } from './terminal.ts';

export const workspaceOf = (terminal: Terminal, call: Pick<Call, 'options'>): string =>
  resolve(terminal.folder, option(call, 'workspace') ?? '.');

export const sessionsIn = (terminal: Terminal, workspace: string): Sessions => ({
  workspace,
  clock: terminal.clock,
  secret: sealSecret(userFolder(terminal.environment)),
});

/** The session to look at that a word means; that it is from elsewhere is said. */
export async function chooseSession(
  terminal: Terminal,
  workspace: string,
  word: string | undefined,
): Promise<SessionSummary> {
  const chosen = await choose(terminal, workspace, word);
  sayOrigin(terminal, chosen);
  return chosen;
}

export function sayOrigin(terminal: Terminal, { id, origin }: SessionSummary): void {
  if (origin !== 'own') terminal.err.write(`${fromElsewhere(id, origin)}\n`);
}

/** The same for doing something with it: only one of the user's own. */
export async function chooseOwn(
  terminal: Terminal,
  workspace: string,
  word: string | undefined,
): Promise<SessionSummary> {
  const chosen = await choose(terminal, workspace, word);
  if (chosen.origin !== 'own') throw new UsageError(fromElsewhere(chosen.id, chosen.origin));
  return chosen;
}

/** Of a workspace's sessions the one a word means: its id or the beginning of it. Without one, the user's newest. */
export async function choose(terminal: Terminal, workspace: string, word: string | undefined): Promise<SessionSummary> {
  const sessions = await listSessions(sessionsIn(terminal, workspace));
  if (sessions.length === 0)
    throw new UsageError(`There is no session in ${workspace}. Start one: orchestrate run "Your goal"`);
  if (word === undefined) {
    const runs = sessions.find(each => each.owner && !each.owner.reviews);
    return runs ?? sessions.find(each => each.origin === 'own') ?? (sessions[0] as SessionSummary);
  }
  const found = sessions.filter(each => each.id === word || each.id.startsWith(word) || each.id.endsWith(word));
  const exact = found.find(each => each.id === word);
  if (exact) return exact;
  const ofTeam = await teamSession(terminal, workspace, word);
  const theirs = sessions.find(each => each.id === ofTeam);
  if (theirs) return theirs;
  if (found.length === 1) return found[0] as SessionSummary;
  const list = (found.length > 1 ? found : sessions)
    .slice(0, 10)
    .map(each => `  ${oneLine(`${each.id}  ${each.goal ?? ''}`)}`);
  throw new UsageError(
    `${found.length > 1 ? `"${word}" fits several sessions` : `There is no session "${word}"`}:\n${list.join('\n')}`,
  );
}

export async function openFolder(terminal: Terminal, workspace: string, id: string): Promise<SessionFolder> {
  const store = await findSession(sessionsIn(terminal, workspace), id);
  if (!store) throw new UsageError(`There is no session "${id}" in ${workspace}.`);
  return store;
}
