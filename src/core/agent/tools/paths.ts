import type { RelPath } from '../../../protocol/ids.ts';
import { patternMistake } from '../../plan/globs.ts';
import type { PathRefusal } from '../../ports.ts';
import { askToWrite } from '../ask-to-write.ts';
import { fence } from './fence.ts';
import { type Refusal, refuse, type ToolContext } from './tool.ts';

const ADVICE: Record<PathRefusal, string> = {
  'outside-workspace':
    'It lies outside the workspace. Use a path relative to the workspace root, such as "src/index.ts"; nothing outside can be read or written.',
  protected: 'It belongs to the version control or to Orchestrate itself, and no agent may touch it.',
  'secret-file': 'It may hold secrets. Work without its content: ask the user for what you need to know with ask_user.',
  'not-a-file': 'It is not a file. Use list_files to see what is in a folder.',
  invalid: 'It is not a path that can be used. Write it relative to the workspace root, with "/" between the parts.',
};
const GUARDED = new Set<PathRefusal>(['outside-workspace', 'protected', 'secret-file']);

type Resolved = { ok: true; path: RelPath } | Refusal;

const denied = (context: ToolContext, what: string, rule: string, advice: string): Refusal => {
  context.host.journal.append({ type: 'permission-denied', agent: context.agent, kind: 'path', what, rule, advice });
  return refuse(rule, `"${what}" was refused. ${advice}`);
};

/** Where a path that the model wrote leads, or why it may not be used. */
export async function resolvePath(context: ToolContext, path: string, access: 'read' | 'write'): Promise<Resolved> {
  const resolved = await context.host.files.resolve(path, access);
  if (resolved.ok) return resolved;
  const { reason } = resolved;
  if (GUARDED.has(reason)) return denied(context, path, reason, ADVICE[reason]);
  return refuse(reason, `"${path}" cannot be used. ${ADVICE[reason]}`);
}

/** Like `resolvePath`, and the task must have claimed the file or be given it, and a person agree where tools run something by it. */
export async function resolveForWriting(context: ToolContext, path: string): Promise<Resolved> {
  const resolved = await resolvePath(context, path, 'write');
  if (!resolved.ok) return resolved;
  const { host, agent, claims, signal } = context;
  const taken = claims.allows(resolved.path) ? undefined : claims.grow(resolved.path);
  if (taken === undefined) {
    const refused = await askToWrite(host, agent, resolved.path, signal);
    return refused === undefined ? resolved : refuse('denied', refused);
  }
  const { globs } = claims;
  const mine = globs.length ? `This task may write only: ${globs.join(', ')}.` : 'This task may not write any file.';
  return denied(
    context,
    resolved.path,
    'outside-claim',
    `${mine} ${taken} Work inside your own files, and name the change that is needed there in the summary of finish_task; if you cannot go on without it, use report_blocker.`,
  );
}

/** What may be asked or refused about a file before it is intended to be written. */
export async function permitWriting({ path }: { path: string }, context: ToolContext): Promise<Refusal | undefined> {
  const resolved = await resolveForWriting(context, path);
  return resolved.ok ? undefined : resolved;
}

/** A folder, by resolving a file that would stand in it, so that links in the way are followed. */
export async function resolveFolder(context: ToolContext, folder: string): Promise<Resolved> {
  const probe = 'orchestrate-folder-probe';
  const resolved = await resolvePath(context, `${folder.replace(/[\\/]+$/, '')}/${probe}`, 'write');
  if (!resolved.ok) return resolved;
  const path = resolved.path.slice(0, -probe.length).replace(/\/$/, '');
  return { ok: true, path: path === '' ? '.' : path };
}

/** There is no such file: says so, and names files that may have been meant. */
export async function notFound(context: ToolContext, path: RelPath): Promise<Refusal> {
  const name = path.split('/').at(-1) ?? path;
  const like = /[*?[\]{}()!+@]/.test(name)
    ? []
    : (await context.host.files.list({ globs: [`**/${name}`], limit: 5, signal: context.signal })).files;
  const meant = like.length
    ? ` Files of that name:\n${fence(context, like.map(file => file.path).join('\n'))}`
    : ' Use list_files or search to find it.';
  return refuse('not-found', `There is no file "${path}".${meant}`);
}

/** Globs that would not mean what was meant by them are said to be so, not looked for in vain. */
export function checkGlobs(globs: readonly string[] | undefined): Refusal | undefined {
  for (const glob of globs ?? []) {
    const mistake = patternMistake(glob.replace(/^!/, ''));
    if (mistake) return refuse('bad-arguments', `The glob "${glob.slice(0, 80)}" ${mistake}.`);
  }
  return undefined;
}
