import { providerOf } from '../../../protocol/model-ref.ts';
import { counted, showDuration } from '../../../protocol/show.ts';
import { consumption, providersByName, providersCalled, responseMs, showRate, successRate } from '../figures.ts';
import { code, list, plain, timeOfDay, title } from '../markdown.ts';
import { leads, notStarted } from '../roster.ts';
import type { ProviderState, SessionState, Tally, TaskStatus } from '../state.ts';
import { emptyTally } from '../tally.ts';

const MOST_NAMED = 8;

export function realTimeStatus(state: SessionState): string[] {
  const count = (...statuses: TaskStatus[]) =>
    [...state.tasks.values()].filter(task => statuses.includes(task.status)).length;
  const providers = providersByName(state).map(provider => providerStatus(state, provider));
  return [
    '## Real-Time Status Updates',
    '',
    `### Current Phase: ${state.phase === undefined ? 'None' : plain(title(state.phase))}`,
    '',
    `- **Active Tasks**: ${count('running', 'checking')}`,
    `- **Waiting Tasks**: ${count('pending', 'waiting')}`,
    `- **Completed Tasks**: ${count('completed')}`,
    `- **Failed Tasks**: ${count('failed')}`,
    `- **Skipped or Cancelled Tasks**: ${count('skipped', 'cancelled')}`,
    `- **Escalations**: ${state.escalations}`,
    `- **Waiting for You**: ${counted(state.asks.size, 'question')}, ${counted(pending(state), 'changed file')}`,
    '',
    '### Provider Status',
    '',
    ...list([...providers, ...plannedProviders(state)], 'No provider used yet'),
  ];
}

/** Providers that nobody has called or looked at, and who is to begin with them. */
function plannedProviders(state: SessionState): string[] {
  const planned = new Map<string, string[]>();
  for (const { agent, route } of notStarted(state)) {
    const provider = route[0] === undefined ? undefined : providerOf(route[0]);
    if (provider === undefined || state.providers.has(provider)) continue;
    planned.set(provider, [...(planned.get(provider) ?? []), agent]);
  }
  return [...planned].map(([provider, agents]) => {
    const more = agents.length - MOST_NAMED;
    const named = [...agents.slice(0, MOST_NAMED).map(code), ...(more > 0 ? [`${more} more`] : [])].join(', ');
    return `**${plain(provider)}**: not called so far; planned for ${named}`;
  });
}

const pending = (state: SessionState) => [...state.files.values()].filter(file => file.status === 'pending').length;

function providerStatus(state: SessionState, provider: ProviderState): string {
  const troubles = [
    ...provider.parked
      .filter(parked => parked.until > (state.lastAt ?? 0))
      .map(
        ({ model, until, error }) =>
          `${model ? `${code(model)} rests` : 'all models rest'} until ${timeOfDay(until)} (${error})`,
      ),
    ...Object.entries(provider.breakers)
      .filter(([, breaker]) => breaker !== 'closed')
      .map(([model, breaker]) => `breaker of ${code(model)} is ${breaker}`),
    ...(provider.health?.ok === false
      ? [`last probe failed: ${plain(provider.health.message ?? 'no reason given')}`]
      : []),
  ];
  const { succeeded, failed } = provider.tally;
  const { calls } = provider.tally;
  const answers = calls === 0 ? 'not called' : `${counted(succeeded, 'answer')}, ${counted(failed, 'failure')}`;
  return `**${plain(provider.provider)}**: ${troubles.length > 0 ? `⚠ ${troubles.join('; ')}` : 'ready'}; ${answers}`;
}

/** What planning and orchestrating took, which serves all tasks. */
function orchestration(state: SessionState): Tally {
  const sum = emptyTally();
  for (const agent of state.agents.values()) {
    if (!leads(agent)) continue;
    const { tally } = agent;
    for (const key of ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'] as const)
      sum.usage[key] += tally.usage[key];
    sum.cost += tally.cost;
    sum.boundCost += tally.boundCost;
    sum.unknownCost += tally.unknownCost;
    sum.unknownUsage += tally.unknownUsage;
  }
  return sum;
}

export function metrics(state: SessionState): string[] {
  const { tally } = state;
  const providers = providersCalled(state);
  return [
    '## Metrics Tracking',
    '',
    '### Token Consumption',
    '',
    `- **Total Session Tokens**: ${consumption(tally)}`,
    ...providers.flatMap(({ provider, tally }) => [
      `- **${plain(provider)}**: ${consumption(tally)}`,
      ...[...state.models]
        .filter(([model]) => model.startsWith(`${provider}/`))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([model, used]) => `  - ${code(model)}: ${consumption(used)}`),
    ]),
    `- **Orchestration**, as part of the above: ${consumption(orchestration(state))}`,
    '',
    '### Performance Metrics',
    '',
    `- **Average Response Time**: ${showDuration(responseMs(tally))}`,
    `- **Success Rate**: ${showRate(successRate(tally))} of ${counted(tally.succeeded + tally.failed, 'model call')}`,
    `- **Failure Count**: ${tally.failed}${tally.stopped > 0 ? `; ${counted(tally.stopped, 'call')} stopped by us count neither way` : ''}`,
    `- **Provider Switches**: ${state.switches}`,
    `- **Discarded Answers**: ${state.discarded}`,
    `- **Working Time**: ${showDuration(state.activeMs)}`,
    '',
  ];
}
