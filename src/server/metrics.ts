import type { SessionState, Tally } from '../core/session/state.ts';
import type { ModelRef } from '../protocol/ids.ts';
import { modelOf, providerOf } from '../protocol/model-ref.ts';
import type { Served } from './api/served.ts';

export const METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

type Labels = Record<string, string>;
interface Sample {
  labels: Labels;
  value: number;
  /** What the name ends with, where it is not what its type says. */
  end?: string;
}
interface Family {
  name: string;
  type: 'gauge' | 'counter' | 'summary';
  help: string;
  unit?: string;
  samples: Sample[];
}

/** Figures of the sessions that run and of the team, for programs that collect them: numbers and names, never a text. */
export async function metrics({ workspaces }: Served): Promise<string> {
  const sessions = workspaces.flatMap(({ name, host }) =>
    host.sessions.sessions.map(({ state, runs }) => ({ workspace: name, state, runs })),
  );
  const running = sessions.filter(({ runs }) => runs);
  const each = (sample: (state: SessionState) => Sample[]) =>
    running.flatMap(({ workspace, state }) =>
      sample(state).map(({ labels, ...rest }) => ({
        labels: { workspace, session: state.session, ...labels },
        ...rest,
      })),
    );
  const perModel = (samples: (tally: Tally, labels: Labels) => Sample[]) =>
    each(({ models }) => [...models].flatMap(([model, tally]) => samples(tally, modelLabels(model))));
  const teams = await Promise.all(
    workspaces.map(async ({ name, host }) => ({ workspace: name, ...(await host.runtime.station.read()) })),
  );
  const families: Family[] = [
    {
      name: 'orchestrate_sessions',
      type: 'gauge',
      help: 'Sessions that are shown, by whether somebody works on them',
      samples: workspaces.flatMap(({ name: workspace }) =>
        [true, false].map(runs => ({
          labels: { workspace, runs: String(runs) },
          value: sessions.filter(each => each.workspace === workspace && each.runs === runs).length,
        })),
      ),
    },
    {
      name: 'orchestrate_agents',
      type: 'gauge',
      help: 'Agents of running sessions, by status',
      samples: each(({ agents }) => tallied([...agents.values()].map(({ status }) => ({ status })))),
    },
    {
      name: 'orchestrate_tasks',
      type: 'gauge',
      help: 'Tasks of running sessions, by status',
      samples: each(({ tasks }) => tallied([...tasks.values()].map(({ status }) => ({ status })))),
    },
    {
      name: 'orchestrate_asks',
      type: 'gauge',
      help: 'Questions and permissions that wait for a person',
      samples: each(({ asks }) => [{ labels: {}, value: asks.size }]),
    },
    {
      name: 'orchestrate_queue_items',
      type: 'gauge',
      help: 'Work in the queue of the standing team, by status',
      samples: teams.flatMap(({ workspace, state }) =>
        tallied([...state.items.values()].map(({ status }) => ({ workspace, status }))),
      ),
    },
    {
      name: 'orchestrate_team_members',
      type: 'gauge',
      help: 'Members of a team that stands',
      samples: teams.flatMap(({ workspace, state, owner }) =>
        owner ? [{ labels: { workspace }, value: state.members.size }] : [],
      ),
    },
    {
      name: 'orchestrate_tokens',
      type: 'counter',
      help: 'Tokens of running sessions, by model and bucket; those that a vendor did not tell are missing',
      samples: perModel(({ usage }, labels) =>
        Object.entries(usage).map(([bucket, value]) => ({ labels: { ...labels, bucket }, value })),
      ),
    },
    {
      name: 'orchestrate_cost_dollars',
      type: 'counter',
      unit: 'dollars',
      help: 'What running sessions have cost, upper bounds where the vendor did not tell',
      samples: perModel(({ cost }, labels) => [{ labels, value: cost / 1e9 }]),
    },
    {
      name: 'orchestrate_calls',
      type: 'counter',
      help: 'Calls of models in running sessions, by result',
      samples: perModel(({ succeeded, failed, stopped }, labels) =>
        Object.entries({ succeeded, failed, stopped }).map(([result, value]) => ({
          labels: { ...labels, result },
          value,
        })),
      ),
    },
    {
      name: 'orchestrate_call_duration_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'How long the calls took that succeeded or failed',
      samples: perModel(({ ms, succeeded, failed }, labels) => [
        { labels, value: succeeded + failed, end: '_count' },
        { labels, value: ms / 1000, end: '_sum' },
      ]),
    },
  ];
  return `${families.map(text).join('')}# EOF\n`;
}

const modelLabels = (model: ModelRef): Labels => ({ provider: providerOf(model), model: modelOf(model) });

function text({ name, type, help, unit, samples }: Family): string {
  const usual = type === 'counter' ? '_total' : '';
  const lines = samples.map(({ labels, value, end = usual }) => `${name}${end}${labelsOf(labels)} ${value}\n`);
  const head = `# TYPE ${name} ${type}\n${unit === undefined ? '' : `# UNIT ${name} ${unit}\n`}# HELP ${name} ${help}\n`;
  return head + lines.join('');
}

/** Names come from plans and configurations: what would end a label is escaped. */
function labelsOf(labels: Labels): string {
  const said = Object.entries(labels).map(
    ([key, value]) => `${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return said.length === 0 ? '' : `{${said.join(',')}}`;
}

function tallied(all: readonly Labels[]): Sample[] {
  const found = new Map<string, Sample>();
  for (const labels of all) {
    const key = JSON.stringify(labels);
    const sample = found.get(key) ?? { labels, value: 0 };
    sample.value++;
    found.set(key, sample);
  }
  return [...found.values()];
}
