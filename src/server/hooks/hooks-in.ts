import { createHash, randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { withInputs } from '../../core/station/workflow/inputs.ts';
import { queuedWorkflow } from '../../core/station/workflow/queued.ts';
import { PRIORITIES } from '../../protocol/station.ts';
import type { Workflow } from '../../protocol/workflow.ts';
import { writable } from '../api/served.ts';
import { workflowNamed } from '../api/workflows.ts';
import { jsonIn, readBody } from '../body.ts';
import type { HookFile, HookIn } from '../hook-file.ts';
import { ProblemError } from '../problem.ts';
import type { Workspace } from '../workspace.ts';
import { isSigned } from './signature.ts';

/** An input is words for agents; nobody reports anything longer in one. */
const MOST_CHARACTERS = 20_000;
/** Compared with what comes for a hook that is not there, so that it takes as long as for one that is. */
const NOBODYS = randomBytes(32).toString('hex');

export interface Taken {
  ok: boolean;
  message: string;
}

/** What the user agreed to: the workflow with all that it does, whatever it is told. */
export const printOf = (workflow: Workflow): string =>
  createHash('sha256').update(JSON.stringify(workflow)).digest('hex');

/**
 * Takes what another service sends: it has no token, but signs its body with the hook's secret. What it says becomes the
 * inputs of the one workflow that the user named, and chooses nothing else. The same body begins it once.
 */
export async function takeHook(
  name: string,
  request: IncomingMessage,
  hooks: HookFile,
  workspaces: readonly Workspace[],
): Promise<Taken> {
  const body = await readBody(request);
  const hook = (await hooks.all()).find((each): each is HookIn => each.kind === 'in' && each.name === name);
  const header = request.headers[hook?.scheme === 'plain' ? 'x-orchestrate-signature' : 'x-hub-signature-256'];
  const right = isSigned(hook?.secret ?? NOBODYS, body, typeof header === 'string' ? header : '');
  if (!hook || !right)
    throw new ProblemError('bad-signature', 'There is no such hook, or the signature is not its own.');
  const event = request.headers['x-github-event'];
  if (event === 'ping') return { ok: true, message: 'pong' };
  if (hook.events && !hook.events.includes(String(event)))
    return { ok: true, message: `"${String(event)}" begins nothing here` };
  const folders = await Promise.all(workspaces.map(({ host }) => realpath(host.folder)));
  const workspace = workspaces[folders.indexOf(hook.folder)];
  if (!workspace) throw new ProblemError('not-found', 'The folder of this hook is not served.');
  return queueWorkflow(hook, writable(workspace), body, jsonIn(body));
}

async function queueWorkflow(hook: HookIn, { host }: Workspace, body: Buffer, payload: unknown): Promise<Taken> {
  const { workflow } = await workflowNamed(host.runtime, hook.workflow);
  if (printOf(workflow) !== hook.seen)
    throw new ProblemError(
      'refused',
      `The workflow "${hook.workflow}" is not what it was when this hook was made: look at it, and make the hook anew.`,
    );
  const inputs = Object.entries(hook.inputs).flatMap(([input, path]) => {
    const said = textAt(payload, path);
    return said === undefined ? [] : [[input, said] as const];
  });
  const filled = withInputs(workflow, Object.fromEntries(inputs));
  if (!filled.ok) throw new ProblemError('invalid-body', `The workflow cannot begin: ${filled.message}.`);
  const asked = {
    by: `hook.${hook.name}`,
    request: `hook_${hook.name}_${createHash('sha256').update(body).digest('hex').slice(0, 40)}`,
  };
  const addition = {
    kind: 'queue-add' as const,
    text: filled.workflow.goal,
    priority: PRIORITIES.medium,
    workflow: queuedWorkflow(filled.workflow, hook.workflow),
  };
  const signal = AbortSignal.timeout(20_000);
  const { ok, why, message = '' } = await host.runtime.station.ask(addition, signal, asked);
  // What was left for a team that has not looked yet is not lost.
  if (!ok && why !== 'silent') throw new ProblemError('refused', message);
  return { ok: true, message };
}

/** The word, number or truth at a place such as `issue.labels.0.name`. */
function textAt(payload: unknown, path: string): string | undefined {
  let value = payload;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).slice(0, MOST_CHARACTERS)
    : undefined;
}
