import type { Done } from '../../core/delivery/contract.ts';
import { asideOf, branchRef, GitError } from '../../core/delivery/git.ts';
import type { Delivery } from '../../core/delivery/state.ts';
import { commitMessage } from '../../core/delivery/words.ts';
import { runGh } from '../../node/git/gh.ts';
import { hooksFolder } from '../../node/git/hooks.ts';
import { line } from '../../node/git/run-git.ts';
import type { DeliveryParts } from './open.ts';

const REMOTE_MS = 120_000;

const refuse = (reason: 'not-now' | 'conflict' | 'nothing', message: string): Done => ({ ok: false, reason, message });

/** The remote that a branch is pushed to: its own, else the only one or "origin". */
async function remoteFor({ repository }: DeliveryParts, branch: string): Promise<string> {
  const own = line(await repository.run(['config', '--get', `branch.${branch}.remote`]));
  const all = (await repository.run(['remote'])).out.split('\n').filter(Boolean);
  const remote =
    all.find(each => each === own) ?? all.find(each => each === 'origin') ?? (all.length === 1 ? all[0] : undefined);
  if (remote !== undefined) return remote;
  const why =
    all.length === 0
      ? 'This repository has no remote'
      : `None of the remotes (${all.join(', ')}) is named for ${branch}`;
  throw new GitError('no-branch', `${why}, so that nothing can be pushed. Add one: git remote add origin URL`);
}

/** Pushes one branch as it is, never by force; your own pre-push hook runs, as it would with git push. */
export async function push(parts: DeliveryParts, from: string, to: string): Promise<Done> {
  const { repository } = parts;
  await repository.mustBeName(to);
  const tip = await repository.tip(branchRef(from));
  if (tip === undefined) return refuse('nothing', `There is no branch ${from}.`);
  const remote = await remoteFor(parts, to);
  const spec = `${tip}:${branchRef(to)}`;
  const hooks = ['-c', `core.hooksPath=${await hooksFolder(repository)}`];
  const done = await repository.run([...hooks, 'push', '--porcelain', remote, spec], {
    env: { GIT_ASKPASS: parts.environment.GIT_ASKPASS ?? '' },
    signal: AbortSignal.timeout(REMOTE_MS),
  });
  const said = parts.redact([done.out, done.err].join('\n')).trim();
  if (done.code !== 0) return refuse('conflict', `${remote} did not take ${to}: ${whyNotTaken(said)}`);
  await parts.book.change((_, put) => put({ type: 'pushed', branch: to, remote, commit: tip }));
  return { ok: true, message: `${to} on ${remote} is at ${tip.slice(0, 10)} now.` };
}

function whyNotTaken(said: string): string {
  const first = said
    .split('\n')
    .filter(text => text.trim() !== '' && !/^(To |Done$)/.test(text))
    .slice(0, 6)
    .join(' · ');
  // A ref that cannot be locked may be in the way of another one, or nobody may write it: that is no newer commit.
  if (/non-fast-forward|fetch first|stale info|is at \S+ but expected/i.test(said))
    return `it has commits that you do not have. Fetch them into your branch (git pull); the next delivery that lands brings both together. (${first})`;
  const inTheWay = /'refs\/heads\/([^']+)' exists; cannot create/.exec(said)?.[1];
  if (inTheWay !== undefined)
    return `the branch ${inTheWay} is there, and git cannot have both names. Rename that one there, or push yours under another name by hand. (${first})`;
  if (/protected|pre-receive hook declined|GH006|denied/i.test(said))
    return `it is protected there. Open a pull request instead: orchestrate pull-request DELIVERY. (${first})`;
  if (/pre-push/i.test(said)) return `your pre-push hook said no. (${first})`;
  return first;
}

/** What of a delivery is pushed: its branch, or where it landed. */
export async function pushDelivery(parts: DeliveryParts, { branch, target, status, landed }: Delivery): Promise<Done> {
  if (status !== 'landed' || !landed) return push(parts, branch, branch);
  const aside = landed.ref === branchRef(asideOf(target));
  return push(parts, aside ? asideOf(target) : target, target);
}

/** Pushes the branch and opens a pull request for it, by the user's own gh. */
export async function openPullRequest(parts: DeliveryParts, delivery: Delivery): Promise<Done> {
  const { repository, environment } = parts;
  const { branch, target, title, session, authors, files, delivery: name } = delivery;
  if (delivery.status === 'landed') return refuse('not-now', `${name} has landed: push it instead.`);
  const gh = (args: readonly string[]) => runGh(repository.places.top, environment, args);
  if (!(await gh(['--version'])))
    return refuse(
      'not-now',
      `There is no gh on the PATH, which opens pull requests (https://cli.github.com). Push ${branch} and open it by hand.`,
    );
  const pushed = await push(parts, branch, branch);
  if (!pushed.ok) return pushed;
  const body = `${commitMessage(title, session, authors).split('\n').slice(2).join('\n')}\n${files.map(path => `- ${path}`).join('\n')}\n`;
  const args = ['pr', 'create', '--base', target, '--head', branch, '--title', title, '--body', body];
  const made = await gh(args);
  const output = parts.redact(made?.output ?? '');
  if (made?.code !== 0)
    return refuse('conflict', `gh did not open the pull request: ${output.split('\n').slice(-4).join(' · ')}`);
  const url = /https?:\/\/\S+/.exec(output)?.[0];
  await parts.book.change((_, put) =>
    put({ type: 'pull-request-opened', delivery: name, ...(url !== undefined && { url }) }),
  );
  return {
    ok: true,
    message: `The pull request of ${branch} into ${target} is open${url === undefined ? '' : `: ${url}`}.`,
  };
}
