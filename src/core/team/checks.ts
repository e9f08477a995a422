import type { ContractOutcome } from '../../protocol/contract.ts';
import type { EventOf } from '../../protocol/events.ts';
import type { RelPath } from '../../protocol/ids.ts';
import type { Check } from '../../protocol/plan.ts';
import type { StoodOn } from '../../protocol/stood-on.ts';
import type { Coverage, TestFigures } from '../../protocol/tests.ts';
import { type HeldHost, runHeld } from '../agent/held.ts';
import { type Looseness, runLoose } from '../agent/loose.ts';
import { rowOf } from '../contract/try-contract.ts';
import { checkText } from '../plan/check-text.ts';
import type { Clock, Http, NewId, Processes, StoodOnPort, WorkspaceFiles } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { watchReports } from '../testing/report-files.ts';
import { testsTold } from '../testing/told.ts';
import type { CommandGate } from './command-gate.ts';
import { checkServed, contractText } from './contract-check.ts';
import type { Quiet } from './quiet.ts';
import { matchSchema } from './schema-match.ts';

export interface CheckHost {
  journal: Journal;
  files: WorkspaceFiles;
  processes: Processes;
  http: Http;
  /** Absent: nothing holds commands but the judge. */
  held?: HeldHost | undefined;
  /** Absent: nobody looks at what commands change that nothing holds. */
  loose?: Looseness | undefined;
  gate: CommandGate;
  quiet: Quiet;
  clock: Clock;
  newId: NewId;
  /** For checks that name no limit of their own. */
  commandSeconds: number;
  /** Absent: nobody wants to know what files it looks at. */
  stoodOn?: StoodOnPort | undefined;
  /** How long a command took when it last ran here, in milliseconds, where that is known. */
  lastMs(command: string): number | undefined;
}

interface Finding {
  ok: boolean;
  output: string;
  exit?: number;
  tests?: TestFigures;
  coverage?: Coverage;
  contract?: ContractOutcome;
  interrupted?: boolean;
  fault?: 'refused' | 'timed-out';
}

const OUTPUT_LIMIT = 64 * 1024;
/** In whose name the plan's own commands write. */
const PLAN = 'plan';

/** Runs one check and journals how it went. A check may be run again after an interruption: it only looks. */
export async function runCheck(
  host: CheckHost,
  of: { task: string; check: Check; round?: number },
  signal: AbortSignal,
): Promise<EventOf<'check-ended'>> {
  const { journal, clock } = host;
  const { task } = of;
  const id = host.newId('check');
  await journal.commit({ type: 'check-started', id, ...of });
  const before = await host.stoodOn?.files(signal);
  const from = clock.monotonic();
  const finding = await quietly(host, task, of.check, signal).catch(
    (error: unknown): Finding => ({ ok: false, output: error instanceof Error ? error.message : String(error) }),
  );
  const ms = clock.monotonic() - from;
  const on = await standing(host, before, signal);
  const { ok, exit, tests, coverage, contract, interrupted, fault } = finding;
  const ended: EventOf<'check-ended'> = {
    type: 'check-ended',
    ...of,
    id,
    ok,
    ms,
    ...(exit !== undefined && { exit }),
    ...(tests && { tests }),
    ...(coverage && { coverage }),
    ...(contract && { contract }),
    ...(on && { on }),
    ...(interrupted && { interrupted }),
    ...(fault && { fault }),
    ...(finding.output !== '' && { output: await journal.longText(finding.output) }),
  };
  journal.append(ended);
  return ended;
}

/** A check that began on one commit and ended on another one has looked at neither. */
async function standing(
  { stoodOn }: CheckHost,
  before: StoodOn | undefined,
  signal: AbortSignal,
): Promise<StoodOn | undefined> {
  const after = before && (await stoodOn?.commit(signal));
  if (after === undefined) return undefined;
  return after === before?.commit ? before : {};
}

/** One that says so waits until nobody else writes. */
async function quietly(host: CheckHost, task: string, check: Check, signal: AbortSignal): Promise<Finding> {
  const looking = () => look(host, task, check, signal);
  if (!('alone' in check && check.alone)) return looking();
  const writers = host.quiet.beside(task);
  if (writers.length > 0) {
    const text = `A check of ${task} (${checkText(check)}) waits until ${writers.join(', ')} no longer write${writers.length === 1 ? 's' : ''}.`;
    host.journal.append({ type: 'notice', level: 'info', code: 'waits-for-quiet', text });
  }
  return (await host.quiet.alone(task, looking, signal)) ?? { ok: false, output: '', interrupted: true };
}

function look(host: CheckHost, task: string, check: Check, signal: AbortSignal): Promise<Finding> {
  if ('run' in check) return run(host, task, check.run, check.timeoutSeconds, signal);
  if ('exists' in check) return exists(host, check.exists, signal);
  return artifact(host, task, check, signal);
}

