import type { ForeignTool } from '../../ports.ts';
import type { ToolSpec } from '../../routing/contract.ts';
import type { JobKind, RoleSpec, Skill } from '../contract.ts';
import { addFinding } from './add-finding.ts';
import { askUser } from './ask-user.ts';
import { backgroundCommand } from './background-command.ts';
import { browser } from './browser.ts';
import { claimFiles } from './claim-files.ts';
import { deleteFile } from './delete-file.ts';
import { editFile } from './edit/edit-file.ts';
import { finishTask, reportBlocker } from './endings.ts';
import { fetchPage } from './fetch-page.ts';
import { fileBug } from './file-bug.ts';
import { areTooMany, lookedUp } from './foreign/look-up.ts';
import { foreignTool } from './foreign/tool.ts';
import { listFiles } from './list-files.ts';
import { lookInto } from './look-into.ts';
import { noteDecision } from './note-decision.ts';
import { publishArtifact } from './publish-artifact.ts';
import { readArtifact } from './read-artifact.ts';
import { readFile } from './read-file.ts';
import { revisePlan } from './revise-plan.ts';
import { runCommand } from './run-command.ts';
import { search } from './search.ts';
import { setSteps } from './set-steps.ts';
import { showChanges } from './show-changes.ts';
import { useSkill } from './skills/use-skill.ts';
import { toolSpec } from './spec.ts';
import type { Tool } from './tool.ts';
import { verdict } from './verdict.ts';
import { writeFile } from './write-file.ts';

const WRITING = [writeFile, editFile, deleteFile, claimFiles];
const READING = [listFiles, readFile, search, readArtifact];
const ASKING = [lookInto];
const WORKING = [
  ...READING,
  ...ASKING,
  ...WRITING,
  runCommand,
  backgroundCommand,
  publishArtifact,
  noteDecision,
  askUser,
  setSteps,
  browser,
  fetchPage,
];
const REVIEWING = [...READING, ...ASKING, runCommand, backgroundCommand, noteDecision, browser, fetchPage];
/** Costs more than most jobs need: an agent has it where its role says so. */
const NAMED_ONLY = [browser, fetchPage];
/** For those who test: whoever writes mends what they find. */
const TESTING = [fileBug];

/** What may be chosen from, and what cannot be taken away because it ends the job. */
const KITS: Record<'work' | 'review' | 'escalation' | 'look', { chosen: Tool[]; always: Tool[] }> = {
  work: { chosen: WORKING, always: [finishTask, reportBlocker] },
  escalation: { chosen: WORKING, always: [revisePlan, finishTask, reportBlocker] },
  look: { chosen: READING, always: [] },
  review: { chosen: REVIEWING, always: [showChanges, addFinding, fileBug, verdict, reportBlocker] },
};

const ALL = new Map(
  [...WORKING, ...TESTING, showChanges, addFinding, verdict, revisePlan, finishTask, reportBlocker].map(tool => [
    tool.name,
    tool,
  ]),
);

/** The names a role may list. */
export const TOOL_NAMES: readonly string[] = [...ALL.keys()];

/** What a role has that says nothing of tools. */
export const USUAL_TOOLS: readonly string[] = TOOL_NAMES.filter(name => !NAMED_ONLY.some(tool => tool.name === name));

/** The tools of one kind of job and role. */
export interface ToolSet {
  readonly specs: ToolSpec[];
  get(name: string): Tool | undefined;
  /** For a tool that is not in the set: why. */
  missing(name: string): { refusal: string; output: string };
}

function makeToolSet(
  family: keyof typeof KITS,
  names: readonly string[] | undefined,
  writes: boolean,
  foreign: ForeignSet,
  { skill, helpers }: { skill: Tool | undefined; helpers: boolean },
): ToolSet {
  const { chosen, always } = KITS[family];
  const wanted = names && new Set(names);
  const testing = family === 'work' && (!writes || wanted?.has(fileBug.name)) ? TESTING : [];
  const picked = chosen
    .filter(
      tool =>
        wanted?.has(tool.name) ||
        (!wanted && !NAMED_ONLY.includes(tool)) ||
        (tool === backgroundCommand && wanted?.has(runCommand.name)),
    )
    .filter(tool => (writes || !WRITING.includes(tool)) && (helpers || !ASKING.includes(tool)));
  const tools = new Map([...picked, ...testing, ...(skill ? [skill] : []), ...always].map(tool => [tool.name, tool]));
  const brought = [...foreign].map(([name, tool]) => foreignTool(name, tool));
  const told = areTooMany(brought) ? lookedUp(brought) : brought;
  for (const tool of told) tools.set(tool.name, tool);
  // Who calls one by its own name is understood, too.
  const hidden = new Map(brought.map(tool => [tool.name, tool]));
  const listed = [...tools.keys()].join(', ');
  return {
    specs: [...tools.values()].map(toolSpec),
    get: name => tools.get(name) ?? hidden.get(name),
    missing(name) {
      const known = ALL.get(name);
      if (!known) {
        return {
          refusal: 'unknown-tool',
          output: `There is no tool "${name}". Yours are: ${listed}. Nothing was done.`,
        };
      }
      if (!writes && WRITING.includes(known)) {
        return {
          refusal: 'outside-claim',
          output: `This task may not write any file, so there is no ${name}. If a change is needed, say which in your last call. Your tools: ${listed}.`,
        };
      }
      return { refusal: 'not-allowed', output: `${name} is not among the tools of your role. Yours are: ${listed}.` };
    },
  };
}

/** Tools of others by what models call them. */
export type ForeignSet = ReadonlyMap<string, ForeignTool>;

/** Remembers the sets it made: hundreds of agents share a few. */
export function toolSets({
  skills = [],
  helpers = false,
}: {
  skills?: readonly Skill[] | undefined;
  helpers?: boolean;
} = {}): (kind: JobKind, role: RoleSpec, claims: readonly string[], foreign: ForeignSet) => ToolSet {
  const skill = skills.length > 0 ? useSkill(skills) : undefined;
  const made = new Map<string, ToolSet>();
  return (kind, role, claims, foreign) => {
    const family = kind === 'implement' || kind === 'fix' ? 'work' : kind;
    // Who does what others failed at may take the files that their plan forgot.
    const writes = claims.length > 0 || family === 'escalation';
    const key = `${family}|${writes}|${role.tools ? [...role.tools].sort().join(',') : '*'}|${foreign.size > 0 ? JSON.stringify([...foreign]) : ''}`;
    let set = made.get(key);
    if (!set) {
      set = makeToolSet(family, role.tools, writes, foreign, { skill: family === 'look' ? undefined : skill, helpers });
      made.set(key, set);
    }
    return set;
  };
}
