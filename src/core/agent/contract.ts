import type { Attached } from '../../protocol/attached.ts';
import type { EventOf, SeenVersion } from '../../protocol/events.ts';
import type { ModelRef, NanoUsd, RelPath } from '../../protocol/ids.ts';
import type { ImagePart, Message, Outage, StopReason } from '../../protocol/message.ts';
import type { AgentTask } from '../../protocol/plan.ts';
import type { ForeignTool, SkillFolder } from '../ports.ts';
import type { RouteEvent, RouteFailure } from '../routing/contract.ts';

/** What an agent is good at: from the built-in roles or a role file. */
export interface RoleSpec {
  name: string;
  /** One line, for the planner that picks roles. */
  description: string;
  /** The role's own part of the system prompt. */
  instructions: string;
  /** Names of tools it may use; absent: the usual set for its kind of job. */
  tools?: string[];
  /** Which tools of others it may use; absent: none. */
  foreign?: ForeignChoice;
  /** Models in order of preference; absent: routed by the task's complexity. */
  route?: ModelRef[];
  effort?: 'none' | 'low' | 'medium' | 'high';
  /** The longest answer, in tokens; absent: what is usual. */
  maxOutputTokens?: number;
  /** A command that finds what is wrong with the project's files; what it says of a file is told after each write. */
  checker?: string;
  /** The CLI agent that does its work, by its name in the configuration; models stand in where it cannot. */
  worker?: string;
  /** A member of the standing team: the user chose its models, and whose are asked first. */
  member?: { provider?: string };
  /** The file it was read from. */
  source?: string;
}

/** Tools of others, by their names or by patterns with `*`; `server/tool` for the tools of a server. */
export interface ForeignChoice {
  names: string[];
  except?: string[];
}

/** How a certain kind of work is done here: announced in a line, read when it is needed. */
export interface Skill {
  name: string;
  description: string;
  folder: SkillFolder;
}

/**
 * What the agent is there for; decides its tools. `escalation`: the orchestrator does a specialist's task itself. `look`: it
 * answers a question of another agent, in words.
 */
export type JobKind = 'implement' | 'review' | 'fix' | 'escalation' | 'look';

export interface AgentLimits {
  maxTurns: number;
  /** For the agent's whole life; the budget itself is enforced by the router. */
  budget?: NanoUsd;
}

/** What a tool call came to. */
export type ToolResult =
  | { ok: true; output: string; seen?: SeenVersion; images?: ImagePart[] }
  /** `refusal` is a stable word, `output` tells the model what to change. */
  | { ok: false; refusal: string; output: string; seen?: SeenVersion };

/** A tool call whose intent was written and whose outcome was not. */
export interface InFlight {
  effect: EventOf<'tool-intent'>['effect'];
  /** The write it had begun. */
  write?: { intent: EventOf<'write-intent'>; outcome?: EventOf<'write-outcome'> };
  /** The command it ran, where that had ended. */
  command?: { ended: EventOf<'command-ended'>; output: string };
}

/** Turns in a row without a tool call, and turns in a row in which no call could be read. */
export interface Strikes {
  idle: number;
  unreadable: number;
}

/** A conversation rebuilt from the journal, with what was in flight; made by `AgentHistories`. */
export interface ResumePoint {
  messages: Message[];
  segment: number;
  /** The turn to ask next; while `answer` is set, the turn it answers. */
  turn: number;
  model?: ModelRef;
  seen: SeenVersion[];
  /** Files it has written, for the summary of a compaction. */
  written: RelPath[];
  strikes: Strikes;
  /** The tools of others that it was given, by what it calls them; they stay the same for its whole life. */
  foreign?: Map<string, ForeignTool>;
  /** The last message is an answer that has not been dealt with to its end. */
  answer?: { stop?: StopReason; results: Map<string, ToolResult>; inFlight: Map<string, InFlight> };
}

/** One role at work on one task attempt. */
export interface AgentJob {
  /** The agent's id; a resumed agent keeps its own. */
  agent: string;
  kind: JobKind;
  role: RoleSpec;
  /** For a reviewer: the task it reviews. */
  task?: AgentTask;
  attempt: number;
  route: ModelRef[];
  /** The session brief: the same text for all agents of a session, so that prompt caches hit. */
  brief: string;
  /** What to do: the task's text with handover note, findings and artifacts. */
  prompt: string;
  /** What a person handed in with it, said in the prompt; shown after it. */
  images?: readonly ImagePart[];
  /** Globs it alone may write; none means that it writes nothing. */
  claims: string[];
  resumeFrom?: ResumePoint;
  /** What is said to an agent that had finished, when its work was not accepted: it goes on in its own conversation. */
  followUp?: string;
  limits: AgentLimits;
  /** A CLI agent does it; absent: models of the route do. */
  worker?: string;
  /** To be called when anything streams in, at most about once a second: a long answer is not silence. */
  pulse?: () => void;
}

