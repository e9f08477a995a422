import type { DeliveryRefused, Done, EnvironmentSecret } from '../../core/delivery/contract.ts';
import { DELIVERY } from '../../core/delivery/defaults.ts';
import { branchRef, type Oid } from '../../core/delivery/git.ts';
import { isWithin } from '../../core/delivery/hours.ts';
import { newId } from '../../node/new-id.ts';
import { OwnFolder } from '../../node/own-folder.ts';
import { createProcesses } from '../../node/processes.ts';
import { lifeOf, thisProcess } from '../../node/session/identity.ts';
import { takeLock } from '../../node/session/lock.ts';
import { OUR_FOLDER } from '../../node/session/sessions.ts';
import type { Environment } from '../../protocol/config.ts';
import type { Approver } from '../../protocol/delivery.ts';
import { checkCommit } from './checks.ts';
import type { DeliveryParts } from './open.ts';
import { targetOf } from './target.ts';

const OUTPUT_BYTES = 16_384;
const HEALTH_EVERY_MS = 1000;

const refuse = (reason: 'unknown' | 'not-now' | 'not-you' | 'conflict', message: string): DeliveryRefused => ({
  ok: false,
  reason,
  message,
});

/** Secrets that an environment names, without what they are. */
export async function environmentSecrets(
  { config, secretOf }: DeliveryParts,
  name: string,
): Promise<EnvironmentSecret[]> {
  const environments = config.environments ?? {};
  const { secrets = [] } = (Object.hasOwn(environments, name) && environments[name]) || {};
  const all = await Promise.all(secrets.map(secret => secretOf(name, secret)));
  return all.map(({ value, ...secret }) => secret);
}

/** An environment of the configuration, with all it needs; or why nothing can be deployed there. */
export async function environmentOf(
  parts: DeliveryParts,
  name: string,
): Promise<{ environment: Environment } | { refused: DeliveryRefused }> {
  const environments = parts.config.environments ?? {};
  const environment = Object.hasOwn(environments, name) ? environments[name] : undefined;
  const no = (reason: 'unknown' | 'not-now', message: string) => ({ refused: refuse(reason, message) });
  if (!environment) {
    const known = Object.keys(environments).join(', ') || 'none';
    return no('unknown', `There is no environment "${name}" in your configuration (environments: ${known}).`);
  }
  const missing = (await environmentSecrets(parts, name)).filter(({ from }) => !from).map(secret => secret.name);
  if (missing.length > 0)
    return no('not-now', `${name} needs secrets that your environment does not have: ${missing.join(', ')}.`);
  return { environment };
}

/** Deploys what a branch is now, or a commit of it: approved, waited for, checked, and told before and after. */
export async function deploy(
  parts: DeliveryParts,
  name: string,
  by: Approver,
  signal: AbortSignal,
  landed?: Oid,
): Promise<Done> {
  const { repository, host } = parts;
  const found = await environmentOf(parts, name);
  if ('refused' in found) return found.refused;
  const { environment } = found;
  if (by.kind !== 'person') return refuse('not-you', `Only a person deploys to ${name}.`);
  const target = await targetOf(parts, environment.target);
  const commit = landed ?? ((await repository.tip(branchRef(target))) as Oid);
  const folder = new OwnFolder(host.workspace, OUR_FOLDER, 'delivery', `deploying-${name}`);
  const taken = await takeLock({ folder, clock: host.clock, me: thisProcess, lifeOf }, host.kind);
  if (!taken.ok) return refuse('not-now', `Process ${taken.owner.pid} deploys to ${name} now: one at a time.`);
  try {
    return (
      (await whyNotNow(parts, name, environment, commit, by)) ??
      (await run(parts, { name, environment, commit, by, signal }))
    );
  } finally {
    await taken.lock.release();
  }
}

/** What stands in the way: what was cut off before, the waiting time, the hours. The yes is put down. */
async function whyNotNow(
  { book, host }: DeliveryParts,
  name: string,
  { approval, waitMinutes = 0, window }: Environment,
  commit: Oid,
  by: Approver,
): Promise<Done | undefined> {
  const now = host.clock.now();
  return book.change(async (state, put): Promise<Done | undefined> => {
    for (const { deployment, environment, outcome, commit: of } of state.deployments.values()) {
      if (environment !== name || outcome !== undefined) continue;
      await put({ type: 'deploy-outcome', deployment, outcome: 'unknown', why: 'it was cut off' });
      return refuse(
        'not-now',
        `The last deployment to ${name} (${of.slice(0, 10)}) was cut off, and nobody knows what it has done. Look at ${name}, and deploy again when you know.`,
      );
    }
    // One that a wrong clock has put into the future counts from now on.
    const given = state.deployApprovals.find(
      each => each.environment === name && each.commit === commit && each.at <= now,
    );
    const since = given?.at ?? now;
    if (!given && approval !== 'none') await put({ type: 'deploy-approved', environment: name, commit, by });
    const from = since + waitMinutes * 60_000;
    if (approval !== 'none' && from > now)
      return refuse(
        'not-now',
        `Approved. ${name} waits ${waitMinutes} minutes after that: deploy again from ${new Date(from).toLocaleString()} on.`,
      );
    if (window && !isWithin(window, new Date(now)))
      return refuse(
        'not-now',
        `${name} is deployed to only from ${window.from} to ${window.to}${window.days ? ` (${window.days.join(', ')})` : ''}.`,
      );
    return undefined;
  });
}