async function run(
  host: CheckHost,
  task: string,
  command: string,
  seconds: number | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  const gate = await host.gate.ask(command, signal);
  if (!gate.ok) return notAllowed(gate);
  const reports = await watchReports(host.files, command);
  const limit = seconds ?? usualLimit(host, command);
  const request = { command, timeoutMs: limit * 1000, outputLimit: OUTPUT_LIMIT };
  const { held } = host;
  const outcome =
    held && !gate.outside
      ? await runHeld(held, { request, ...inNameOf(host, task, command) }, signal)
      : await runLoose(host, { request, ...inNameOf(host, task, command) }, signal);
  const { ended, exit } = outcome;
  if (ended === 'aborted') return { ok: false, output: outcome.output, interrupted: true };
  const why = {
    exit: '',
    signal: `ended by ${outcome.signal ?? 'a signal'}`,
    timeout: `took longer than ${limit} s and was ended`,
    'not-started': `could not be started: ${outcome.message ?? 'unknown reason'}`,
  }[ended];
  return {
    ok: ended === 'exit' && exit === 0,
    ...(ended === 'timeout' && { fault: 'timed-out' }),
    output: [outcome.output, why].filter(part => part !== '').join('\n'),
    ...(exit !== undefined && { exit }),
    ...(await testsTold(outcome.output, reports)),
  };
}

const notAllowed = ({ message, aborted }: { message: string; aborted?: boolean }): Finding => ({
  ok: false,
  output: message,
  ...(aborted ? { interrupted: true } : { fault: 'refused' }),
});

/** What takes long is given time: three times of what it took last. */
const SLACK = 3;

function usualLimit({ commandSeconds, lastMs }: CheckHost, command: string): number {
  return Math.max(commandSeconds, Math.ceil(((lastMs(command) ?? 0) * SLACK) / 1000));
}

/** A check of an agent's task may change what the agent may, in its name; a task of the plan's own, all that no agent works on. */
function inNameOf({ journal }: CheckHost, task: string, command: string) {
  const { agents, tasks } = journal.state;
  const known = tasks.get(task);
  const spec = known?.task;
  const agent = [...agents.values()].findLast(each => each.task === task && each.call === undefined)?.agent ?? PLAN;
  const write = spec?.kind === 'agent' ? [...spec.writes, ...(known?.granted ?? [])] : ['**'];
  return { author: { agent, task, command }, write };
}

async function exists(host: CheckHost, paths: string[], signal: AbortSignal): Promise<Finding> {
  const missing: string[] = [];
  for (const written of paths) {
    const path = await host.files.resolve(written, 'read');
    const file = path.ok ? await host.files.read(path.path, signal) : undefined;
    const empty = file && file.bytes.length === 0;
    if (!file || empty) missing.push(`${written}: ${path.ok ? (empty ? 'is empty' : 'is missing') : path.reason}`);
  }
  return { ok: missing.length === 0, output: missing.join('\n') };
}

async function artifact(
  host: CheckHost,
  task: string,
  check: Extract<Check, { artifact: string }>,
  signal: AbortSignal,
): Promise<Finding> {
  const latest = host.journal.state.artifacts.get(check.artifact)?.at(-1);
  if (!latest) return { ok: false, output: `artifact ${check.artifact} has not been published` };
  const { matches, serves } = check;
  if (!matches && !serves) return { ok: true, output: '' };
  const bytes = await host.journal.getBlob(latest.blob);
  if (!bytes) return { ok: false, output: `the content of artifact ${check.artifact} is gone` };
  const content = new TextDecoder().decode(bytes);
  const of = { artifact: check.artifact, version: latest.version };
  if (serves) {
    const served = await checkServed(host, content, serves, signal);
    if (!served.ok) return served;
    const { kind, rows } = served;
    const ok = rows.every(({ result }) => result !== 'broken') && rows.some(({ result }) => result === 'kept');
    return { ok, output: contractText(rows), contract: { ...of, kind, rows } };
  }
  const { file: path = '', run: command } = matches ?? {};
  const subject =
    command === undefined ? await file(host, path, signal) : await run(host, task, command, undefined, signal);
  if (!subject.ok) return subject;
  const match = await matchSchema(content, subject.output);
  const row = rowOf(command === undefined ? path : `what ${command} prints`, [
    {
      kind: 'data',
      name: 'the shape of its data',
      result: match.ok ? 'kept' : 'broken',
      ...(!match.ok && { detail: match.message }),
    },
  ]);
  return {
    ...subject,
    ok: match.ok,
    output: match.ok ? '' : match.message,
    contract: { ...of, kind: 'json-schema', rows: [row] },
  };
}

async function file(host: CheckHost, written: RelPath, signal: AbortSignal): Promise<Finding> {
  const path = await host.files.resolve(written, 'read');
  if (!path.ok) return { ok: false, output: `${written}: ${path.reason}` };
  const found = await host.files.read(path.path, signal);
  if (!found) return { ok: false, output: `${written} is missing` };
  return { ok: true, output: new TextDecoder().decode(found.bytes) };
}
