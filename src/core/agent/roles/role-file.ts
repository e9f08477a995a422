import { ModelRef, Name, type RelPath } from '../../../protocol/ids.ts';
import { providerOf } from '../../../protocol/model-ref.ts';
import type { ForeignTool } from '../../ports.ts';
import type { ForeignChoice, RoleSpec } from '../contract.ts';
import { type Field, readFrontmatter } from '../frontmatter.ts';
import { meansAny } from '../tools/foreign/choose.ts';
import { ALL_TOOLS, TEAM_TOOLS, toolsNamed } from './tool-names.ts';

/** Something in a role file that is not as it should be; never a reason to stop. */
export interface RoleProblem {
  path: RelPath;
  /** Counted from 1. */
  line: number;
  /** `error`: the role is not there; `warning`: a part of it is passed over. */
  severity: 'error' | 'warning';
  text: string;
}

export interface RoleFile {
  path: RelPath;
  text: string;
}

export interface RoleFileOptions {
  /** The tools of others that are there now; absent where there can be none. */
  foreign?: readonly ForeignTool[];
  /** Providers that are configured: a role may choose among them and add none. */
  providers?: ReadonlySet<string>;
  /** CLI agents that the user has and has chosen: a role may name one, and says nothing of how it is started. */
  workers?: ReadonlySet<string>;
}

const MAX_INSTRUCTIONS = 30_000;
const MAX_DESCRIPTION = 1000;
const OURS = new Set([
  'name',
  'description',
  'tools',
  'model',
  'route',
  'effort',
  'longestAnswer',
  'worker',
  'checker',
]);
/** Keys of the other formats that mean nothing here, and are no mistake. */
const FOREIGN = new Set(
  (
    'target argument-hint agents user-invocable user-invokable disable-model-invocation infer handoffs mcp-servers ' +
    'metadata hooks disallowedTools permissionMode maxTurns skills mcpServers memory background isolation color ' +
    'initialPrompt disabled license version'
  ).split(' '),
);
const FORBIDDEN = /key|token|secret|password|credential|base.?url|endpoint|headers?$/i;

type Report = (line: number, text: string, severity?: RoleProblem['severity']) => void;

const strings = (value: unknown): string[] | undefined => {
  if (typeof value === 'string') {
    return value
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '');
  }
  return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined;
};

const fileName = (path: RelPath) => (path.split('/').at(-1) ?? path).replace(/(\.agent)?\.md$/i, '');

const nameFrom = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '');

function readName(path: RelPath, field: Field | undefined, report: Report): string | undefined {
  const written = field ? (typeof field.value === 'string' ? field.value : undefined) : fileName(path);
  if (written === undefined) report(field?.line ?? 1, '"name" must be text; the name of the file is used.');
  const name = nameFrom(written ?? fileName(path)) || nameFrom(fileName(path));
  if (Name.safeParse(name).success) return name;
  report(
    field?.line ?? 1,
    'There is no name that can be used: letters, digits, "-", "_" and ".", at most 64.',
    'error',
  );
  return undefined;
}

interface Named {
  ours: Set<string>;
  /** All of ours are meant; tools of others are never meant by it. */
  all: boolean;
  foreign: string[];
}

function readNames(
  fields: Map<string, Field>,
  key: string,
  options: RoleFileOptions,
  report: Report,
): Named | undefined {
  const field = fields.get(key);
  if (!field || field.value === null) return undefined;
  const names = strings(field.value);
  if (!names) {
    report(field.line, `"${key}" must be a list of names; it is passed over.`);
    return undefined;
  }
  const named: Named = { ours: new Set(), all: false, foreign: [] };
  for (const name of names) {
    const ours = toolsNamed(name);
    if (ours === 'all') named.all = true;
    else if (ours) for (const tool of ours) named.ours.add(tool);
    else if (options.foreign === undefined) {
      report(field.line, `There is no tool like "${name}" here; it is passed over.`);
    } else {
      named.foreign.push(name);
      if (!meansAny(name, options.foreign)) {
        report(
          field.line,
          `There is no tool like "${name}" here now; it can be used once an extension or a server brings it.`,
        );
      }
    }
  }
  return named;
}

function readTools(
  fields: Map<string, Field>,
  options: RoleFileOptions,
  report: Report,
): { tools?: string[]; foreign?: ForeignChoice } {
  const allowed = readNames(fields, 'tools', options, report);
  const forbidden = readNames(fields, 'disallowedTools', options, report);
  const names = allowed?.foreign ?? [];
  const except = forbidden?.foreign ?? [];
  const foreign = names.length > 0 && !forbidden?.all && { foreign: { names, ...(except.length > 0 && { except }) } };
  const usual = allowed === undefined || allowed.all;
  if (usual && forbidden === undefined) return { ...foreign };
  const base = usual ? ALL_TOOLS : [...allowed.ours, ...TEAM_TOOLS];
  if (forbidden?.all) return { tools: [] };
  return { tools: [...new Set(base)].filter(tool => !forbidden?.ours.has(tool)), ...foreign };
}

