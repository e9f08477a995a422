import type { AgentStream } from '../../core/agent/contract.ts';
import { HELPER } from '../../core/agent/helpers.ts';
import { memberRoles } from '../../core/agent/roles/member-roles.ts';
import { loadRoles } from '../../core/agent/roles/roles.ts';
import { agentRunner } from '../../core/agent/runner.ts';
import { loadSkills } from '../../core/agent/tools/skills/skills.ts';
import { configuredWorkers } from '../../core/config/workers.ts';
import type { ReadPdf } from '../../core/ports.ts';
import { freelyNamed } from '../../core/session/attached.ts';
import type { SessionStart, TeamVoice } from '../../core/team/options.ts';
import { Session } from '../../core/team/session.ts';
import type { Workers } from '../../core/worker/contract.ts';
import { withWorkers } from '../../core/worker/runner.ts';
import { stoodOn } from '../../node/git/stood-on.ts';
import { keepImages } from '../../node/handed-in.ts';
import { hashOf } from '../../node/hash.ts';
import { loopbackHttp } from '../../node/loopback-http.ts';
import { newId } from '../../node/new-id.ts';
import { surroundingsOf } from '../../node/surroundings.ts';
import { webPages } from '../../node/web/web-pages.ts';
import type { Attached } from '../../protocol/attached.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import { workerCopies } from '../../workers/copies.ts';
import { createWorkers, findWorkers } from '../../workers/workers.ts';
import type { Work } from '../contract.ts';
import type { Engine } from '../engine.ts';
import type { SessionHost } from '../session-host.ts';
import { teamSettings } from '../settings.ts';
import type { JournalPart } from './journal.ts';
import type { RoutingPart } from './routing.ts';
import type { ToolsPart } from './tools.ts';
import type { WorkspacePart } from './workspace.ts';

/** Loaded when somebody reads one. */
const readPdf: ReadPdf = async (...of) => (await import('../../node/pdf-text.ts')).readPdf(...of);

const ORCHESTRATOR = 'orchestrator';
/** Without these nothing can be planned, queued or reviewed. */
const SERVING: ReadonlySet<string> = new Set([ORCHESTRATOR, 'implementer', 'reviewer']);

/** The CLI agents that a session may use, and the names of those that are there and that the user has chosen. */
async function workersOf(host: SessionHost, engine: Engine): Promise<Workers & { names: ReadonlySet<string> }> {
  const { clock, environment = {}, version, workspace } = host;
  const configured = host.environment ? configuredWorkers(engine.config) : [];
  // A key that the user hands on is a secret like ours.
  for (const { passEnv } of configured) for (const name of passEnv) engine.redactor.add(environment[name]);
  const found = await findWorkers({ configured, environment, workspace });
  const names = found.flatMap(({ worker, path }) => (path !== undefined && worker.explicit ? [worker.name] : []));
  const standing = await host.holding?.sandbox.standing();
  // Without a way to their vendors they could do nothing in it.
  const sandbox = standing?.holds && standing.lacks === undefined ? host.holding?.sandbox : undefined;
  return { ...createWorkers({ configured, environment, workspace, clock, version, sandbox }), names: new Set(names) };
}

