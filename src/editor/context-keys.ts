import * as vscode from 'vscode';
import { isRetriable } from '../core/session/standing.ts';
import { waits, waitsForPlan } from '../dashboard/rows/next-steps.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { WindowSession } from './window-session.ts';

/** Events after which a when-clause may hold that did not hold before. */
const TELLING: ReadonlySet<string> = new Set<JournalEvent['type']>([
  'session-started',
  'session-resumed',
  'session-ended',
  'review-outcome',
  'session-paused',
  'session-unpaused',
  'plan-proposed',
  'plan-approved',
  'agent-started',
  'agent-ended',
  'agent-paused',
  'agent-unpaused',
  'permission-asked',
  'permission-answered',
  'question-asked',
  'question-answered',
]);

export const changesContext = ({ type }: JournalEvent): boolean => TELLING.has(type);

/** Says what the sessions are like, for the when-clauses of commands. */
export function setContextKeys(sessions: readonly WindowSession[], current: WindowSession | undefined): void {
  const runs = current?.runs === true;
  const agents = sessions.filter(session => session.runs).flatMap(({ state }) => [...state.agents.values()]);
  const keys = {
    hasSessions: sessions.length > 0,
    // The demo's goal is nobody's own.
    hasOwnSession: sessions.some(({ state }) => !state.rehearsal && state.goal !== ''),
    hasReviewed: sessions.some(({ state }) =>
      [...state.files.values()].some(({ decided, status }) => decided !== undefined || status !== 'pending'),
    ),
    running: runs,
    paused: runs && current.state.status === 'paused',
    asking: sessions.some(waits),
    planWaiting: sessions.some(waitsForPlan),
    agentPaused: agents.some(({ status }) => status === 'paused'),
    agentAtWork: agents.some(({ endedAt }) => endedAt === undefined),
    foreign: sessions.some(({ origin }) => origin !== 'own'),
    finished: sessions.some(session => session.finished),
    resumable: sessions.some(session => session.resumable),
    retriable: sessions.some(({ state }) => [...state.tasks.values()].some(isRetriable)),
  };
  for (const [name, value] of Object.entries(keys))
    void vscode.commands.executeCommand('setContext', `orchestrate.${name}`, value);
}
