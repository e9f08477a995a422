import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadRoles } from '../../core/agent/roles/roles.ts';
import { mergeConfig } from '../../core/config/merge.ts';
import { configuredProviders } from '../../core/config/providers.ts';
import { parsePlan } from '../../core/plan/parse.ts';
import { problemText } from '../../core/plan/problem.ts';
import type { Log } from '../../core/ports.ts';
import { fromElsewhere } from '../../core/session/seal.ts';
import { toRetry } from '../../core/team/retry.ts';
import { codeOf } from '../../node/error-code.ts';
import { userFolder } from '../../node/places.ts';
import { createProcesses } from '../../node/processes.ts';
import { NodeProjectTexts } from '../../node/project-texts.ts';
import { findRipgrep } from '../../node/ripgrep.ts';
import { readState, wasRehearsed } from '../../node/session/sessions.ts';
import { NodeWorkspace } from '../../node/workspace.ts';
import type { Config } from '../../protocol/config.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import type { NanoUsd } from '../../protocol/ids.ts';
import type { Plan } from '../../protocol/plan.ts';
import { Engine } from '../../runtime/engine.ts';
import { GrantFile } from '../../runtime/grants.ts';
import { holdCommands } from '../../runtime/holding.ts';
import { environmentSecrets } from '../../runtime/keys.ts';
import { loadFrom } from '../../runtime/load-config.ts';
import { type Opening, openSession, type SessionHost } from '../../runtime/open-session.ts';
import { type Rehearsal, shippedRehearsal, startRehearsal } from '../../runtime/rehearsal.ts';
import { sessionLimit } from '../../runtime/requests.ts';
import { retention } from '../../runtime/settings.ts';
import { chooseOwn, openFolder, sessionsIn, workspaceOf } from '../find-session.ts';
import { hindranceText, leftOut } from '../left-out.ts';
import { problemLines } from '../problems.ts';
import { Relay } from '../relay.ts';
import { watchRun } from '../run-view.ts';
import { type Call, EXIT, option, printError, type Terminal, UsageError } from '../terminal.ts';
import { ask, dollars } from './requests.ts';

/** `orchestrate run` */
export async function run(terminal: Terminal, call: Call): Promise<number> {
  const workspace = workspaceOf(terminal, call);
  await mustBeFolder(workspace);
  const workflow = option(call, 'workflow');
  const rehearsal = await rehearsalOf(option(call, 'rehearse'));
  try {
    const plan = workflow === undefined ? undefined : await readWorkflow(resolve(terminal.folder, workflow), workspace);
    const goal = call.words.join(' ').trim() || plan?.goal || rehearsal?.script.goal;
    if (!goal) throw new UsageError('What is the goal? Write: orchestrate run "Your goal"');
    return await start(terminal, call, workspace, rehearsal, { kind: 'new', goal, ...(plan && { plan }) });
  } finally {
    await rehearsal?.close();
  }
}

