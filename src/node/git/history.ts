import type { Between, History } from '../../core/station/contract.ts';
import { Repository } from './repository.ts';
import { line, must } from './run-git.ts';

/** So many commits are told one by one. */
const TOLD = 20;

const short = (commit: string) => commit.slice(0, 10);

/** What a workspace's repository knows of the commits between two. */
export class NodeHistory implements History {
  readonly #workspace: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(workspace: string, environment: NodeJS.ProcessEnv) {
    this.#workspace = workspace;
    this.#environment = environment;
  }

  async between(from: string, to: string): Promise<Between> {
    const repository = await Repository.open(this.#workspace, this.#environment);
    const { run } = repository;
    const shallow = line(await run(['rev-parse', '--is-shallow-repository'])) === 'true';
    for (const commit of [from, to])
      if ((await repository.commitOf(commit)) === undefined)
        return { commits: [], more: 0, note: goneNote(commit, shallow) };
    const note = await this.#note(repository, from, to, shallow);
    const range = `${from}..${to}`;
    const format = '--format=%H%x1f%an%x1f%s';
    const { out } = await must(
      run(['log', '-z', '-n', String(TOLD), format, range, '--']),
      'reading what lies between',
    );
    const commits = out.split('\0').flatMap(entry => {
      const [id, author = '', subject = ''] = entry.split('\x1f');
      return id ? [{ id, author, subject }] : [];
    });
    const count = Number(line(await must(run(['rev-list', '--count', range, '--']), 'counting what lies between')));
    return { commits, more: Math.max(0, count - commits.length), ...(note !== undefined && { note }) };
  }

  async #note(repository: Repository, from: string, to: string, shallow: boolean): Promise<string | undefined> {
    if (await repository.isAncestor(from, to)) return undefined;
    if (shallow) return `The clone is shallow: whether ${short(from)} lies before ${short(to)} is not known here.`;
    if (await repository.isAncestor(to, from))
      return `The branch was set back: ${short(to)} lies before ${short(from)}.`;
    const base = line(await repository.run(['merge-base', from, to]));
    const both = base === '' ? 'they have no commit in common' : `both go back to ${short(base)}`;
    return `${short(from)} does not lie before ${short(to)}: the history was rewritten, or it is another branch; ${both}. These are the commits that only ${short(to)} has.`;
  }
}

const goneNote = (commit: string, shallow: boolean) =>
  shallow
    ? `The clone is shallow and does not reach back to ${short(commit)}: what lies between is not known here.`
    : `There is no commit ${short(commit)} here any more, as after the history was rewritten: what lies between is not known.`;
