import { checkText } from '../../plan/check-text.ts';
import { checkResults, evidence, provesIntegration, supervision } from '../evidence.ts';
import { showCost, showRate, showResponse, successRate } from '../figures.ts';
import { code, counted, latest, list, plain, timeOfDay } from '../markdown.ts';
import type { SessionState } from '../state.ts';

const MOST = 60;

interface Choice {
  at: number;
  head: string;
  decision: string;
  rationale: string;
}

/** Who decided what and why, in order of time: what agents noted, changes of model, and the supervisor's steps. */
export function decisions(state: SessionState): string[] {
  const noted = state.decisions.map(
    ({ at, by, text, rationale, task }): Choice => ({
      at,
      head: `Decision of ${plain(by)}${task === undefined ? '' : ` in ${plain(task)}`}`,
      decision: plain(text),
      rationale: plain(rationale),
    }),
  );
  const switches = state.failovers.map(
    ({ at, agent, from, to, error, reason }): Choice => ({
      at,
      head: 'Provider Selection',
      decision: `${code(agent)} goes on with ${code(to)} instead of ${code(from)}`,
      rationale: `${error}: ${plain(reason)}`,
    }),
  );
  const steps = supervision(state).map(
    ({ at, agent, rung, trigger, reason }): Choice => ({
      at,
      head: 'Supervision',
      decision: `${rung} for ${code(agent)}`,
      rationale: `${plain(trigger)}: ${plain(reason)}`,
    }),
  );
  const all = [...noted, ...switches, ...steps].sort((a, b) => a.at - b.at);
  const left = all.length - MOST;
  return [
    '## Orchestration Decisions',
    '',
    ...(state.plan?.rationale === undefined ? [] : [`**Plan**: ${plain(state.plan.rationale, 1000)}`, '']),
    ...(all.length === 0 ? ['*None yet*', ''] : []),
    ...(left > 0 ? [`*${left} earlier; the report holds them all*`, ''] : []),
    ...all
      .slice(-MOST)
      .flatMap(({ at, head, decision, rationale }) => [
        `### [${timeOfDay(at)}] ${head}`,
        '',
        `- **Decision**: ${decision}`,
        `- **Rationale**: ${rationale}`,
        '',
      ]),
  ];
}

export function issues(state: SessionState): string[] {
  const opened = [...state.issues.values()].map(
    ({ at, severity, by, text, resolved }) =>
      `[${timeOfDay(at)}] **${severity}** by ${code(by)}: ${plain(text)} → ${resolved ? `resolved [${timeOfDay(resolved.at)}]: ${plain(resolved.how)}` : '**open**'}`,
  );
  const found = [...state.findings.values()]
    .filter(({ severity }) => severity === 'blocker' || severity === 'major')
    .map(({ at, severity, agent, path, line, text, resolved }) => {
      const where = path === undefined ? '' : ` in ${code(line === undefined ? path : `${path}:${line}`)}`;
      const end = resolved ? `resolved [${timeOfDay(resolved.at)}]: ${plain(resolved.how)}` : '**open**';
      return `[${timeOfDay(at)}] **${severity}** found by ${code(agent)}${where}: ${plain(text)} → ${end}`;
    });
  const escalations = supervision(state)
    .filter(({ rung }) => rung === 'escalation' || rung === 'ask-user')
    .map(
      ({ at, rung, agent, task, trigger, reason }) =>
        `[${timeOfDay(at)}] **${rung}** for ${code(agent)}${task === undefined ? '' : ` in ${plain(task)}`} (${plain(trigger)}): ${plain(reason)}`,
    );
  const denied = state.denials.map(
    ({ at, agent, kind, what, rule, by }) =>
      `[${timeOfDay(at)}] ${code(agent)} was denied ${plain(kind)} ${code(what)} by ${by} (${plain(rule)})`,
  );
  return [
    '## Issues & Resolutions',
    '',
    '### Issue Log',
    '',
    ...list(latest([...opened, ...found], MOST), 'No issue so far'),
    '### Escalation Log',
    '',
    ...list(latest(escalations, MOST), 'No escalation so far'),
    '### Denied Permissions',
    '',
    ...list(latest(denied, MOST), 'None so far'),
  ];
}

export function integrationChallenges(state: SessionState): string[] {
  const failed = checkResults(state).filter(result => provesIntegration(result) && result.failures > 0);
  const name = (result: (typeof failed)[number]) =>
    `${code(checkText(result.last.check))} of ${plain(result.task.task.title)}`;
  return [
    '## Integration Challenges',
    '',
    '### Compatibility Issues',
    '',
    ...list(
      latest(
        failed.map(result => `${name(result)} failed ${counted(result.failures, 'time')}`),
        MOST,
      ),
      'No integration check has failed so far',
    ),
    '### Resolution Strategies',
    '',
    ...list(
      latest(
        failed.map(
          result =>
            `${name(result)}: ${result.last.ok ? `passes since [${timeOfDay(result.last.at)}]` : '**not resolved**'}`,
        ),
        MOST,
      ),
      'Nothing to resolve',
    ),
  ];
}

export function notes(state: SessionState): string[] {
  const { checks, tests, findings } = evidence(state);
  const used = [...state.providers.values()].filter(({ tally }) => tally.calls > 0);
  const insights = [
    `${counted(state.agents.size, 'agent')} for ${counted(state.tasks.size, 'task')}; plan revision ${state.planRevision}, ${counted(state.planRefusals, 'proposal')} refused`,
    `${counted(state.commands.run, 'command')} run, ${state.commands.failed} without exit code 0; ${counted(state.deniedPermissions, 'permission')} denied`,
  ];
  const open = Object.entries(findings).filter(([, count]) => count.open > 0);
  return [
    '## Session Notes',
    '',
    '### Orchestration Insights',
    '',
    ...list(insights, ''),
    '### Provider Performance Notes',
    '',
    ...list(
      used.map(
        ({ provider, tally, switchesAway }) =>
          `**${plain(provider)}**: ${showResponse(tally)} on average, ${showRate(successRate(tally))} success, ${showCost(tally)}, ${counted(switchesAway, 'switch', 'switches')} away`,
      ),
      'No provider used yet',
    ),
    '### Quality Observations',
    '',
    ...list(
      [
        `Checks: ${checks.passing} pass, ${checks.failing} fail, ${checks.interrupted} interrupted, in ${counted(checks.runs, 'run')}`,
        tests ? `Tests counted: ${tests.passed} passed, ${tests.failed} failed` : 'Tests counted: unknown',
        `Open findings: ${open.length === 0 ? 'none' : open.map(([severity, count]) => `${count.open} ${severity}`).join(', ')}`,
      ],
      '',
    ),
    '### Notices',
    '',
    ...list(
      latest(
        state.notices
          .filter(({ level }) => level !== 'info')
          .map(({ at, text }) => `[${timeOfDay(at)}] ${plain(text)}`),
        20,
      ),
      'None',
    ),
  ];
}