interface Deploying {
  name: string;
  environment: Environment;
  commit: Oid;
  by: Approver;
  signal: AbortSignal;
}

async function run(parts: DeliveryParts, { name, environment, commit, by, signal }: Deploying): Promise<Done> {
  const { book, trees, host, redact } = parts;
  const { checks = [], command, secrets = [], health, rollback } = environment;
  const failed: string[] = [];
  const told = async (result: { command: string; ok: boolean }) => void (result.ok || failed.push(result.command));
  const verdict = await checkCommit({ ...parts, unheld: true }, commit, checks, told, signal);
  if ('undecided' in verdict) return refuse('not-now', `Nothing was deployed: ${verdict.undecided}`);
  if (!verdict.ok)
    return refuse('conflict', `Nothing was deployed: the check "${failed[0]}" failed on ${commit.slice(0, 10)}.`);

  const state = await book.read();
  const before = [...state.deployments.values()]
    .reverse()
    .find(each => each.environment === name && each.outcome === 'live');
  const deployment = newId('deployment');
  const env: Record<string, string> = {};
  for (const secret of secrets) env[secret] = (await parts.secretOf(name, secret)).value ?? '';
  const timeoutMs = (environment.commandSeconds ?? DELIVERY.commandSeconds) * 1000;
  const runIn = async (at: Oid, part: 'deploy' | 'health' | 'rollback', line: string, ms = timeoutMs) => {
    const tree = await trees.take(at, 'check');
    try {
      const processes = createProcesses({ root: tree.path, environment: parts.environment });
      const more = { ...env, ORCHESTRATE_ENVIRONMENT: name, ORCHESTRATE_COMMIT: at };
      const ended = await processes.run({ command: line, env: more, timeoutMs: ms, outputLimit: OUTPUT_BYTES }, signal);
      const ok = ended.ended === 'exit' && ended.exit === 0;
      const result = { ok, ms: Math.round(ended.ms), output: { text: redact(ended.output) } };
      return {
        type: 'deploy-command' as const,
        deployment,
        part,
        ...result,
        ...(ended.exit !== undefined && { exit: ended.exit }),
      };
    } finally {
      await tree.release();
    }
  };
  const note = (event: Awaited<ReturnType<typeof runIn>>) => book.change((_, put) => put(event)).then(() => event.ok);
  const end = (outcome: 'live' | 'failed' | 'rolled-back' | 'rollback-failed', why?: string) =>
    book.change((_, put) => put({ type: 'deploy-outcome', deployment, outcome, ...(why !== undefined && { why }) }));
  await book.change((_, put) =>
    put({ type: 'deploy-intent', deployment, environment: name, commit, by, command, secrets }),
  );

  const deployed = await note(await runIn(commit, 'deploy', command));
  const well = deployed && (health === undefined || (await isWell(health)));
  if (well) {
    await end('live');
    return { ok: true, message: `${commit.slice(0, 10)} is live on ${name}.` };
  }
  const why = deployed ? `the health command "${health}" stayed red` : `the command "${command}" failed`;
  if (rollback === undefined) {
    await end('failed', why);
    return refuse('conflict', `${name} may be broken: ${why}, and there is no roll-back command.`);
  }
  const back = await note(await runIn(before?.commit ?? commit, 'rollback', rollback));
  await end(back ? 'rolled-back' : 'rollback-failed', why);
  const also = back ? `${name} was rolled back` : `the roll-back command "${rollback}" failed, too: look at ${name}`;
  return refuse('conflict', `${commit.slice(0, 10)} is not live on ${name}: ${why}; ${also}.`);

  /** It is given time to become well; only how it ended is written down. */
  async function isWell(line: string): Promise<boolean> {
    const until = host.clock.monotonic() + (environment.healthSeconds ?? DELIVERY.healthSeconds) * 1000;
    for (;;) {
      const left = Math.max(1000, until - host.clock.monotonic());
      const seen = await runIn(commit, 'health', line, left);
      if (seen.ok || signal.aborted || host.clock.monotonic() + HEALTH_EVERY_MS > until) return note(seen);
      await new Promise<void>(resolve => host.clock.after(HEALTH_EVERY_MS, resolve));
    }
  }
}