export type AgentResult =
  | { outcome: 'finished'; summary: string; verdict?: { approve: boolean; text: string } }
  /**
   * The agent itself went no further: it reported a blocker, stopped calling tools without finishing,
   * used up its turns, kept answering with calls that cannot be read, or built on files that had changed meanwhile.
   */
  | { outcome: 'gave-up'; reason: 'blocked' | 'no-finish' | 'max-turns' | 'malformed' | 'conflict'; message: string }
  /** The world failed it: no model answered, its CLI agent broke or cannot be used, or a bug of ours. */
  | {
      outcome: 'failed';
      reason: RouteFailure['reason'] | 'worker-failed' | 'worker-unavailable' | 'internal';
      message: string;
      retryAt?: number;
      /** Why none of the models answered. */
      outage?: Outage;
    }
  | { outcome: 'aborted' };

/**
 * Control of a running agent. All calls are idempotent and harmless after `done`.
 * None of them journals: who calls writes agent-paused, agent-reassigned, … first.
 */
export interface AgentHandle {
  /** Said to the model as a user message before its next turn. */
  nudge(text: string): void;
  /** Lets the current model call and tool end, then starts nothing more. */
  pause(): void;
  unpause(): void;
  /** From the next model call on. */
  reassign(route: ModelRef[]): void;
  /** Ends the current call and tools at once; `done` then says `aborted`. */
  abort(reason: string): void;
  /** Never rejects. */
  readonly done: Promise<AgentResult>;
}

/**
 * Runs agents. The runner journals what happens inside (agent-doing, agent-message, tool-*, findings, verdicts,
 * artifacts, decisions, issues); the team journals agent-started before `start` and agent-ended after `done`.
 */
export interface AgentRunner {
  start(job: AgentJob): AgentHandle;
}

export interface PermissionRequest {
  agent: string;
  kind: 'command' | 'path' | 'tool';
  what: string;
  /** Of the workspace, for a command that does not run in its own folder. */
  folder?: string;
  /** The rule that wants a person to decide. */
  rule: string;
  why?: string;
  /** What the rule is about, in a sentence for people. */
  because?: string;
}

/** Asks people; the questions and answers are events. With nobody there, permission is denied at once. */
export interface Attention {
  permission(
    request: PermissionRequest,
    signal: AbortSignal,
  ): Promise<{ decision: 'allow' | 'deny'; scope: 'once' | 'session' | 'always'; reason?: string }>;
  question(
    request: { agent: string; text: string; options?: string[] },
    signal: AbortSignal,
  ): Promise<
    | { answered: true; text: string; attached?: readonly Attached[] }
    | { answered: false; reason: 'nobody-there' | 'aborted' }
  >;
}

/** What the orchestrator changes the plan through; the text tells the model what came of it. */
export type PlanReviser = (
  agent: string,
  plan: unknown,
  signal: AbortSignal,
) => Promise<{ ok: true; text: string } | { ok: false; reason: 'bad-plan' | 'denied'; text: string }>;

/**
 * Runs the checks of a task whose agent says, by this call, that it is done. The text tells the model what failed, or
 * what becomes of its work.
 */
export type TaskProver = (
  of: { agent: string; task: string; call: string },
  signal: AbortSignal,
) => Promise<{ accepted: boolean; text: string }>;

/** What the policy says of a command line. */
export interface CommandVerdict {
  verdict: 'allow' | 'ask' | 'deny';
  rule: string;
  /** A rule of the user's own asks about something in it, whatever else does. */
  ownRule?: true;
  /** The sandbox would keep it from doing what it is for. */
  outside?: true;
  /** For the model: what it may do instead. */
  advice: string;
  /** The beginning of it that a person may allow, whatever follows: `npm run *`. */
  prefix?: string;
  /** Files of the claim that it is known to write: what stands there is kept, even where nobody else looks. */
  writes?: readonly RelPath[];
}
/**
 * What holds a command: `none` but the judge, if left out; the `sandbox`, in which what does no harm need not be asked
 * about; or none where it would have been held, which is always asked about: `outside`.
 */
export type CommandHold = 'none' | 'sandbox' | 'outside';
/**
 * `folder` is where it is run, relative to the workspace; absent: the workspace's own. `writes` are globs of the files
 * that its task has claimed.
 */
export type CommandJudge = (
  command: string,
  folder?: RelPath,
  hold?: CommandHold,
  writes?: readonly string[],
) => CommandVerdict;

/** What a person answered "always" about a tool of others, for as long as it is the same tool. */
export type ToolJudge = (tool: ForeignTool) => 'allow' | 'ask' | 'deny';

/** What flows beside the journal and is forgotten. */
export type AgentStreamEvent =
  | Exclude<RouteEvent, { type: 'answer' | 'failed' }>
  | { type: 'tool-output'; call: string; text: string };
export type AgentStream = (agent: string, event: AgentStreamEvent) => void;
