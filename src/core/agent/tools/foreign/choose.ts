import { starMatcher } from '../../../glob.ts';
import type { ForeignTool } from '../../../ports.ts';
import type { ForeignChoice } from '../../contract.ts';

/** More than this, and the models' own limits are near; each costs tokens with every request. */
const MAX_TOOLS = 64;

/** How VS Code names the tools of a server: `mcp_`, the beginning of the server's name, `_`, the tool's name. */
const SERVER_TOOL = 'mcp_';
const SERVER_LETTERS = 13;

/** The editor's own tools do what ours do, past the claims, the review and the command policy: only their names choose them. */
const EDITORS_OWN = /^(copilot_|vscode_|run_in_terminal$|create_and_run_task$|manage_todo_list$|runSubagent$)/;

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9_-]+/g, '_');
const matcher = (pattern: string) => {
  const matches = starMatcher(pattern.toLowerCase());
  return (name: string) => matches(name.toLowerCase());
};

/** `server/tool`, also where it is written `mcp__server__tool` or, for all of a server, `mcp__server`. */
function serverAndTool(pattern: string): [server: string, tool: string] | undefined {
  const claude = /^mcp__(.+?)(?:__(.+))?$/i.exec(pattern);
  if (claude) return [claude[1] ?? '', claude[2] ?? '*'];
  const slash = pattern.lastIndexOf('/');
  return slash > 0 ? [pattern.slice(0, slash), pattern.slice(slash + 1)] : undefined;
}

function choosing(pattern: string): (tool: ForeignTool) => boolean {
  const whole = matcher(pattern);
  const broad = pattern.includes('*');
  const [server, tool] = serverAndTool(pattern) ?? [];
  const ofServer =
    server !== undefined && tool !== undefined
      ? matcher(
          `${SERVER_TOOL}${plain(server.replaceAll('*', '')).slice(0, SERVER_LETTERS)}_${tool === '*' ? tool : plain(tool)}`,
        )
      : undefined;
  return ({ name, aliases = [] }) => {
    if (broad && EDITORS_OWN.test(name)) return false;
    return whole(name) || aliases.some(alias => whole(alias)) || ofServer?.(name) === true;
  };
}

/** Whether a name in a role file means any of these tools. */
export const meansAny = (pattern: string, tools: readonly ForeignTool[]): boolean => tools.some(choosing(pattern));

/** The tools a role may use of those there are: what it names, and nothing where it names nothing. */
export function chosenTools(
  choice: ForeignChoice | undefined,
  tools: readonly ForeignTool[],
): { tools: ForeignTool[]; left: number } {
  if (!choice) return { tools: [], left: 0 };
  const wanted = choice.names.map(choosing);
  const unwanted = (choice.except ?? []).map(choosing);
  const found = tools
    .filter(tool => wanted.some(is => is(tool)) && !unwanted.some(is => is(tool)))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { tools: found.slice(0, MAX_TOOLS), left: Math.max(0, found.length - MAX_TOOLS) };
}
