import type { WorkspaceFiles } from '../ports.ts';
import { guidanceText, rootGuidance } from './guidance.ts';
import type { ProjectTexts } from './roles/roles.ts';
import { type CommandTime, type Surroundings, surroundingsText } from './surroundings.ts';

const FILES_LISTED = 200;
const FILES_COUNTED = 5000;

export interface BriefSources {
  files: WorkspaceFiles;
  /** Absent: there is no guidance. */
  texts?: ProjectTexts | undefined;
  surroundings?: Surroundings | undefined;
  /** How long its commands took last time. */
  times?: readonly CommandTime[] | undefined;
  /** As in 2026-11-28. */
  day: string;
}

/** What one must know of a workspace to work in it: where it is, its files, and what it says to agents. */
export async function workspaceBrief(sources: BriefSources, signal: AbortSignal): Promise<string> {
  const { files, texts, surroundings, times = [], day } = sources;
  const { files: listed, more } = await files.list({ limit: FILES_COUNTED, signal });
  const paths = listed.map(file => file.path);
  const count = more ? `more than ${FILES_COUNTED}` : String(paths.length);
  const listing =
    paths.length === 0
      ? 'The workspace is empty.'
      : paths.length <= FILES_LISTED
        ? `Files of the workspace (${count}):\n${paths.join('\n')}`
        : `Folders of the workspace (${count} files), each with its number of files:\n${folders(paths).join('\n')}`;
  const where = await surroundingsText(surroundings, day, files, paths, times, signal);
  const guidance = texts && (await rootGuidance(texts));
  return [where, listing, ...(guidance ? [guidanceText(guidance)] : [])].join('\n\n');
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
