import type { Hash, RelPath } from '../../../protocol/ids.ts';
import type { SeenFile } from '../../changes/contract.ts';
import type { ToolResult } from '../contract.ts';
import { problemsAfter } from './problems-after.ts';
import { type Refusal, refuse, type ToolContext } from './tool.ts';

/** An agent changes only what it knows: refuses a file it has not read, or has read in an older version. */
export function checkSeen(
  context: ToolContext,
  path: RelPath,
  current: SeenFile | undefined,
  whole: 'whole' | 'any-part',
): Refusal | undefined {
  const known = context.seen.version(path);
  const hash = current?.hash ?? null;
  if (!known) {
    if (hash === null) return undefined;
    return refuse('stale-read', `"${path}" exists already and you have not read it. Read it first, then change it.`);
  }
  if (known.hash !== hash) return changedSinceRead(path, hash);
  if (whole === 'whole' && !known.whole) {
    return refuse(
      'partly-read',
      `You have read only a part of "${path}", so writing all of it would lose the rest. Read the other lines too, or change the part with edit_file.`,
    );
  }
  return undefined;
}

const changedSinceRead = (path: RelPath, actual: Hash | null): Refusal =>
  actual === null
    ? {
        ...refuse(
          'stale-read',
          `"${path}" changed since you read it: it has been deleted. Write it again only if it must exist.`,
        ),
        seen: { path, hash: null },
      }
    : refuse(
        'stale-read',
        `"${path}" changed since you read it. Read it again and base your change on what stands there now.`,
      );

/** Journaled as every write of an agent, over the version that was checked. */
export async function writeThrough(
  context: ToolContext,
  path: RelPath,
  content: string | null,
  current: SeenFile | undefined,
  said: string,
): Promise<ToolResult> {
  const { agent, task, model, host, signal } = context;
  const author = { agent, ...(task && { task: task.id }), ...(model && { model }) };
  const result = await host.agentFiles.write({ path, content, author, seen: current?.hash ?? null }, signal);
  if (result.ok) {
    const problems = content === null ? '' : await problemsAfter(context, path);
    return { ok: true, output: said + problems, seen: { path, hash: result.hash } };
  }
  if (result.reason === 'changed-since-read') return changedSinceRead(path, result.actual);
  return refuse(
    'failed',
    `"${path}" could not be written: ${result.message}. Nothing was changed. If it fails again, use report_blocker.`,
  );
}
