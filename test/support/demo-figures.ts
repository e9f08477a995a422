import type { EventOf, EventType, JournalEvent } from '../../src/protocol/events.ts';

type At<T extends EventType> = EventOf<T> & { at: number };
type Call = { intent: At<'call-intent'>; outcome?: At<'call-outcome'> };

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** What a report says of calls, counted from the calls themselves. */
function use(calls: readonly Call[]) {
  const ended = calls.flatMap(({ outcome }) => outcome ?? []);
  const stopped = ended.filter(({ result }) => !result.ok && result.error === 'aborted');
  const counted = ended.filter(one => !stopped.includes(one));
  const succeeded = counted.filter(({ result }) => result.ok).length;
  const tokens = (kind: 'input' | 'cacheRead' | 'cacheWrite' | 'output' | 'reasoning') =>
    sum(ended.map(({ usage }) => usage?.[kind] ?? 0));
  return {
    calls: calls.length,
    succeeded,
    failed: counted.length - succeeded,
    stopped: stopped.length,
    tokens: Object.fromEntries(
      (['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'] as const).map(kind => [kind, tokens(kind)]),
    ),
    callsOfUnknownUsage: ended.filter(({ usage }) => usage?.input === undefined || usage.output === undefined).length,
    costNanoUsd: sum(ended.map(({ cost }) => cost ?? 0)),
    boundNanoUsd: sum(ended.map(({ cost, costIsReservation }) => (costIsReservation ? (cost ?? 0) : 0))),
    callsOfUnknownCost: ended.filter(({ cost }) => cost === undefined).length,
    averageResponseMs: Math.round(sum(counted.map(({ ms }) => ms)) / counted.length),
    successRate: succeeded / counted.length,
  };
}