/** The team on a journal, a workspace and models. `stream` hears the agents' words as they come. */
export async function teamPart(
  host: SessionHost,
  engine: Engine,
  { id, work }: { id: string; work: Work },
  parts: { journal: JournalPart; workspace: WorkspacePart; routing: RoutingPart; tools: ToolsPart },
  stream: AgentStream,
): Promise<Session> {
  const { journal, histories } = parts.journal;
  const { files, processes, changes, judgeIn, judge, loose } = parts.workspace;
  const { routes, budget, router } = parts.routing;
  const { clock, log, grants, problems: findProblems } = host;
  const { foreign, named } = parts.tools;
  const workers = await workersOf(host, engine);
  const { roles, problems } = await loadRoles(host.texts, {
    providers: new Set(engine.providers.names()),
    workers: workers.names,
    ...(foreign && { foreign: foreign.list() }),
  });
  const known = await loadSkills(host.skills ?? []);
  for (const { path, line, severity, text } of [...problems, ...known.problems])
    log.write(severity === 'error' ? 'error' : 'warn', `${path}:${line}: ${text}`);
  if (named.length > 0 && ![...roles.values()].some(role => role.foreign)) {
    const text = `No role names tools of ${named.join(', ')}, so nothing of it is started: a role file says which agent may use them, as tools: [${named[0]}/*].`;
    journal.append({ type: 'notice', level: 'info', code: 'unused-servers', text });
  }
  const mayAskGit = () => judge('git status').verdict === 'allow';
  const environment = host.environment ?? process.env;
  const members = work.kind === 'new' ? (work.members ?? []) : journal.state.members;
  for (const role of memberRoles(members, roles)) roles.set(role.name, role);
  const browserHost = { processes, holding: host.holding, environment };
  const runner = ({ attention, revise, prove }: TeamVoice) => {
    const shared = { journal, files, agentFiles: changes.agentFiles, attention, clock, newId, hashOf, stream, log };
    const judgeTool = grants.tool.bind(grants);
    const models = agentRunner({
      ...shared,
      router,
      processes,
      holding: host.holding,
      loose,
      judge,
      revise,
      prove,
      judgeTool,
      // A rehearsal asks nobody.
      ...(host.rehearsal ? {} : { web: webPages() }),
      readPdf,
      domains: engine.config.permissions?.network ?? [],
      skills: known.skills,
      helping: {
        route: () => routes.of(HELPER),
        resumePoint: agent => histories.resumePoint(agent, journal),
      },
      ...(foreign && { foreign }),
      browsers: {
        launch: async rights => (await import('../../browser/launch.ts')).launchBrowser(browserHost, rights),
      },
      // A rehearsal waits for nobody.
      problems: host.rehearsal ? undefined : findProblems,
    });
    const { open } = workers;
    return withWorkers(models, { ...shared, budget, judgeIn, workers: { open }, copies: workerCopies(files) });
  };
  const chosen = work.kind === 'new' ? work.roles : undefined;
  const lead = roles.get(ORCHESTRATOR);
  const attached = work.kind === 'new' ? freelyNamed(await keepImages(work.images ?? [], journal), journal.state) : {};
  return new Session(
    {
      journal,
      router,
      runner,
      files,
      readPdf,
      processes,
      texts: host.texts,
      surroundings: () => surroundingsOf(host.workspace, processes.shell, mayAskGit()),
      ...(members.length > 0 && { stoodOn: stoodOn(host.workspace, environment, mayAskGit) }),
      commandTimes: () => host.commandTimes?.known() ?? [],
      http: loopbackHttp,
      holding: host.holding && { ...host.holding, agentFiles: changes.agentFiles },
      loose,
      judge,
      routes,
      clock,
      newId,
      hashOf,
      resumePoint: agent => histories.resumePoint(agent, journal),
      price: (model, usage) => engine.price(model, usage),
      limitAgent: (agent, limit) => budget.setLimit('agent', agent, limit),
      hasWorker: name => workers.names.has(name),
      log,
      branch: host.branch?.(journal),
    },
    {
      ...teamSettings(engine.config),
      roles: [...roles.values()].filter(role => !chosen || chosen.includes(role.name) || SERVING.has(role.name)),
      orchestrator: ORCHESTRATOR,
      defaultRole: 'implementer',
      present: host.present,
      person: host.person,
      approvePlan: host.approvePlan,
      approveAll: host.approveAll,
      remember: (request, decision, prefix) =>
        void (prefix === undefined ? grants.add(request, decision, foreign?.list()) : grants.addPrefix(prefix)),
      ...(host.notice !== undefined && { notice: host.notice }),
      budgetUsd: (budget.limit ?? engine.budget.limits.session) / 1e9,
    },
    startOf(host, engine, id, work, { ...attached, orchestrator: lead && routes.of(lead)[0] }),
  );
}

/** What the team is told: the work, and what the journal says first of it. */
function startOf(
  { version, workspace, tree, rehearsal, script, kind }: SessionHost,
  { budget }: Engine,
  session: string,
  work: Work,
  { orchestrator, attached }: { orchestrator: ModelRef | undefined; attached?: Attached[] },
): SessionStart {
  const { by, request } = work.asked ?? {};
  const asked = by === undefined ? {} : { by };
  if (work.kind === 'resume') return { ...work, event: { pid: process.pid, host: kind, version, ...asked } };
  const { goal, plan, members } = work;
  return {
    kind: 'new',
    event: {
      session,
      goal,
      ...(attached && { attached }),
      version,
      workspace,
      ...(tree && { tree }),
      ...(orchestrator !== undefined && { orchestrator }),
      rehearsal,
      ...(script !== undefined && { script }),
      budget: { sessionUsd: budget.limits.session, alertAt: budget.alertAt },
      ...(plan && { workflow: plan }),
      ...(members && { members: [...members] }),
      ...asked,
      ...(request !== undefined && { request }),
    },
  };
}
