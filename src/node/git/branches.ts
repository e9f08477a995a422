import { hint } from '../../core/plan/suggest.ts';
import { Repository } from './repository.ts';
import { line, must } from './run-git.ts';

/** More commits than these are not told apart. */
const MOST = 500;

/** Which commits the branches of a workspace's repository are at. */
export class Branches {
  readonly #repository: Repository;

  private constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** Rejects with a sentence where there is no repository. */
  static async open(workspace: string, environment: NodeJS.ProcessEnv): Promise<Branches> {
    return new Branches(await Repository.open(workspace, environment));
  }

  /** Why nothing may ever come to a branch. */
  async missing(branch: string): Promise<string | undefined> {
    if ((await this.#tip(branch)) !== undefined) return undefined;
    const all = await must(
      this.#repository.run(['for-each-ref', '--format=%(refname:short)', 'refs/heads']),
      'branches',
    );
    const names = line(all).split('\n').filter(Boolean);
    return `There is no branch "${branch}" here${hint(branch, names)}; its first commit will be the first that begins something.`;
  }

  /** The commit it is at, and for each that is new the session that made it, as far as it was one. */
  async look(branch: string, last: string | undefined): Promise<{ mark: string; news: string[] }> {
    const mark = (await this.#tip(branch)) ?? '';
    if (last === undefined || mark === last || mark === '') return { mark, news: [] };
    const known = last === '' ? undefined : await this.#repository.commitOf(last);
    const { run } = this.#repository;
    const range = known === undefined ? [mark, '-n', '1'] : [`${known}..${mark}`, '-n', String(MOST)];
    const format = '--format=%P%x09%(trailers:key=Session,valueonly,separator=%x20)';
    const { out } = await must(run(['log', format, ...range, '--']), `looking at what is new on ${branch}`);
    return { mark, news: sessionsOf(out.split('\n').slice(0, -1)) };
  }

  async #tip(branch: string): Promise<string | undefined> {
    return this.#repository.tip(`refs/heads/${branch}`);
  }
}

/** Who merges adds nothing to what the merge brings; it counts where it brings nothing, as one that was made again. */
function sessionsOf(lines: readonly string[]): string[] {
  const commits = lines.map(each => each.split('\t') as [parents: string, session: string]);
  const made = commits.filter(([parents]) => !parents.includes(' '));
  return (made.length > 0 ? made : commits).map(([, session]) => session);
}
