import type { WorkspaceFiles } from '../ports.ts';

const FILES_LISTED = 200;
const FILES_COUNTED = 5000;
const INSTRUCTIONS_LIMIT = 20_000;

/** What one must know of a workspace to plan work in it: its files, and what AGENTS.md says to agents. */
export async function workspaceBrief(files: WorkspaceFiles, signal: AbortSignal): Promise<string> {
  const { files: listed, more } = await files.list({ limit: FILES_COUNTED, signal });
  const paths = listed.map(file => file.path);
  const count = more ? `more than ${FILES_COUNTED}` : String(paths.length);
  const listing =
    paths.length === 0
      ? 'The workspace is empty.'
      : paths.length <= FILES_LISTED
        ? `Files of the workspace (${count}):\n${paths.join('\n')}`
        : `Folders of the workspace (${count} files), each with its number of files:\n${folders(paths).join('\n')}`;
  const path = await files.resolve('AGENTS.md', 'read');
  const instructions = path.ok ? await files.read(path.path, signal) : undefined;
  if (!instructions) return listing;
  const text = new TextDecoder().decode(instructions.bytes).slice(0, INSTRUCTIONS_LIMIT);
  return `${listing}\n\nWhat AGENTS.md says to agents in this workspace:\n${text}`;
}

/** Folders two levels deep with the number of files below, the files of the root by name. */
function folders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const parts = path.split('/');
    const folder = parts.length === 1 ? path : `${parts.slice(0, Math.min(2, parts.length - 1)).join('/')}/`;
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const lines = [...counts].map(([folder, count]) => (folder.endsWith('/') ? `${folder} (${count})` : folder));
  return lines.length > FILES_LISTED ? [...lines.slice(0, FILES_LISTED), '…'] : lines;
}
