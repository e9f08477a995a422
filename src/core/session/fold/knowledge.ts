import { attach } from '../attached.ts';
import type { SessionState } from '../state.ts';
import { wake } from './agents.ts';
import { noteConsent } from './consents.ts';
import type { Folds } from './fold.ts';

type Types =
  | 'permission-asked'
  | 'permission-answered'
  | 'permission-denied'
  | 'question-asked'
  | 'question-answered'
  | 'decision-noted'
  | 'issue-opened'
  | 'issue-resolved'
  | 'finding-added'
  | 'bug-seen'
  | 'finding-resolved'
  | 'verdict'
  | 'artifact-published'
  | 'queue-added'
  | 'queue-removed'
  | 'queue-taken'
  | 'request-received'
  | 'request-handled';

/** Key of `grants`: what an answer for more than once is about. */
export const grantKey = (of: { kind: string; what: string; folder?: string | undefined; rule: string }): string =>
  // A tool of others is allowed or not, whatever its arguments; its rule names it.
  of.kind === 'tool' ? `${of.kind}\n${of.rule}` : `${of.kind}\n${of.rule}\n${of.folder ?? ''}\n${of.what}`;

/**
 * Whether an answer can hold for always: those about commands and tools of others are kept. A file by which tools run
 * something is asked about in each task, and what a CLI agent calls a tool (by a rule with its own name) in each session.
 */
export const canLast = ({ kind, rule }: { kind: string; rule: string }): boolean =>
  kind === 'command' || (kind === 'tool' && !rule.includes(': '));

function asked(state: SessionState, id: string, name: string): void {
  state.touched.one('asks', id);
  const agent = state.agents.get(name);
  if (!agent || state.asks.has(id)) return;
  agent.openAsks++;
  if (agent.status === 'running') agent.status = 'waiting';
}

function answered(state: SessionState, id: string): void {
  const ask = state.asks.get(id);
  if (!ask) return;
  state.asks.delete(id);
  state.touched.one('asks', id);
  state.touched.one('agents', ask.agent);
  const agent = state.agents.get(ask.agent);
  if (!agent) return;
  agent.openAsks = Math.max(0, agent.openAsks - 1);
  if (agent.status === 'waiting') wake(agent);
}

export const knowledgeFolds: Folds<Types> = {
  'permission-asked'(state, event) {
    asked(state, event.ask, event.agent);
    state.asks.set(event.ask, { ask: event.ask, agent: event.agent, at: event.at, request: event });
  },
  'permission-answered'(state, event) {
    const request = state.asks.get(event.ask)?.request;
    answered(state, event.ask);
    const { decision, scope } = event;
    if (request?.type === 'permission-asked' && scope !== 'once')
      state.grants.set(grantKey(request), { decision, scope });
    if (request?.type === 'permission-asked') noteConsent(state, request, event);
    if (decision === 'allow') return;
    state.deniedPermissions++;
    if (request?.type !== 'permission-asked') return;
    const { agent, kind, what, rule } = request;
    state.denials.push({ agent, kind, what, rule, by: event.by, at: event.at });
  },
  'permission-denied'(state, event) {
    state.deniedPermissions++;
    const { agent, kind, what, rule, at } = event;
    state.denials.push({ agent, kind, what, rule, by: 'policy', at });
  },
  'question-asked'(state, event) {
    asked(state, event.ask, event.agent);
    state.asks.set(event.ask, { ask: event.ask, agent: event.agent, at: event.at, request: event });
  },
  'question-answered'(state, event) {
    const request = state.asks.get(event.ask)?.request;
    answered(state, event.ask);
    attach(state, event);
    if (request?.type !== 'question-asked') return;
    const { agent, text: question } = request;
    state.answers.push({ agent, question, answer: event.text, by: event.by, at: event.at });
  },
  'decision-noted'(state, event) {
    const { by, text, rationale, task, binds, at } = event;
    state.touched.one('decisions', String(state.decisions.length));
    state.decisions.push({ by, text, rationale, at, ...(task !== undefined && { task }), ...(binds && { binds }) });
  },
  'issue-opened'(state, event) {
    const { issue, severity, by, task, text, at } = event;
    state.touched.one('issues', issue);
    state.issues.set(issue, { issue, severity, by, text, at, ...(task !== undefined && { task }) });
  },
  'issue-resolved'(state, event) {
    const issue = state.issues.get(event.issue);
    state.touched.one('issues', event.issue);
    if (issue) issue.resolved = { how: event.how, at: event.at };
  },
  'finding-added'(state, event) {
    const { finding, agent, task, severity, path, line, picture, text, bug, at } = event;
    state.touched.one('findings', finding);
    const content = path === undefined ? undefined : state.files.get(path)?.content;
    state.findings.set(finding, {
      finding,
      agent,
      task,
      severity,
      text,
      at,
      ...(path !== undefined && { path }),
      ...(line !== undefined && { line }),
      ...(picture !== undefined && { picture }),
      ...(content !== undefined && { content }),
      ...(bug && { bug, seenIn: [task] }),
    });
  },
  'bug-seen'(state, { finding, task }) {
    state.touched.one('findings', finding);
    const found = state.findings.get(finding);
    if (!found) return;
    found.seenIn = [...(found.seenIn ?? []), task];
    delete found.resolved;
  },
  'finding-resolved'(state, event) {
    const finding = state.findings.get(event.finding);
    state.touched.one('findings', event.finding);
    if (finding) finding.resolved = { by: event.by, how: event.how, at: event.at };
  },
  verdict(state, event) {
    state.verdicts.push(event);
  },
  'artifact-published'(state, event) {
    const { artifact, version, agent, task, mediaType, blob, bytes, at } = event;
    state.touched.one('artifacts', artifact);
    const model = state.agents.get(agent)?.called.length ? state.agents.get(agent)?.model : undefined;
    const published = {
      artifact,
      version,
      agent,
      mediaType,
      blob,
      bytes,
      at,
      ...(task !== undefined && { task }),
      ...(model !== undefined && { model }),
    };
    const versions = state.artifacts.get(artifact);
    if (versions) versions.push(published);
    else state.artifacts.set(artifact, [published]);
  },
  'queue-added'(state, event) {
    attach(state, event);
    state.queue.set(event.item, event);
    state.touched.one('queue', event.item);
  },
  'queue-removed'(state, event) {
    state.queue.delete(event.item);
    state.touched.one('queue', event.item);
  },
  'queue-taken'(state, event) {
    state.queue.delete(event.item);
    state.touched.one('queue', event.item);
  },
  'request-received'(state, event) {
    const { request, body, at, by } = event;
    if (!state.requests.has(request)) state.requests.set(request, { body, at, ...(by !== undefined && { by }) });
  },
  'request-handled'(state, event) {
    const request = state.requests.get(event.request);
    if (!request) return;
    const { ok, message } = event;
    request.handled = { ok, ...(message !== undefined && { message }) };
  },
};