/** Every number of the report of a session that ran through without a break, from its events alone, and no code of the product. */
export function demoFigures(events: readonly JournalEvent[]): object {
  const of = <T extends EventType>(type: T) => events.filter(event => event.type === type) as unknown as At<T>[];
  const calls = of('call-intent').map((intent): Call => {
    const outcome = of('call-outcome').find(one => one.call === intent.call);
    return { intent, ...(outcome && { outcome }) };
  });
  const unique = <V>(values: readonly V[]) => [...new Set(values)];
  const provider = (model: string) => model.slice(0, model.indexOf('/'));
  const first = events[0] as JournalEvent;
  // What somebody does with the files after the team is done is no work on it.
  const last = of('session-ended').at(-1) as At<'session-ended'>;
  const plan = of('plan-proposed').at(-1)?.plan;
  const tasks = plan?.tasks ?? [];
  const start = (task: string) => of('task-started').find(one => one.task === task)?.at ?? 0;
  const end = (task: string) => of('task-completed').find(one => one.task === task)?.at ?? 0;
  const agents = unique(of('agent-started').map(one => one.agent));
  const taskOf = (agent: string) => of('agent-started').find(one => one.agent === agent)?.task;
  const checks = tasks.flatMap(({ id }) => {
    const runs = of('check-ended').filter(one => one.task === id);
    return unique(runs.map(({ check }) => JSON.stringify(check))).map(key => ({
      id,
      runs: runs.filter(({ check }) => JSON.stringify(check) === key),
    }));
  });
  const lastRun = ({ runs }: (typeof checks)[number]) => runs.at(-1) as At<'check-ended'>;
  const tests = (list: typeof checks) => {
    const told = list.flatMap(one => lastRun(one).tests ?? []);
    return {
      passed: sum(told.map(one => one.passed)),
      failed: sum(told.map(one => one.failed)),
      skipped: sum(told.map(one => one.skipped ?? 0)),
      checks: told.length,
    };
  };
  const contracts = checks.filter(one => lastRun(one).contract);
  const operations = contracts.flatMap(one => lastRun(one).contract?.rows ?? []);
  const findings = of('finding-added').map(one => ({
    ...one,
    resolved: of('finding-resolved').some(({ finding }) => finding === one.finding),
  }));
  const severity = (name: string) => {
    const all = findings.filter(one => one.severity === name);
    const resolved = all.filter(one => one.resolved).length;
    return { open: all.length - resolved, resolved };
  };
  const climbed = of('supervision').toSorted((a, b) => a.at - b.at);
  return {
    v: 1,
    session: {
      startedAt: of('session-started')[0]?.at,
      lastAt: Math.max(...events.map(event => event.at)),
      workingMs: last.at - first.at,
      resumes: of('session-resumed').length,
    },
    total: {
      ...use(calls),
      modelSwitches: of('failover').length,
      discardedAnswers: of('attempt-discarded').length,
      escalations: climbed.filter(({ rung }) => rung === 'escalation').length,
    },
    budget: [{ limitNanoUsd: of('session-started')[0]?.budget.sessionUsd }],
    tasks: tasks.map(({ id }) => ({
      attempts: Math.max(0, ...of('task-started').flatMap(one => (one.task === id ? [one.attempt] : []))),
      fixRounds: of('round-started').filter(one => one.task === id && one.kind === 'fix').length,
      startedAt: start(id),
      endedAt: end(id),
      ms: end(id) - start(id),
      tests: tests(checks.filter(one => one.id === id)),
      use: use(calls.filter(({ intent }) => (intent.task ?? taskOf(intent.agent)) === id)),
    })),
    parallel: parallel(
      of,
      tasks.map(({ id }) => id),
    ),
    providers: unique(calls.map(({ intent }) => provider(intent.model))).map(name => ({
      switchesAway: of('failover').filter(one => provider(one.from) === name).length,
      ...use(calls.filter(({ intent }) => provider(intent.model) === name)),
    })),
    models: unique(calls.map(({ intent }) => intent.model)).map(model =>
      use(calls.filter(({ intent }) => intent.model === model)),
    ),
    agents: agents.map(agent => {
      const own = calls.filter(({ intent }) => intent.agent === agent);
      const from = of('agent-started').find(one => one.agent === agent)?.at ?? 0;
      return {
        turns: own.filter(({ outcome }) => outcome?.result.ok).length,
        tools: of('tool-intent').filter(one => one.agent === agent).length,
        failovers: of('failover').filter(one => one.agent === agent).length,
        ms: (of('agent-ended').findLast(one => one.agent === agent)?.at ?? 0) - from,
        use: use(own),
      };
    }),
    decisions: of('decision-noted').map(({ at }) => ({ at })),
    modelSwitches: of('failover').map(({ at }) => ({ at })),
    supervision: climbed.map(({ at, agent, task }) => {
      const next = of('agent-started').find(one => one.task === task && one.at >= at && one.agent !== agent);
      return { at, end: { at: of('agent-ended').find(one => one.agent === next?.agent)?.at } };
    }),
    findings: findings.map(({ line }) => ({ line })),
    checks: checks.map(one => ({
      ...lastRun(one),
      ms: Math.round(lastRun(one).ms),
      runs: one.runs.length,
      failures: one.runs.filter(({ ok, interrupted }) => !ok && !interrupted).length,
    })),
    integration: {
      operations: Object.fromEntries(
        ['kept', 'broken', 'not-tried'].map(result => [result, operations.filter(row => row.result === result).length]),
      ),
      contracts: contracts.map(one => ({
        version: of('artifact-published').findLast(({ artifact }) => artifact === lastRun(one).contract?.artifact)
          ?.version,
        at: lastRun(one).at,
        failures: one.runs.filter(({ ok, interrupted }) => !ok && !interrupted).length,
      })),
    },
    quality: {
      checks: {
        passing: checks.filter(one => lastRun(one).ok).length,
        failing: checks.filter(one => !lastRun(one).ok && !lastRun(one).interrupted).length,
        interrupted: checks.filter(one => lastRun(one).interrupted).length,
        runs: of('check-ended').length,
      },
      tests: tests(checks),
      findings: Object.fromEntries(['blocker', 'major', 'minor', 'note'].map(name => [name, severity(name)])),
      verdicts: {
        approved: of('verdict').filter(one => one.approve).length,
        refused: of('verdict').filter(one => !one.approve).length,
      },
      commands: {
        run: of('command-ended').filter(one => one.ended !== 'not-started').length,
        failed: of('command-ended').filter(
          one => one.ended !== 'not-started' && (one.ended !== 'exit' || one.exit !== 0),
        ).length,
      },
    },
    artifacts: of('artifact-published').map(({ version, bytes }) => ({ version, bytes })),
  };

  function parallel(find: typeof of, ids: readonly string[]) {
    const edges = ids
      .flatMap(id => [
        ...find('task-started').flatMap(one => (one.task === id ? [{ at: one.at, seq: seqOf(one), by: 1, id }] : [])),
        ...find('task-completed').flatMap(one =>
          one.task === id ? [{ at: one.at, seq: seqOf(one), by: -1, id }] : [],
        ),
        ...find('task-failed').flatMap(one => (one.task === id ? [{ at: one.at, seq: seqOf(one), by: -1, id }] : [])),
      ])
      .sort((a, b) => a.seq - b.seq);
    let [working, since, taskMs, busyMs, most] = [0, 0, 0, 0, 0];
    for (const { at, by } of edges) {
      taskMs += working * (at - since);
      busyMs += working > 0 ? at - since : 0;
      since = at;
      working += by;
      most = Math.max(most, working);
    }
    return {
      mostAtOnce: most,
      taskMs,
      busyMs,
      speedUp: Math.round((100 * taskMs) / busyMs) / 100,
      groups: [{ mostAtOnce: most }],
    };
  }

  function seqOf(event: object): number {
    return (event as JournalEvent).seq;
  }
}
