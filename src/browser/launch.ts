import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { howItEnded, runTalking, type TalkHost } from '../core/agent/talk.ts';
import type { BrowserPage, BrowserRights } from '../core/ports.ts';
import { BrowserConnection, BrowserError } from './connection.ts';
import { findBrowser } from './find.ts';
import { Page } from './page.ts';

export interface BrowserHost extends TalkHost {
  environment: Readonly<Record<string, string | undefined>>;
  /** How long a page is waited for; absent: what is usual. */
  patienceMs?: number;
}

const LONGEST_MS = 24 * 3600 * 1000;
const COMPLAINT_BYTES = 4000;
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** It is talked to over pipes, so that no port of it is open to anybody. */
const OPTIONS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--mute-audio',
  '--hide-scrollbars',
];
/** No name is looked up but this machine's own. */
const LOOPBACK_ONLY = "--host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]'";

const MISSING =
  'No Chrome, Chromium or Edge is installed here, or none that starts, so pages cannot be looked at. Ask the user to install one, or to name it in ORCHESTRATE_BROWSER; until then look at the page with run_command (curl) and say that you have not seen it.';

/** The installed browser, in the sandbox where there is one, with a profile of its own that is forgotten. */
export async function launchBrowser(host: BrowserHost, rights: BrowserRights): Promise<BrowserPage> {
  if (process.platform === 'win32')
    throw new BrowserError('The browser tool works on Linux and macOS only so far. Look at the page with run_command.');
  const found = await findBrowser(host.environment);
  if (!found) throw new BrowserError(MISSING);
  const held = host.holding !== undefined;
  const network = host.holding?.network ?? [];
  const profile = held ? undefined : await mkdtemp(join(tmpdir(), 'orchestrate-browser-'));
  const forget = async () => {
    if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  };
  const connection = new BrowserConnection(host.patienceMs);
  const stop = new AbortController();
  const options = [
    ...OPTIONS,
    // Its own sandbox cannot be had inside of another one, nor by root.
    ...(held || process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...(network.length === 0 ? [LOOPBACK_ONLY] : []),
    `--user-data-dir=${profile ? quoted(profile) : '"$TMPDIR/browser-$$"'}`,
    'about:blank',
  ];
  // The protocol goes over 3 and 4.
  const command = `exec ${quoted(found.executable)} ${options.join(' ')} 3<&0 4>&1 1>&2 </dev/null`;
  const request = { command, timeoutMs: LONGEST_MS, outputLimit: COMPLAINT_BYTES, talk: connection };
  const ended = runTalking(host, request, { owner: rights.owner, network, sharedLoopback: true }, stop.signal)
    .then(({ outcome }) => connection.end(howItEnded(outcome)))
    .then(forget);
  const close = async () => {
    stop.abort();
    await ended;
  };
  try {
    return await Page.attach(connection, rights, close);
  } catch (error) {
    await close();
    throw error;
  }
}
