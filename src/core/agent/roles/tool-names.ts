import { TOOL_NAMES, USUAL_TOOLS } from '../tools/toolset.ts';

const READ = ['read_file', 'list_files'];
const EDIT = ['edit_file', 'write_file', 'delete_file'];
const SEARCH = ['search', 'list_files'];

/** What other agent formats call their tools, in lower case and without a group in front, and which of ours do that. */
const FOREIGN = new Map<string, readonly string[]>(
  Object.entries({
    read: READ,
    readfile: READ,
    view: READ,
    notebookread: READ,
    ls: ['list_files'],
    listdirectory: ['list_files'],
    glob: SEARCH,
    grep: SEARCH,
    search: SEARCH,
    codebase: SEARCH,
    textsearch: SEARCH,
    filesearch: SEARCH,
    findtestfiles: SEARCH,
    usages: SEARCH,
    searchresults: SEARCH,
    edit: EDIT,
    multiedit: EDIT,
    write: EDIT,
    notebookedit: EDIT,
    editfiles: EDIT,
    createfile: EDIT,
    createdirectory: EDIT,
    new: EDIT,
    bash: ['run_command'],
    shell: ['run_command'],
    powershell: ['run_command'],
    execute: ['run_command'],
    runcommands: ['run_command'],
    runinterminal: ['run_command'],
    runtests: ['run_command'],
    runtasks: ['run_command'],
    terminal: ['run_command'],
    bashoutput: ['background_command'],
    killshell: ['background_command'],
    getterminaloutput: ['background_command'],
    todowrite: ['set_steps'],
    todo: ['set_steps'],
    todos: ['set_steps'],
    openbrowser: ['browser'],
    simplebrowser: ['browser'],
    opensimplebrowser: ['browser'],
    askuserquestion: ['ask_user'],
    askquestions: ['ask_user'],
    fetch: ['fetch_page'],
    webfetch: ['fetch_page'],
    fetchwebpage: ['fetch_page'],
    task: ['look_into'],
    agent: ['look_into'],
    runsubagent: ['look_into'],
    // Everybody has it where there are skills.
    skill: [],
  }),
);

/** Foreign formats know nothing of how a team talks, so their roles always may. */
export const TEAM_TOOLS: readonly string[] = ['read_artifact', 'publish_artifact', 'note_decision', 'ask_user'];

/**
 * Our tools for a name in a role file; undefined where we have none. Names may carry a group ("search/codebase") or a
 * pattern ("Bash(git:*)"), which does not narrow anything here: the command policy decides.
 */
export function toolsNamed(name: string): readonly string[] | 'all' | undefined {
  const plain = name.trim().replace(/\(.*\)$/, '');
  if (plain === '*') return 'all';
  if (TOOL_NAMES.includes(plain)) return [plain];
  const [group = '', ...rest] = plain.toLowerCase().split('/');
  const last = rest.at(-1);
  if (last === undefined) return FOREIGN.get(group);
  return FOREIGN.get(last) ?? (last === '*' ? FOREIGN.get(group) : undefined);
}

/** All that can be taken away from a role, for formats that list what is forbidden. */
export const ALL_TOOLS: readonly string[] = USUAL_TOOLS;
