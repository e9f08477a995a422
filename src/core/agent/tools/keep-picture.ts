import type { ToolContext } from './tool.ts';

interface Picture {
  /** Chosen when nothing can come in between any more. */
  name: string | (() => string);
  mediaType: string;
  bytes: Uint8Array;
}

/** Keeps a picture as an artifact, for people and for other agents, and tells its name; the same one twice is one version. */
export async function keepPicture({ name: named, mediaType, bytes }: Picture, context: ToolContext): Promise<string> {
  const { host, agent, task } = context;
  const blob = await host.journal.putBlob(bytes);
  const name = typeof named === 'string' ? named : named();
  const latest = host.journal.state.artifacts.get(name)?.at(-1);
  if (latest?.blob === blob) return name;
  host.journal.append({
    type: 'artifact-published',
    artifact: name,
    version: (latest?.version ?? 0) + 1,
    agent,
    ...(task && { task: task.id }),
    mediaType,
    blob,
    bytes: bytes.length,
  });
  return name;
}
