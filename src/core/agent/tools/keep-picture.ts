import type { ToolContext } from './tool.ts';

interface Picture {
  name: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** Keeps a picture as an artifact, for people and for other agents; the same one twice is one version. */
export async function keepPicture({ name, mediaType, bytes }: Picture, context: ToolContext): Promise<void> {
  const { host, agent, task } = context;
  const blob = await host.journal.putBlob(bytes);
  const latest = host.journal.state.artifacts.get(name)?.at(-1);
  if (latest?.blob === blob) return;
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
}
