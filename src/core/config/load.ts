import { Config } from '../../protocol/config.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import { own } from '../own.ts';
import type { PlanPath } from '../plan/problem.ts';
import { pathText } from '../plan/problem.ts';
import { shapeProblems } from '../plan/shape.ts';
import { readPlanText } from '../plan/text.ts';
import { type Parts, splitWorkspace, waitingRoles, withAgreed } from './agreement.ts';
import { environmentConfig } from './environment.ts';
import { knownProviders } from './known-providers.ts';
import type { McpServers } from './mcp-servers.ts';
import { mergeConfig } from './merge.ts';
import type { ConfigProblem } from './problem.ts';

export interface ConfigSources {
  /** The user's own: settings of the editor as a value, or a file as text. */
  user?: { source: string; text?: string; value?: unknown };
  workspace?: { source: string; text: string };
  /** The CLI agents that roles of the workspace name, by the role. */
  roleWorkers?: Readonly<Record<string, string>>;
  /** The servers of tools that the workspace names. */
  servers?: McpServers;
  environment?: Readonly<Record<string, string | undefined>>;
  flags?: Config;
}

export interface LoadedConfig {
  config: Config;
  /** All mistakes at once. With an error among them nothing should run. */
  problems: ConfigProblem[];
  /** What of the workspace waits for the user's agreement; not in `config` until it is given. */
  sensitive?: Parts;
  /** Servers of tools that the user has agreed to. */
  servers?: McpServers;
}

/** `agreed` says whether the user agreed to exactly these parts of this workspace. */
export async function loadConfig(
  sources: ConfigSources,
  agreed: (parts: Parts) => boolean | Promise<boolean> = () => false,
): Promise<LoadedConfig> {
  const problems: ConfigProblem[] = [];
  let config = read(sources.user, problems);
  const roles = waitingRoles(sources.roleWorkers ?? {}, config);
  let sensitive: Parts | undefined = roles && { roles };
  if (sources.workspace) {
    const said = withoutWorkers(read(sources.workspace, problems), sources.workspace.source, problems);
    const { free, parts } = splitWorkspace(said, config);
    config = mergeConfig(config, free);
    if (parts) sensitive = { ...parts, ...sensitive };
  }
  const named = sources.servers && Object.keys(sources.servers).length > 0 ? sources.servers : undefined;
  if (named) sensitive = { ...sensitive, servers: named };
  let servers: McpServers | undefined;
  if (sensitive && (await agreed(sensitive))) {
    config = withAgreed(config, sensitive);
    servers = sensitive.servers;
    sensitive = undefined;
  }
  const environment = environmentConfig(sources.environment ?? {}, name => kindOf(config, name));
  problems.push(...environment.problems);
  for (const { variable, value } of environment.values) {
    config = mergeConfig(config, read({ source: variable, value }, problems));
  }
  if (sources.flags) config = mergeConfig(config, sources.flags);
  problems.push(...routeProblems(config, sources, sensitive));
  return { config, problems, ...(sensitive && { sensitive }), ...(servers && { servers }) };
}

const kindOf = (config: Config, name: string) =>
  config.providers?.[name]?.kind ?? own(knownProviders, name)?.entry.kind;

function read(
  source: { source: string; text?: string; value?: unknown } | undefined,
  problems: ConfigProblem[],
): Config {
  if (!source) return {};
  const text = source.text === undefined ? undefined : readPlanText(source.text);
  const value = text ? text.value : source.value;
  if (text?.problems.length) {
    problems.push(...text.problems.map(problem => ({ ...placed(problem), source: source.source })));
    return {};
  }
  // An empty file, or one with comments only.
  if (value === null || value === undefined) return {};
  const parsed = Config.safeParse(value);
  if (parsed.success) return parsed.data;
  const found = shapeProblems(parsed.error.issues, value, [], knownKeys);
  const all = found.map(problem => ({ ...placed(text ? text.locate(problem) : problem), source: source.source }));
  problems.push(...all.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)));
  return {};
}

/** What a CLI agent is started with is the user's alone: no agreement to a workspace's file covers it. */
function withoutWorkers({ workers, ...config }: Config, source: string, problems: ConfigProblem[]): Config {
  if (workers) {
    const message = '"workers" is read from your own settings only; what stands here is passed over';
    problems.push({ severity: 'warning', source, message });
  }
  return config;
}

function placed(problem: { message: string; line?: number; column?: number }): Omit<ConfigProblem, 'source'> {
  const { message, line, column } = problem;
  return { severity: 'error', message, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}

/** The keys an object at a path of the schema may have. */
function knownKeys(path: PlanPath): readonly string[] | undefined {
  let at: unknown = Config;
  for (const part of path) at = below(at, part);
  const shape = (unwrapped(at) as { shape?: object } | undefined)?.shape;
  return shape && Object.keys(shape);
}

type Schema = { unwrap?: () => unknown; shape?: Record<string, unknown>; valueType?: unknown; element?: unknown };

function unwrapped(schema: unknown): unknown {
  let at = schema as Schema | undefined;
  while (at?.unwrap && !at.shape && !at.element) at = at.unwrap() as Schema;
  return at;
}

function below(schema: unknown, part: string | number): unknown {
  const at = unwrapped(schema) as Schema | undefined;
  return at?.shape?.[part] ?? at?.valueType ?? at?.element;
}

/** Routes must name providers that exist; a typing mistake here would only show when the model is needed. */
function routeProblems(config: Config, sources: ConfigSources, sensitive: Config | undefined): ConfigProblem[] {
  const names = new Set([...Object.keys(knownProviders), ...Object.keys(config.providers ?? {}), 'vscode']);
  const source = sources.workspace?.source ?? sources.user?.source ?? 'configuration';
  return Object.entries(config.routes ?? {}).flatMap(([role, route]) =>
    route.flatMap(model => {
      const provider = providerOf(model);
      if (names.has(provider)) return [];
      const aside = Object.hasOwn(sensitive?.providers ?? {}, provider);
      const why = aside
        ? `the provider "${provider}" of this workspace is set aside until you agree to it: orchestrate trust`
        : `there is no provider "${provider}"; known are ${[...names].join(', ')}`;
      return [
        {
          severity: 'error' as const,
          source,
          message: `${pathText(['routes', role])} names "${model}", but ${why}`,
        },
      ];
    }),
  );
}
