import { resolve } from 'node:path';
import { oneLine } from '../core/plain.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { findSession, listSessions, type SessionSummary } from '../node/session/sessions.ts';
import { type Call, option, type Terminal, UsageError } from './terminal.ts';

export const workspaceOf = (terminal: Terminal, call: Call): string =>
  resolve(terminal.folder, option(call, 'workspace') ?? '.');

/** The sessions of a workspace, newest first, and the one a word means: its id or the beginning of it. */
export async function chooseSession(
  terminal: Terminal,
  workspace: string,
  word: string | undefined,
): Promise<SessionSummary> {
  const sessions = await listSessions(workspace, terminal.clock);
  if (sessions.length === 0)
    throw new UsageError(`There is no session in ${workspace}. Start one: orchestrate run "Your goal"`);
  if (word === undefined)
    return sessions.find(each => each.owner && !each.owner.reviews) ?? (sessions[0] as SessionSummary);
  const found = sessions.filter(each => each.id === word || each.id.startsWith(word) || each.id.endsWith(word));
  const exact = found.find(each => each.id === word);
  if (exact) return exact;
  if (found.length === 1) return found[0] as SessionSummary;
  const list = (found.length > 1 ? found : sessions)
    .slice(0, 10)
    .map(each => `  ${oneLine(`${each.id}  ${each.goal ?? ''}`)}`);
  throw new UsageError(
    `${found.length > 1 ? `"${word}" fits several sessions` : `There is no session "${word}"`}:\n${list.join('\n')}`,
  );
}

export async function openFolder(terminal: Terminal, workspace: string, id: string): Promise<SessionFolder> {
  const store = await findSession(workspace, id, terminal.clock);
  if (!store) throw new UsageError(`There is no session "${id}" in ${workspace}.`);
  return store;
}
