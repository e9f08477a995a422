import type { Holding } from '../core/agent/held.ts';
import type { ProjectTexts } from '../core/agent/roles/roles.ts';
import type { McpServers } from '../core/config/mcp-servers.ts';
import type { BranchWork } from '../core/delivery/branch-work.ts';
import type { Clock, FindProblems, ForeignTools, Log, SkillFolder, WorkspaceFiles } from '../core/ports.ts';
import type { Journal } from '../core/session/contract.ts';
import type { SessionOwner } from '../core/session/store.ts';
import type { NodeProcesses } from '../node/processes.ts';
import type { SealSecret } from '../node/session/secret.ts';
import type { Retention } from '../node/session/sessions.ts';
import type { Approver } from '../protocol/delivery.ts';
import type { JournalEvent, SessionTree } from '../protocol/events.ts';
import type { CommandTimesFile } from './command-times.ts';
import type { GrantFile } from './grants.ts';
import type { TraceTarget } from './traces/target.ts';

/** What a session needs of its host. */
export interface SessionHost {
  kind: SessionOwner['host'];
  workspace: string;
  /** The working tree of its own in which the session's agents write. */
  tree?: SessionTree | undefined;
  /** Its branch, which reads what the journal says. */
  branch?: ((journal: Journal) => BranchWork) | undefined;
  /** Who sits here, for the record. */
  person?: Approver | undefined;
  files: WorkspaceFiles;
  processes: NodeProcesses;
  /** Absent: nothing holds commands but the judge. It is closed with the session. */
  holding?: Holding | undefined;
  /** Said when the session begins: what it has to do without. */
  notice?: string | undefined;
  texts: ProjectTexts;
  /** Of the user and of the workspace, in the order in which they count; absent: none. */
  skills?: readonly SkillFolder[];
  clock: Clock;
  log: Log;
  version: string;
  /** Whether a person can answer. */
  present(): boolean;
  /** The plan is shown before anything runs. */
  approvePlan: boolean;
  /** All approvals of the plan have been given beforehand. */
  approveAll: boolean;
  /** What agents wrote is accepted at the end, unseen. */
  acceptAll?: boolean;
  /** Seals what this user's sessions write. */
  secret: SealSecret;
  /** Commands and tools of others that the user allowed or refused for always. */
  grants: GrantFile;
  /** How long the workspace's commands took; absent: nobody remembers. */
  commandTimes?: CommandTimesFile | undefined;
  /** What is wrong with a file that an agent has written; absent where nobody tells. */
  problems?: FindProblems;
  /** Tools that others bring; absent where there can be none. */
  foreign?: ForeignTools;
  /** Servers of tools that are ours to start, and that the user has agreed to. */
  servers?: McpServers | undefined;
  /** The user's environment, in which CLI agents are found and started; absent: there are none. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
  rehearsal: boolean;
  script?: string | undefined;
  /** How much is kept of earlier sessions. */
  retention: Retention;
  /** Where it is traced to; absent: nowhere. */
  traces?: TraceTarget | undefined;
  /** Hears every event from the first on, those before the session is handed over too. */
  watch?: (event: JournalEvent) => void;
}
