import { stat } from 'node:fs/promises';
import { fromElsewhere } from '../../core/session/seal.ts';
import { membersOf, queuedWorkflow } from '../../core/station/workflow/queued.ts';
import { toRetry } from '../../core/team/retry.ts';
import { readState } from '../../node/session/sessions.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import type { Refused, ResumeRequest, Runtime, Started } from '../../runtime/contract.ts';
import { attachedTo, keptWith } from '../attached.ts';
import { chooseOwn, openFolder, workspaceOf } from '../find-session.ts';
import { hindranceText, leftOut } from '../left-out.ts';
import { openRuntime } from '../open-runtime.ts';
import { problemLines } from '../problems.ts';
import { workflowIn } from '../read-workflow.ts';
import { Relay } from '../relay.ts';
import { watchRun } from '../run-view.ts';
import { type Call, EXIT, option, printError, type Terminal, UsageError } from '../terminal.ts';
import { ask, dollars } from './requests.ts';

/** `orchestrate run` */
export async function run(terminal: Terminal, call: Call): Promise<number> {
  await mustBeFolder(workspaceOf(terminal, call));
  const workflow = option(call, 'workflow');
  const rehearse = option(call, 'rehearse');
  const budgetUsd = budgetOf(call);
  return showing(terminal, call, async runtime => {
    const read = workflow === undefined ? undefined : await workflowIn(terminal, workflow.split('\n'), runtime);
    const plan = read && queuedWorkflow(read, '').plan;
    const members = read ? membersOf(read) : [];
    const goal = call.words.join(' ').trim() || plan?.goal;
    if (!goal && rehearse === undefined) throw new UsageError('What is the goal? Write: orchestrate run "Your goal"');
    const { text, images } = await attachedTo(terminal, call, goal ?? '');
    return runtime.start({
      kind: 'new',
      ...(text && { goal: text }),
      ...(images.length > 0 && { images }),
      ...(plan && { plan }),
      ...(members.length > 0 && { members }),
      ...(rehearse !== undefined && { rehearse }),
      ...(budgetUsd !== undefined && { budgetUsd }),
    });
  });
}

/** `orchestrate resume` */
export async function resume(terminal: Terminal, call: Call): Promise<number> {
  const session = await chooseOwn(terminal, workspaceOf(terminal, call), call.words[0]);
  const text = option(call, 'ask');
  const target = option(call, 'target');
  if (text === undefined && option(call, 'attach') !== undefined)
    throw new UsageError('Say with --ask what is wanted; --attach shows it.');
  const kept = await keptWith(terminal, call, text ?? '', session.id);
  return goOn(terminal, call, {
    kind: 'resume',
    session: session.id,
    ...(text !== undefined && { more: [{ ...(target !== undefined && { target }), ...kept }] }),
  });
}

/** `orchestrate retry` */
export async function retry(terminal: Terminal, call: Call): Promise<number> {
  const workspace = workspaceOf(terminal, call);
  const session = await chooseOwn(terminal, workspace, option(call, 'session'));
  const [task, more] = call.words;
  if (more !== undefined) throw new UsageError('Write: orchestrate retry [TASK] [--session SESSION]');
  if (session.owner && !session.owner.reviews) {
    return ask(terminal, call, session.id, { kind: 'retry', ...(task !== undefined && { task }) });
  }
  const { state } = await readState(await openFolder(terminal, workspace, session.id));
  const scope = task === undefined ? 'all' : { task };
  const found = toRetry(state, scope);
  if (!found.ok)
    throw new UsageError(`${found.message}. Its tasks: ${[...state.tasks.keys()].join(', ') || 'none yet'}.`);
  if (found.tasks.length === 0 && state.planApproved)
    throw new UsageError(`Nothing failed in ${session.id}, and nothing was cancelled.`);
  return goOn(terminal, call, { kind: 'resume', session: session.id, retry: scope });
}

/** Takes a session up again, with the models that it began with. */
function goOn(terminal: Terminal, call: Call, request: ResumeRequest): Promise<number> {
  const rehearse = option(call, 'rehearse');
  const budgetUsd = budgetOf(call);
  return showing(
    terminal,
    call,
    runtime =>
      runtime.resume({
        ...request,
        ...(rehearse !== undefined && { rehearse }),
        ...(budgetUsd !== undefined && { budgetUsd }),
      }),
    request.session,
  );
}

/** Starts a session and shows what happens until the session is over. */
async function showing(
  terminal: Terminal,
  call: Call,
  start: (runtime: Runtime) => Promise<Started>,
  session = '',
): Promise<number> {
  const events = new Relay<JournalEvent>();
  const runtime = await openRuntime(terminal, call, {
    approved: call.options.yes === true,
    acceptAll: acceptAll(call),
    watch: event => events.hear(event),
    note(notes) {
      const { problems = [] } = notes;
      if (problems.length > 0) printError(terminal, problemLines(problems, terminal.style));
      for (const line of leftOut(notes)) printError(terminal, line);
    },
  });
  try {
    const started = await start(runtime);
    if (started.ok) return await watchRun(terminal, call, started.session, events);
    if (started.reason === 'config') return EXIT.usage;
    throw new UsageError(whyRefused(started, session));
  } finally {
    await runtime.close();
  }
}

/** Why a session does not begin, with what to do about it. What is wrong with the configuration has been said. */
function whyRefused(refused: Exclude<Refused, { reason: 'config' }>, session: string): string {
  switch (refused.reason) {
    case 'elsewhere':
      return fromElsewhere(refused.session, refused.origin);
    case 'missing':
      return 'There is no such session.';
    case 'owned': {
      const { pid, host, machine } = refused.owner;
      return `The session is run by process ${pid} (${host} on ${machine}). Watch it: orchestrate monitor`;
    }
    case 'other-models':
      return refused.rehearsed
        ? `${session} was rehearsed with scripted models: add --rehearse SCRIPT`
        : `${session} was not rehearsed; go on without --rehearse.`;
    case 'no-script':
      return `There is no rehearsal "${refused.name}".`;
    case 'limit':
      return `${refused.message}. Name more: orchestrate resume ${session} --budget USD`;
    case 'delivery':
      return refused.message;
    case 'unattended':
      return 'The plan has to be approved before anything runs, and nobody can be asked here. Approve it beforehand with --yes, or run this in a terminal, without --json.';
    case 'no-provider':
    case 'no-route':
    case 'no-price':
      return hindranceText(refused);
  }
}

function budgetOf(call: Call): number | undefined {
  const budget = option(call, 'budget');
  const usd = budget === undefined ? undefined : dollars(budget);
  if (budget !== undefined && !usd)
    throw new UsageError(`"${budget}" is no amount of dollars to spend. Write for example --budget 2.50.`);
  return usd;
}

function acceptAll(call: Call): boolean {
  const accept = option(call, 'accept');
  if (accept !== undefined && accept !== 'all' && accept !== 'none') {
    throw new UsageError(`--accept takes all or none, not "${accept}".`);
  }
  return accept === 'all';
}

async function mustBeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`${path} is no folder.`);
}