/** `orchestrate resume` */
export async function resume(terminal: Terminal, call: Call): Promise<number> {
  const workspace = workspaceOf(terminal, call);
  const session = await chooseOwn(terminal, workspace, call.words[0]);
  const text = option(call, 'ask');
  const target = option(call, 'target');
  return goOn(terminal, call, workspace, {
    kind: 'resume',
    session: session.id,
    ...(text !== undefined && { more: [{ text, ...(target !== undefined && { target }) }] }),
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
  const state = await stateOf(terminal, workspace, session.id);
  const scope = task === undefined ? 'all' : { task };
  const found = toRetry(state, scope);
  if (!found.ok)
    throw new UsageError(`${found.message}. Its tasks: ${[...state.tasks.keys()].join(', ') || 'none yet'}.`);
  if (found.tasks.length === 0 && state.planApproved)
    throw new UsageError(`Nothing failed in ${session.id}, and nothing was cancelled.`);
  return goOn(terminal, call, workspace, { kind: 'resume', session: session.id, retry: scope });
}

/** Takes a session up again, with the models that it began with. */
async function goOn(
  terminal: Terminal,
  call: Call,
  workspace: string,
  opening: Extract<Opening, { kind: 'resume' }>,
): Promise<number> {
  const { session } = opening;
  const script = option(call, 'rehearse');
  const rehearsed = await wasRehearsed(await openFolder(terminal, workspace, session));
  if (rehearsed !== (script !== undefined)) {
    throw new UsageError(
      rehearsed
        ? `${session} was rehearsed with scripted models: add --rehearse SCRIPT`
        : `${session} was not rehearsed; go on without --rehearse.`,
    );
  }
  const limit = await limitOf(terminal, call, workspace, session);
  const rehearsal = await rehearsalOf(script);
  try {
    return await start(terminal, call, workspace, rehearsal, { ...opening, ...(limit !== undefined && { limit }) });
  } finally {
    await rehearsal?.close();
  }
}

async function start(
  terminal: Terminal,
  call: Call,
  workspace: string,
  rehearsal: Rehearsal | undefined,
  opening: Opening,
): Promise<number> {
  const { environment, clock, version } = terminal;
  const { config, problems, sensitive } = await loadFrom({
    workspace,
    environment,
    configFile: option(call, 'config'),
    ...(opening.kind === 'new' && { flags: flagsOf(call) }),
  });
  if (problems.length > 0) printError(terminal, problemLines(problems, terminal.style));
  if (problems.some(problem => problem.severity === 'error')) return EXIT.usage;
  const present = () => terminal.out.isTTY === true && terminal.input.isTTY === true && call.options.json !== true;
  const approvePlan = call.options.yes !== true && config.team?.approvePlan !== false;
  const approved = opening.kind === 'resume' && (await stateOf(terminal, workspace, opening.session)).planApproved;
  if (approvePlan && !approved && !present()) throw new UsageError(UNATTENDED);
  const log = quietLog(terminal, environment);
  const folder = userFolder(environment);
  const engine = new Engine({
    clock,
    log,
    config: stopWhenSpent(rehearsal ? mergeConfig({ ...config, providers: {}, routes: {} }, rehearsal.config) : config),
    secrets: rehearsal?.secrets ?? environmentSecrets(configuredProviders(config), environment),
    userFolder: rehearsal ? undefined : folder,
  });
  try {
    await engine.load();
    if (!rehearsal) for (const line of leftOut(engine, sensitive)) printError(terminal, line);
    const plans = !approved && !(opening.kind === 'new' && opening.plan);
    const hindrance = rehearsal ? undefined : await engine.hindrance(plans);
    if (hindrance) throw new UsageError(hindranceText(hindrance, engine));
    const grants = new GrantFile(folder, workspace);
    await grants.load();
    const processes = createProcesses({ root: workspace, clock });
    const held = await holdCommands(config, { root: workspace, processes, environment });
    if (!held.ok) throw new UsageError(held.message);
    const events = new Relay<JournalEvent>();
    const host: SessionHost = {
      kind: 'terminal',
      ...sessionsIn(terminal, workspace),
      log,
      version,
      grants,
      files: new NodeWorkspace(workspace, { ripgrep: await findRipgrep() }),
      processes,
      holding: held.holding,
      notice: held.notice,
      texts: new NodeProjectTexts(workspace),
      present,
      approvePlan,
      approveAll: call.options.yes === true,
      acceptAll: acceptAll(call),
      rehearsal: rehearsal !== undefined,
      ...(!rehearsal && { environment }),
      retention: retention(config),
      watch: event => events.hear(event),
    };
    const opened = await openSession(host, engine, opening);
    if (!opened.ok) {
      await held.holding?.sandbox.close();
      if (opened.reason === 'elsewhere') throw new UsageError(fromElsewhere(opened.session, opened.origin));
      if (opened.reason === 'missing') throw new UsageError('There is no such session.');
      const { pid, host: kind, machine } = opened.owner;
      throw new UsageError(
        `The session is run by process ${pid} (${kind} on ${machine}). Watch it: orchestrate monitor`,
      );
    }
    return await watchRun(terminal, call, opened.session, events);
  } finally {
    await engine.close();
  }
}

const UNATTENDED =
  'The plan has to be approved before anything runs, and nobody can be asked here. Approve it beforehand with --yes, or run this in a terminal, without --json.';

const stateOf = async (terminal: Terminal, workspace: string, id: string) =>
  (await readState(await openFolder(terminal, workspace, id))).state;

/** A terminal does not wait for money: the session stops, and goes on with `resume --budget`. */
function stopWhenSpent(config: Config): Config {
  return config.budget?.whenSpent === 'local' ? config : mergeConfig(config, { budget: { whenSpent: 'stop' } });
}

function budgetOf(call: Call): number | undefined {
  const budget = option(call, 'budget');
  const usd = budget === undefined ? undefined : dollars(budget);
  if (budget !== undefined && !usd)
    throw new UsageError(`"${budget}" is no amount of dollars to spend. Write for example --budget 2.50.`);
  return usd;
}

function flagsOf(call: Call): Config {
  const sessionUsd = budgetOf(call);
  return sessionUsd === undefined ? {} : { budget: { sessionUsd } };
}

/** What a session that goes on may cost from now on; without `--budget`, what its journal says. */
async function limitOf(terminal: Terminal, call: Call, workspace: string, id: string): Promise<NanoUsd | undefined> {
  const usd = budgetOf(call);
  if (usd === undefined) return undefined;
  const state = await stateOf(terminal, workspace, id);
  const checked = sessionLimit(state, usd);
  if (!checked.ok) throw new UsageError(`${checked.message}. Name more: orchestrate resume ${id} --budget USD`);
  return checked.limit;
}

function acceptAll(call: Call): boolean {
  const accept = option(call, 'accept');
  if (accept !== undefined && accept !== 'all' && accept !== 'none') {
    throw new UsageError(`--accept takes all or none, not "${accept}".`);
  }
  return accept === 'all';
}

/** A script of ours by its name, or one in a file. */
async function rehearsalOf(name: string | undefined): Promise<Rehearsal | undefined> {
  if (name === undefined) return undefined;
  const path = shippedRehearsal(name) ?? resolve(name);
  try {
    return await startRehearsal(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new UsageError(`There is no rehearsal "${name}".`);
    throw error;
  }
}

async function readWorkflow(path: string, workspace: string): Promise<Plan> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new UsageError(`The workflow cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const { roles } = await loadRoles(new NodeProjectTexts(workspace));
  const parsed = parsePlan(text, { roles: [...roles.keys()] });
  if (!parsed.ok) throw new UsageError(parsed.problems.map(problem => problemText(problem, path)).join('\n'));
  return parsed.plan;
}

async function mustBeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`${path} is no folder.`);
}

/** Warnings and errors are in the journal and the report; the rest only with ORCHESTRATE_LOG. */
function quietLog(terminal: Terminal, environment: Terminal['environment']): Log {
  const loud = environment.ORCHESTRATE_LOG !== undefined;
  return {
    write(level, text, detail) {
      if (!loud && level !== 'error') return;
      printError(
        terminal,
        `${level}: ${text}${detail === undefined ? '' : ` ${detail instanceof Error ? detail.message : JSON.stringify(detail)}`}`,
      );
    },
  };
}