function readRoute(fields: Map<string, Field>, options: RoleFileOptions, report: Report): string[] {
  const route: string[] = [];
  for (const key of ['route', 'model']) {
    const field = fields.get(key);
    if (!field || field.value === null) continue;
    const models = strings(field.value);
    if (!models) {
      report(field.line, `"${key}" must be one model or a list of models; it is passed over.`);
      continue;
    }
    for (const model of models) {
      if (model === 'inherit') continue;
      const provider = providerOf(model);
      if (!ModelRef.safeParse(model).success) {
        report(field.line, `"${model}" is not written as "provider/model"; the usual routing is used instead.`);
      } else if (options.providers && !options.providers.has(provider)) {
        report(field.line, `There is no provider "${provider}" in the configuration; "${model}" is passed over.`);
      } else if (!route.includes(model)) route.push(model);
    }
  }
  return route;
}

const MOST_OF_AN_ANSWER = 128_000;

function readLongestAnswer(field: Field | undefined, report: Report): number | undefined {
  if (!field || field.value === null) return undefined;
  const { value } = field;
  if (Number.isInteger(value) && (value as number) >= 1024 && (value as number) <= MOST_OF_AN_ANSWER)
    return value as number;
  report(field.line, `"longestAnswer" is a number of tokens from 1024 to ${MOST_OF_AN_ANSWER}; it is passed over.`);
  return undefined;
}

function readEffort(field: Field | undefined, report: Report): RoleSpec['effort'] {
  if (!field || field.value === null) return undefined;
  const known = (['none', 'low', 'medium', 'high'] as const).find(effort => effort === field.value);
  if (!known) report(field.line, '"effort" is one of none, low, medium, high; it is passed over.');
  return known;
}

function readWorker(field: Field | undefined, options: RoleFileOptions, report: Report): string | undefined {
  if (!field || field.value === null) return undefined;
  const named = Name.safeParse(field.value);
  if (!named.success) {
    report(
      field.line,
      '"worker" is the name of one CLI agent, such as claude; commands are never read from a role file.',
    );
    return undefined;
  }
  if (options.workers && !options.workers.has(named.data)) {
    report(
      field.line,
      `There is no CLI agent "${named.data}" here that you have agreed to; models do the work instead.`,
    );
  }
  return named.data;
}

const LONGEST_COMMAND = 500;

function readChecker(field: Field | undefined, report: Report): string | undefined {
  if (!field || field.value === null) return undefined;
  const { value } = field;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_COMMAND && !value.includes('\n'))
    return value.trim();
  report(field.line, '"checker" is one command line, such as npx tsc --noEmit; it is passed over.');
  return undefined;
}

function checkKeys(fields: Map<string, Field>, report: Report): void {
  for (const [key, { line }] of fields) {
    if (OURS.has(key) || FOREIGN.has(key)) continue;
    if (FORBIDDEN.test(key)) {
      report(
        line,
        `"${key}" is never read from a role file: keys, addresses and permissions come from the user alone.`,
      );
    } else report(line, `"${key}" means nothing in a role file; it is passed over.`);
  }
}

function readDescription(field: Field | undefined, body: string, report: Report): string {
  if (typeof field?.value === 'string' && field.value.trim() !== '') {
    return field.value.trim().replace(/\s+/g, ' ').slice(0, MAX_DESCRIPTION);
  }
  report(
    field?.line ?? 1,
    'There is no "description", by which the planner chooses; the first line of the text is used.',
  );
  const first = body.split('\n').find(line => line.trim() !== '') ?? '';
  return first
    .replace(/^#+\s*/, '')
    .trim()
    .slice(0, 200);
}

/** Reads one role file of any of the known formats. What is wrong is reported with its line; the rest is used. */
export function readRoleFile(
  { path, text }: RoleFile,
  options: RoleFileOptions = {},
): { role?: RoleSpec; problems: RoleProblem[] } {
  const problems: RoleProblem[] = [];
  const report: Report = (line, said, severity = 'warning') => problems.push({ path, line, severity, text: said });
  const { fields, body, problems: mistakes } = readFrontmatter(text);
  for (const mistake of mistakes) report(mistake.line, mistake.text);
  if (fields.get('disabled')?.value === true) return { problems };
  checkKeys(fields, report);
  const name = readName(path, fields.get('name'), report);
  if (body === '') report(1, 'There are no instructions under the header.', 'error');
  if (!name || body === '') return { problems };
  if (body.length > MAX_INSTRUCTIONS) {
    report(1, `The instructions have ${body.length} characters; only the first ${MAX_INSTRUCTIONS} are used.`);
  }
  const tools = readTools(fields, options, report);
  const route = readRoute(fields, options, report);
  const effort = readEffort(fields.get('effort'), report);
  const maxOutputTokens = readLongestAnswer(fields.get('longestAnswer'), report);
  const worker = readWorker(fields.get('worker'), options, report);
  const checker = readChecker(fields.get('checker'), report);
  const description = readDescription(fields.get('description'), body, report);
  return {
    problems,
    role: {
      name,
      description,
      instructions: body.slice(0, MAX_INSTRUCTIONS),
      source: path,
      ...tools,
      ...(route.length > 0 && { route }),
      ...(effort && { effort }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(worker && { worker }),
      ...(checker !== undefined && { checker }),
    },
  };
}
