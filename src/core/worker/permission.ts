import type { Claims } from '../agent/claims.ts';
import type { Attention, CommandJudge } from '../agent/contract.ts';
import type { WorkspaceFiles } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { WorkerPath, WorkerPermission, WorkerTool } from './contract.ts';

export interface PermissionHost {
  journal: Journal;
  attention: Attention;
  judge: CommandJudge;
  files: Pick<WorkspaceFiles, 'resolve'>;
}

/** In whose name a CLI agent asks. */
export interface Asker {
  agent: string;
  worker: string;
  claims: Claims;
}

/** The rule of a command that a person allowed for always. */
const ANSWERED = 'answered-for-always';

type Denial = { kind: 'command' | 'path'; what: string; rule: string; advice: string };

/** Why it may not write there, once it was given what no other task needs. */
export async function deniedWrite(
  paths: readonly WorkerPath[],
  claims: Claims,
  files: Pick<WorkspaceFiles, 'resolve'>,
): Promise<Denial | undefined> {
  const outside = paths.find(({ inside }) => !inside);
  if (outside) {
    const advice = 'A CLI agent writes in its own copy of the workspace, and nowhere else.';
    return { kind: 'path', what: outside.path, rule: 'outside-workspace', advice };
  }
  for (const { path } of paths) {
    if (claims.allows(path)) continue;
    const resolved = await files.resolve(path, 'write');
    if (!resolved.ok) return { kind: 'path', what: path, rule: resolved.reason, advice: 'No agent may write it.' };
    const taken = claims.grow(resolved.path);
    if (taken === undefined) continue;
    const mine =
      claims.globs.length > 0
        ? `This task may write only: ${claims.globs.join(', ')}.`
        : 'This task may not write any file.';
    return { kind: 'path', what: path, rule: 'outside-claim', advice: `${mine} ${taken}` };
  }
  return undefined;
}

/**
 * Answers what a CLI agent asks: what policy and claims decide is decided, everything else a person is asked. Its edits
 * in its own copy need nobody, as those of any agent: they are reviewed when they have landed.
 */
export async function permit(
  tool: WorkerTool,
  asker: Asker,
  { journal, attention, judge, files }: PermissionHost,
  signal: AbortSignal,
): Promise<WorkerPermission> {
  const { agent, worker } = asker;
  const deny = (denial: Denial): WorkerPermission => {
    journal.append({ type: 'permission-denied', agent, ...denial });
    return 'deny';
  };
  const ask = async (
    kind: 'command' | 'path' | 'tool',
    what: string,
    rule: string,
    { folder, prefix }: { folder?: string | undefined; prefix?: string | undefined } = {},
  ): Promise<WorkerPermission> => {
    const why = tool.title !== what && { why: tool.title };
    const place = folder !== undefined && folder !== '.' && { folder };
    const answer = await attention.permission(
      { agent, kind, what, rule, ...place, ...why, ...(prefix !== undefined && { prefix }) },
      signal,
    );
    return signal.aborted ? 'cancelled' : answer.decision;
  };
  const outside = tool.paths.find(({ inside }) => !inside);
  switch (tool.kind) {
    case 'think':
      return 'allow';
    case 'edit': {
      const denial = await deniedWrite(tool.paths, asker.claims, files);
      if (denial) return deny(denial);
      return tool.paths.length > 0 ? 'allow' : ask('path', tool.title, `${worker}: edit`);
    }
    case 'read':
    case 'search':
      return outside ? ask('path', outside.path, `${worker}: outside-workspace`) : 'allow';
    case 'execute': {
      // Some tell the command only as a title: good enough to be refused or asked about, or allowed by a person before.
      const { command = tool.title, at } = tool;
      const { verdict, rule, advice, prefix } = judge(command, at?.path);
      if (verdict === 'deny') return deny({ kind: 'command', what: command, rule, advice });
      const sure = tool.command !== undefined || rule === ANSWERED;
      return verdict === 'allow' && sure
        ? 'allow'
        : ask('command', command, rule, { folder: at?.path, ...(tool.command !== undefined && { prefix }) });
    }
    case 'fetch':
    case 'other':
      return ask('tool', tool.title, `${worker}: ${tool.kind === 'other' ? tool.title : tool.kind}`);
  }
}
