import type { WorkspaceFiles } from '../ports.ts';

/** What a host knows of the machine and the repository. */
export interface Surroundings {
  /** Such as "Linux". */
  os: string;
  /** Which language command lines are in. */
  shell: string;
  git?: {
    branch: string;
    /** Paths that are not committed. */
    changed: readonly string[];
  };
}

/** How long a command took when it last ran to its end. */
export interface CommandTime {
  command: string;
  ms: number;
}

const MANAGERS: readonly [file: string, manager: string][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['package.json', 'npm'],
  ['uv.lock', 'uv'],
  ['poetry.lock', 'poetry'],
  ['pyproject.toml', 'pip'],
  ['requirements.txt', 'pip'],
  ['Cargo.toml', 'cargo'],
  ['go.mod', 'go'],
  ['pom.xml', 'maven'],
  ['build.gradle', 'gradle'],
  ['build.gradle.kts', 'gradle'],
  ['Gemfile', 'bundler'],
  ['composer.json', 'composer'],
  ['Makefile', 'make'],
];
/** Scripts that say how work is checked come first. */
const TELLING = /^(test|check|lint|build|start|dev|type|format)/;
/** Characters of each list, so that all of it is about 150 tokens. */
const ROOM = { scripts: 220, changed: 150, times: 120 };
const MOST_SCRIPTS = 8;
const MOST_MANAGERS = 3;
const MOST_CHANGED = 6;
const LONGEST = 48;
const MOST_TIMES = 6;

const short = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text).replace(/\s+/g, ' ');

/** The first of them, as many as there is room for; one at least. */
function fitting(items: readonly string[], room: number): string[] {
  let left = room;
  return items.filter((item, at) => {
    left -= item.length + 2;
    return at === 0 || left >= 0;
  });
}

async function scriptsOf(files: WorkspaceFiles, signal: AbortSignal): Promise<string[]> {
  const path = await files.resolve('package.json', 'read');
  const file = path.ok ? await files.read(path.path, signal) : undefined;
  if (!file) return [];
  try {
    const { scripts } = JSON.parse(new TextDecoder().decode(file.bytes)) as { scripts?: Record<string, unknown> };
    const all = Object.entries(scripts ?? {}).flatMap(([name, line]) =>
      typeof line === 'string' ? [`${short(name)} (${short(line)})`] : [],
    );
    const sorted = [...all.filter(one => TELLING.test(one)), ...all.filter(one => !TELLING.test(one))];
    return fitting(sorted.slice(0, MOST_SCRIPTS), ROOM.scripts);
  } catch {
    return [];
  }
}

function changedText(changed: readonly string[]): string {
  if (changed.length === 0) return 'nothing uncommitted';
  const shown = fitting(changed.slice(0, MOST_CHANGED).map(short), ROOM.changed);
  const more = changed.length > shown.length ? ` and ${changed.length - shown.length} more` : '';
  return `uncommitted: ${shown.join(', ')}${more}`;
}

/** The longest ones: of those it matters to know. */
function timesText(times: readonly CommandTime[]): string {
  const told = times
    .filter(({ ms }) => ms >= 1000)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, MOST_TIMES)
    .map(({ command, ms }) => `${short(command)} ${Math.round(ms / 1000)} s`);
  return told.length > 0 ? `Commands took, when they last ran here: ${fitting(told, ROOM.times).join(', ')}.` : '';
}

/** Where the work takes place, in a few lines that stay the same for the whole session. */
export async function surroundingsText(
  known: Surroundings | undefined,
  day: string,
  files: WorkspaceFiles,
  paths: readonly string[],
  times: readonly CommandTime[],
  signal: AbortSignal,
): Promise<string> {
  const there = new Set(paths);
  const managers = [...new Set(MANAGERS.filter(([file]) => there.has(file)).map(([, manager]) => manager))];
  const scripts = there.has('package.json') ? await scriptsOf(files, signal) : [];
  const git = known?.git && `branch ${short(known.git.branch)}, ${changedText(known.git.changed)}`;
  const took = timesText(times);
  return [
    `Today is ${day}.${known ? ` The machine runs ${known.os}; commands are for ${known.shell}.` : ''}`,
    ...(git ? [`Git: ${git}.`] : []),
    ...(managers.length > 0 ? [`Built with: ${managers.slice(0, MOST_MANAGERS).join(', ')}.`] : []),
    ...(scripts.length > 0 ? [`Scripts of package.json: ${scripts.join(', ')}.`] : []),
    ...(took === '' ? [] : [took]),
  ].join('\n');
}
