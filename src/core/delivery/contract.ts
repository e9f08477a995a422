import type { Approver, DeliveryRecord } from '../../protocol/delivery.ts';
import type { GitRefusal } from './git.ts';
import type { DeliveryState } from './state.ts';
import type { SettledStep } from './steps.ts';
import type { TrainReport } from './train.ts';

/** What is to be delivered. */
export interface DeliverRequest {
  session: string;
  /** Only what this task's agents wrote. */
  task?: string;
  /** The branch it goes to; unless set, as configured or the one that is checked out. */
  target?: string;
  /** What people call it; the session's goal, or the task's title, unless set. */
  title?: string;
  /** All that nobody has rejected, from the working tree the session works in: it is judged on its branch. */
  unreviewed?: boolean;
}

export type Delivered =
  | {
      ok: true;
      delivery: string;
      branch: string;
      target: string;
      files: string[];
      /** Accepted, and left out because git ignores it. */
      ignored: string[];
      /** Files of the session that nobody has decided on yet. */
      pending: number;
      /** Hooks of the repository that a commit of yours would have run. */
      hooks: string[];
    }
  | DeliveryRefused;

export interface DeliveryRefused {
  ok: false;
  reason:
    | GitRefusal
    | 'no-session'
    | 'elsewhere'
    | 'nothing'
    | 'unknown'
    | 'not-now'
    | 'not-you'
    | 'stale'
    | 'conflict';
  /** Which rule, which thing, what to do instead. */
  message: string;
}

export type Done = { ok: true; message: string } | DeliveryRefused;

export interface LandOptions {
  /** A person agrees that the checks, which run agents' code, run as their own commands where no sandbox holds them. */
  unheld?: boolean;
  /** Only these are tried; absent: all that is ready. */
  only?: readonly string[];
}

export interface TreeChoice {
  /** Only the one it has. */
  again?: boolean;
  /** The commit or branch it is made from; what the target is by now unless set. */
  base?: string;
}

/** A secret that the commands of a deployment get. */
export interface EnvironmentSecret {
  name: string;
  /** Where its value is from; absent: nobody has given it yet. */
  from?: 'variable' | 'editor';
  /** Under which name the editor keeps it. */
  slot: string;
}

/** A working tree for agents, detached, outside of the workspace. */
export interface WorkTree {
  /** The folder in it that stands for the workspace. */
  path: string;
  base: string;
  /** Lets go of it. What is on the session's branch is not kept for its sake. */
  release(): Promise<void>;
}

/** What becomes of accepted work. Each call may be made by any process, beside those that others make. */
export interface Deliveries {
  state(): Promise<DeliveryState>;
  /** Their journal from its beginning. */
  records(signal: AbortSignal): AsyncIterable<DeliveryRecord[]>;
  /** The same, and then what comes, until the signal aborts. */
  follow(signal: AbortSignal): AsyncIterable<DeliveryRecord[]>;
  /** Finishes or leaves what a crash cut off, and says so. */
  settle(): Promise<SettledStep[]>;
  /** Builds a branch of what was accepted in a session. */
  deliver(request: DeliverRequest): Promise<Delivered>;
  /** Says yes to what the target would become with this delivery, and with those that are tried with it: to the candidate that was seen. */
  approve(delivery: string, by: Approver, seen?: string): Promise<Done>;
  hold(delivery: string, reason: string): Promise<Done>;
  /** One that was held, or did not fit or pass, is tried again. */
  release(delivery: string): Promise<Done>;
  drop(delivery: string, reason: string): Promise<Done>;
  /** Tries and lands what is ready for a target. */
  land(
    target: string | undefined,
    options: LandOptions,
    signal: AbortSignal,
  ): Promise<TrainReport & { target: string; checks: readonly string[] }>;
  /** Brings the checkout of the target to what waits beside it; only where that is a fast-forward and no file is in the way. */
  fastForward(target: string | undefined): Promise<Done>;
  /** Deploys what a branch is now, or this commit of it; one at a time for each environment, and never again by itself. */
  deploy(environment: string, by: Approver, signal: AbortSignal, commit?: string): Promise<Done>;
  /** Why nothing can be deployed there, as far as the configuration tells. */
  whyNotDeploy(environment: string): Promise<DeliveryRefused | undefined>;
  /** Names of the environments there are. */
  environments(): Promise<string[]>;
  /** What the configuration says that an environment needs. */
  secretsOf(environment: string): Promise<EnvironmentSecret[]>;
  /** What a file holds in a commit; undefined: there is none, or it is no text. */
  text(commit: string, path: string): Promise<string | undefined>;
  /** Pushes a delivery's branch, or where it has landed, to where its target comes from. */
  push(delivery: string): Promise<Done>;
  openPullRequest(delivery: string): Promise<Done>;
  /** A tree for the agents of a session to work in, made from a commit or branch; the same again where it has one. */
  workTree(session: string, choice?: TreeChoice): Promise<WorkTree>;
  /** Working trees and branches that nobody needs any more. */
  cleanUp(): Promise<{ trees: string[]; branches: string[]; kept: { path: string; why: string }[] }>;
}
