import type * as z from 'zod';
import type { EventOf } from '../../../protocol/events.ts';
import type { ModelRef } from '../../../protocol/ids.ts';
import type { AgentTask } from '../../../protocol/plan.ts';
import type { AgentFiles } from '../../changes/contract.ts';
import type {
  Clock,
  FindProblems,
  ForeignTools,
  HashOf,
  NewId,
  Processes,
  ReadPdf,
  WebPages,
  WorkspaceFiles,
} from '../../ports.ts';
import type { Journal } from '../../session/contract.ts';
import type { BackgroundCommands } from '../background/background-commands.ts';
import type { OpenPages } from '../browsing.ts';
import type { Claims } from '../claims.ts';
import type {
  AgentResult,
  Attention,
  CommandJudge,
  PlanReviser,
  Skill,
  TaskProver,
  ToolJudge,
  ToolResult,
} from '../contract.ts';
import type { Holding } from '../held.ts';
import type { Looseness } from '../loose.ts';
import type { SeenFiles } from '../seen-files.ts';

/** Looks into a question for an agent, with a model of its own that reads and changes nothing. */
export type LookInto = (question: string, context: ToolContext) => Promise<ToolResult>;

/** What tools need of the world. */
export interface ToolHost {
  journal: Journal;
  files: WorkspaceFiles;
  agentFiles: AgentFiles;
  processes: Processes;
  /** Absent: nothing holds commands but the judge. */
  holding?: Holding | undefined;
  /** Absent: nobody looks at what commands change that nothing holds. */
  loose?: Looseness | undefined;
  judge: CommandJudge;
  attention: Attention;
  /** What agents have running beside their work. */
  background: BackgroundCommands;
  /** Pages that agents have open in browsers. */
  pages: OpenPages;
  /** What is wrong with a file; absent where nobody tells. */
  problems?: FindProblems | undefined;
  /** Absent: PDFs are not read. */
  readPdf?: ReadPdf;
  /** Absent: nothing is read from the web. */
  web?: WebPages;
  /** Domains that the user's own settings allow; absent: those that commands in the sandbox may reach. */
  domains?: readonly string[];
  /** Absent: nobody can be asked. */
  lookInto?: LookInto;
  /** How certain work is done here; absent: nobody says. */
  skills?: readonly Skill[];
  /** Tools that others bring; absent where there can be none. */
  foreign?: ForeignTools;
  /** Absent: every use of such a tool is asked about. */
  judgeTool?: ToolJudge;
  clock: Clock;
  newId: NewId;
  hashOf: HashOf;
  /** Puts a changed plan in force, if it is sound and whoever must agree does. */
  revise?: PlanReviser;
  /** Runs the checks of a task that is said to be done; absent: they run afterwards. */
  prove?: TaskProver;
}

/** One call, seen from inside a tool. */
export interface ToolContext {
  readonly host: ToolHost;
  readonly agent: string;
  readonly task: AgentTask | undefined;
  readonly claims: Claims;
  readonly seen: SeenFiles;
  readonly call: string;
  /** A command that finds what is wrong with files, as the role names it. */
  readonly checker?: string | undefined;
  /** Who asked for it. */
  readonly model: ModelRef | undefined;
  readonly signal: AbortSignal;
  /** Characters that fit into a result. */
  readonly room: number;
  /** Live output for the views. */
  progress(text: string): void;
  /** Waits while its agent is paused. */
  gate?(): Promise<void>;
  /** To be called when anything streams in on its behalf. */
  readonly pulse?: (() => void) | undefined;
}

export type Refusal = Extract<ToolResult, { ok: false }>;

/**
 * `none`: touches nothing but the journal. `foreign`: brought by others, and may do anything. Calls of `read` may run
 * side by side.
 */
export type ToolEffect = EventOf<'tool-intent'>['effect'];

/** One thing an agent can do. */
export interface Tool<A = unknown> {
  readonly name: string;
  /** For the model. */
  readonly description: string;
  readonly effect: ToolEffect;
  readonly args: z.ZodType<A>;
  /** The arguments as JSON Schema, where `args` does not say it. */
  readonly parameters?: Record<string, unknown>;
  /** What other tool sets call our arguments. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** For people: what the agent is doing. */
  doing(args: A): string;
  /** Everything that may refuse before the intent is written; without side effects of its own. */
  permit?(args: A, context: ToolContext): Promise<Refusal | undefined>;
  run(args: A, context: ToolContext): Promise<ToolResult>;
  /** Ends the agent's work when the call succeeded. */
  end?(args: A): AgentResult;
}

/** Gives each tool its argument types and forgets them where tools are kept together. */
export const defineTool = <S extends z.ZodType>(tool: Omit<Tool<z.infer<S>>, 'args'> & { args: S }): Tool =>
  tool as Tool<unknown>;

export const refuse = (refusal: string, output: string): Refusal => ({ ok: false, refusal, output });
