import type { RelPath } from '../../../protocol/ids.ts';
import type { RoleSpec } from '../contract.ts';
import { BUILT_IN_ROLES } from '../prompts/roles.ts';
import { type RoleFileOptions, type RoleProblem, readRoleFile } from './role-file.ts';

/** Texts that configure a project and are no part of what agents work on: role files, AGENTS.md. */
export interface ProjectTexts {
  /** Paths of the files directly in a folder; empty where there is no such folder. */
  list(folder: RelPath): Promise<RelPath[]>;
  /** Undefined where there is no such file inside the workspace; at most `limit` bytes of it. */
  read(path: RelPath, limit: number): Promise<string | undefined>;
}

export interface Roles {
  roles: Map<string, RoleSpec>;
  /** All mistakes, none of which stops anything. */
  problems: RoleProblem[];
}

const UNREADABLE =
  'It cannot be read: it is no ordinary file, or a link that leads out of the workspace or to a file that no agent may read. Put the text itself here.';
const MAX_FILES = 100;
const MAX_BYTES = 128_000;

/** Later folders replace roles of earlier ones, and all replace the built-in roles. */
const FOLDERS = [
  { folder: '.claude/agents', takes: /\.md$/i },
  { folder: '.github/agents', takes: /\.agent\.md$/i },
  { folder: '.orchestrate/agents', takes: /\.md$/i },
];

export async function loadRoles(texts: ProjectTexts, options: RoleFileOptions = {}): Promise<Roles> {
  const roles = new Map(BUILT_IN_ROLES.map(role => [role.name, role]));
  const problems: RoleProblem[] = [];
  for (const { folder, takes } of FOLDERS) {
    const here = new Map<string, string>();
    const paths = (await texts.list(folder)).filter(path => takes.test(path)).sort();
    for (const path of paths.slice(MAX_FILES)) {
      problems.push({
        path,
        line: 1,
        severity: 'error',
        text: `Only the first ${MAX_FILES} role files of a folder are read.`,
      });
    }
    for (const path of paths.slice(0, MAX_FILES)) {
      const text = await texts.read(path, MAX_BYTES);
      if (text === undefined) {
        problems.push({ path, line: 1, severity: 'error', text: UNREADABLE });
        continue;
      }
      const read = readRoleFile({ path, text }, options);
      problems.push(...read.problems);
      if (!read.role) continue;
      const { name } = read.role;
      const other = here.get(name);
      if (other) {
        problems.push({ path, line: 1, severity: 'error', text: `The role "${name}" is defined in ${other} already.` });
        continue;
      }
      here.set(name, path);
      roles.set(name, read.role);
    }
  }
  return { roles, problems };
}
