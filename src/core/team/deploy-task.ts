import { AgentTask, type DeployTask } from '../../protocol/plan.ts';
import { authorOf } from '../delivery/author.ts';
import type { AsksPerson, BranchWork, Landed } from '../delivery/branch-work.ts';
import { beginTask, complete, fail, PLAN, type PlainTaskHost } from './plain-task.ts';
import { data } from './prompt-text.ts';
import { REPAIRS, repairId, repairsOf } from './repair.ts';

const IN_PLACE =
  'the session works in the workspace itself, and only what is on a branch of its own is deployed: write deliver: true into the workflow, and run it with the standing team';

/**
 * Lands the session's branch and deploys what has landed. A person says yes to exactly what the target becomes. What does
 * not fit the target any more, or fails its checks there, goes back to who wrote it.
 */
export async function runDeployTask(spec: DeployTask, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  const { journal, branch } = host;
  const { id, environment } = spec;
  const before = journal.state.tasks.get(id);
  const unmended = before?.status === 'pending' && repairsOf(journal.state, before).at(-1);
  if (unmended && unmended.status !== 'completed')
    return fail(host, id, `${before.note ?? 'it could not land'}; not mended by ${unmended.task.id}: ${unmended.note}`);
  if (!beginTask(id, host)) return;
  if (!branch) return fail(host, id, IN_PLACE);
  const refused = await branch.whyNot(environment);
  if (refused) return fail(host, id, refused.message);
  const asked: { by?: Awaited<ReturnType<AsksPerson>> } = {};
  const ask: AsksPerson = async (what, stop, lands) => {
    if (!lands) return askPerson(spec, host, what, stop);
    asked.by = await askPerson(spec, host, `${what}, and deploy it to ${environment}`, stop);
    return asked.by;
  };
  const landed = await branch.land(ask, signal);
  if (signal.aborted) return;
  if (!landed.ok) return notLanded(spec, landed, host);
  await deployed(spec, landed, asked.by, branch, host, signal);
}

async function deployed(
  spec: DeployTask,
  { commit, branch: name, ref }: Extract<Landed, { ok: true }>,
  asked: Awaited<ReturnType<AsksPerson>>,
  branch: BranchWork,
  host: PlainTaskHost,
  signal: AbortSignal,
): Promise<void> {
  const { id, environment } = spec;
  const short = commit.slice(0, 10);
  // Whoever saw it before it landed has agreed to this, too.
  const by = asked ?? (await askPerson(spec, host, `Deploy ${short} (${name}) to ${environment}`, signal));
  if (signal.aborted) return;
  if (!by) return fail(host, id, `${name} has landed on ${ref}, and nobody agreed to have it deployed`);
  const done = await branch.deploy(environment, commit, by, signal);
  if (signal.aborted) return;
  if (done.ok) complete(host, id, `${name} landed on ${ref}; ${done.message}`);
  else fail(host, id, `${name} landed on ${ref}; ${done.message}`);
}

/** Nothing that was agreed to beforehand counts: an approval is of what is there to be seen. */
async function askPerson({ id }: DeployTask, host: PlainTaskHost, what: string, signal: AbortSignal) {
  const { journal, attention } = host;
  if (journal.state.tasks.get(id)?.status !== 'waiting') journal.append({ type: 'task-waiting', task: id, on: what });
  const request = { agent: PLAN, kind: 'plan' as const, what, rule: `deploy ${id}` };
  const answer = await attention.permission(request, signal);
  return !signal.aborted && answer.decision === 'allow' ? host.person : undefined;
}

function notLanded(spec: DeployTask, landed: Extract<Landed, { ok: false }>, host: PlainTaskHost): void {
  const { journal } = host;
  const { id } = spec;
  const task = journal.state.tasks.get(id);
  const earlier = task ? repairsOf(journal.state, task) : [];
  const again = earlier.some(({ repairs }) => repairs?.attempt === task?.attempt);
  if (!('fix' in landed) || (!again && earlier.length >= REPAIRS)) {
    fail(host, id, landed.message);
    return;
  }
  const wait = () => void journal.append({ type: 'task-failed', task: id, reason: landed.message, final: false });
  // One was added already when the process ended.
  if (again) {
    wait();
    return;
  }
  const repair = AgentTask.parse({
    id: repairId(journal.state, id),
    title: `Mend why ${landed.delivery.branch} cannot land`.slice(0, 200),
    role: authorOf(journal.state, landed.delivery) ?? host.role,
    instructions: `The work of this session was brought together with what is on ${landed.delivery.target} by now, and cannot land. ${data(host.hashOf, landed.fix)}`,
    writes: ['**'],
    priority: 'high',
    complexity: 'complex',
    optional: true,
  });
  journal.append({
    type: 'task-added',
    task: repair,
    by: 'scheduler',
    reason: `${id}: ${landed.message}`,
    repairs: id,
  });
  wait();
  host.add(repair);
}
