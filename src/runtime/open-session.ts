import type { Holding } from '../core/agent/held.ts';
import type { ProjectTexts } from '../core/agent/roles/roles.ts';
import type { McpServers } from '../core/config/mcp-servers.ts';
import type { BranchWork } from '../core/delivery/branch-work.ts';
import type { Clock, FindProblems, ForeignTools, Log, WorkspaceFiles } from '../core/ports.ts';
import type { Journal } from '../core/session/contract.ts';
import { dropRequest } from '../core/session/inbox.ts';
import { checkOrigin } from '../core/session/origin.ts';
import type { LockResult, SessionOwner } from '../core/session/store.ts';
import { newId } from '../node/new-id.ts';
import type { NodeProcesses } from '../node/processes.ts';
import type { SealSecret } from '../node/session/secret.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { createSession, findSession, type Retention } from '../node/session/sessions.ts';
import type { Approver } from '../protocol/delivery.ts';
import type { JournalEvent, SessionTree } from '../protocol/events.ts';
import { assemble } from './assemble.ts';
import type { CommandTimesFile } from './command-times.ts';
import type { Started, Work } from './contract.ts';
import type { Engine } from './engine.ts';
import type { GrantFile } from './grants.ts';

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
  /** Hears every event from the first on, those before the session is handed over too. */
  watch?: (event: JournalEvent) => void;
}

/** Starts a session, or takes one up where it was cut off. */
export async function openSession(host: SessionHost, engine: Engine, work: Work): Promise<Started> {
  const place =
    work.kind === 'new'
      ? await createSession(host, work.session)
      : await findSession(host, work.session).then(store => store && { id: work.session, store });
  if (!place) return { ok: false, reason: 'missing' };
  const { id, store } = place;
  const origin = await checkOrigin(store);
  if (origin !== 'own') return { ok: false, reason: 'elsewhere', session: id, origin };
  const taken = await takeOver(store, host);
  if (!taken.ok) return { ok: false, reason: 'owned', owner: taken.owner };
  try {
    return { ok: true, session: await assemble(host, engine, work, { id, store, lock: taken.lock }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** How long a reviewer gets to release the session. */
const LET_GO_MS = 10_000;
const LOOK_MS = 50;

/** Takes the session from whoever only reviews it; from nobody who runs it. */
async function takeOver(store: SessionFolder, { kind, clock }: SessionHost): Promise<LockResult> {
  const first = await store.lock(kind);
  if (first.ok || !first.owner.reviews) return first;
  await dropRequest(store, newId('r'), clock.now(), { kind: 'let-go' });
  const until = clock.monotonic() + LET_GO_MS;
  for (;;) {
    await new Promise<void>(resolve => clock.after(LOOK_MS, resolve));
    const taken = await store.lock(kind);
    if (taken.ok || !taken.owner.reviews || clock.monotonic() >= until) return taken;
  }
}
