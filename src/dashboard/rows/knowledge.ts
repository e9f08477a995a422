import { askedBecause } from '../../core/session/asked-because.ts';
import type { SessionState } from '../../core/session/state.ts';
import { shownInLines } from '../../core/visible.ts';
import type { Row } from '../../protocol/dashboard-rows.ts';
import { given } from './given.ts';

export function askRow(state: SessionState, id: string): Row<'asks'> | undefined {
  const ask = state.asks.get(id);
  if (!ask) return undefined;
  const { request } = ask;
  const agent = state.agents.get(ask.agent);
  return {
    id,
    agent: ask.agent,
    at: ask.at,
    ...given({ role: agent?.role, task: agent?.task }),
    request:
      request.type === 'question-asked'
        ? { kind: 'question', text: request.text, options: request.options ?? [] }
        : {
            kind: 'permission',
            about: request.kind,
            what: request.kind === 'plan' ? request.what : shownInLines(request),
            because: askedBecause(request),
            ...given({ why: request.why, prefix: request.prefix }),
          },
  };
}

/** Decisions are numbered in the order in which they were noted. */
export function decisionRow(state: SessionState, id: string): Row<'decisions'> | undefined {
  const decision = state.decisions[Number(id)];
  if (!decision) return undefined;
  const { by, text, rationale, at, task } = decision;
  return { id, by, text, rationale, at, ...given({ task }) };
}

export function issueRow(state: SessionState, id: string): Row<'issues'> | undefined {
  const issue = state.issues.get(id);
  if (!issue) return undefined;
  const { severity, by, text, at, task, resolved } = issue;
  return { id, severity, by, text, at, ...given({ task, resolved: resolved?.how }) };
}

export function findingRow(state: SessionState, id: string): Row<'findings'> | undefined {
  const finding = state.findings.get(id);
  if (!finding) return undefined;
  const { severity, agent, task, text, at, path, line, picture, resolved } = finding;
  return { id, severity, agent, task, text, at, ...given({ path, line, picture, resolved: resolved?.how }) };
}

/** The latest version. */
export function artifactRow(state: SessionState, id: string): Row<'artifacts'> | undefined {
  const latest = state.artifacts.get(id)?.at(-1);
  if (!latest) return undefined;
  const { version, agent, mediaType, blob, bytes, at, task } = latest;
  return { id, version, agent, mediaType, blob, bytes, at, ...given({ task }) };
}

export function queueRow(state: SessionState, id: string): Row<'queue'> | undefined {
  const item = state.queue.get(id);
  return item && { id, text: item.text, priority: item.priority, ...given({ target: item.target }) };
}
