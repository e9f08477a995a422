import type { Author } from '../changes/contract.ts';
import type { ProcessOutcome, ProcessRequest, Sandbox } from '../ports.ts';
import { claimsOf } from './claims.ts';
import { type Landed, type LandingHost, landChanges } from './landing.ts';
import { listed } from './listed.ts';

/** What holds the commands of a session. */
export interface Holding {
  sandbox: Sandbox;
  /** Domains that every command may reach. */
  network: readonly string[];
}

export interface HeldHost extends LandingHost, Holding {}

/** A command, whose it is, and what it may do. */
export interface HeldCommand {
  request: ProcessRequest;
  author: Author;
  /** Globs of the files it may write. */
  write: readonly string[];
  /** Domains beside those that every command may reach. */
  network?: readonly string[];
  /** Reaches, and is reached by, its agent's other commands that share theirs. */
  sharedLoopback?: boolean;
  /** Ends it in peace: what it changed counts, as it does not when it is interrupted. */
  stop?: AbortSignal;
}

export interface HeldOutcome extends ProcessOutcome {
  landed: Landed;
  /** Files it may not write, and wrote in the sandbox only. */
  withheld: readonly string[];
  /** Domains it asked for and did not reach. */
  unreached: readonly string[];
}

const NOTHING: Landed = { written: [], refused: [], stale: [], failed: [] };
const ADVICE = 'What a command changed there was not taken over.';

/** Runs a command in the sandbox, and brings what it may have changed into the workspace, under review as its author's. */
export async function runHeld(
  host: HeldHost,
  { request, author, write, network = [], sharedLoopback, stop }: HeldCommand,
  signal: AbortSignal,
): Promise<HeldOutcome> {
  const owner = author.task ?? author.agent;
  const rights = { owner, write, network: [...host.network, ...network], ...(sharedLoopback && { sharedLoopback }) };
  const run = await host.sandbox.run(request, rights, stop ? AbortSignal.any([signal, stop]) : signal);
  const { outcome, changes, refused, unreached } = run;
  let landed: Landed | 'aborted' = 'aborted';
  try {
    // What an interrupted command had done by then comes to nothing.
    if (!signal.aborted && changes.length > 0) {
      const content = ({ path }: { path: string }) => run.read(path).catch(() => undefined);
      const claims = claimsOf(write);
      landed = await landChanges(host, { author, claims, changes, content, advice: ADVICE }, signal);
    }
  } finally {
    await run.close(landed === 'aborted' ? [] : landed.written);
  }
  const done = landed === 'aborted' ? NOTHING : landed;
  return { ...outcome, landed: done, withheld: refused, unreached };
}

/** What programs say when they are kept from the network. */
const OFFLINE =
  /EAI_AGAIN|ENETUNREACH|Temporary failure in name resolution|Could not resolve host|Name or service not known|Network is unreachable|dial tcp: lookup|getaddrinfo ENOTFOUND|failed to lookup address|Unknown host|UnknownHostException/i;
const READ_ONLY = /Read-only file system|EROFS|\[Errno 30\]|os error 30/;
const DENIED = /Permission denied|EACCES|\[Errno 13\]|os error 13|Operation not permitted|EPERM/;

/** For the model: what the sandbox did not let through, and how to ask for it. */
export function heldNotes(outcome: HeldOutcome, write: readonly string[]): string[] {
  const { landed, withheld, output, unreached } = outcome;
  const { written, refused, stale, failed } = landed;
  const outside = [...withheld, ...refused];
  const failedToo = outcome.ended !== 'exit' || outcome.exit !== 0;
  const mine = write.length > 0 ? `may write only ${listed(write)}` : 'may write no file';
  return [
    written.length > 0 && `It changed ${listed(written)}; the changes are under review as yours.`,
    outside.length > 0 &&
      `It also changed ${listed(outside)}; that was not taken over: your task ${mine}, beside what git ignores and $TMPDIR. If the work needs it, ask for the files with claim_files and run it again; where they are not granted, name the change in the summary of finish_task, or use report_blocker.`,
    stale.length > 0 &&
      `Somebody else changed ${listed(stale)} while it ran; that was not taken over. Read them, and run it again.`,
    failed.length > 0 && `Not written: ${failed.map(({ path, message }) => `"${path}" (${message})`).join(', ')}.`,
    unreached.length > 0 &&
      `The sandbox did not let it reach ${listed(unreached)}. Where the work needs that, run it again with network: [${listed(unreached)}]; the user is asked once.`,
    failedToo &&
      unreached.length === 0 &&
      OFFLINE.test(output) &&
      'Commands run in a sandbox without a network, but for their own loopback. Where the work needs a domain, run it again with network: ["the.domain"]; the user is asked once.',
    failedToo &&
      READ_ONLY.test(output) &&
      `In the sandbox nothing can be written but your task's files, what git ignores and $TMPDIR; git's own files least of all. If it cannot do without, run it again with outside: true and say why; the user is asked.`,
    failedToo &&
      !READ_ONLY.test(output) &&
      DENIED.test(output) &&
      'In the sandbox files that may hold secrets, the home folder and other programs cannot be read. If it cannot do without, run it again with outside: true and say why; the user is asked.',
  ].filter(note => note !== false);
}
