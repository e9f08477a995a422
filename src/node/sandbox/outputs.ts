import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { actsBy } from '../../core/acting-files.ts';
import { checkRelPath } from '../../core/paths.ts';
import type { RelPath } from '../../protocol/ids.ts';
import { IgnoreRules } from '../ignore-rules.ts';

const names = (text: string) => new Set(text.split(/\s+/).filter(Boolean));

/** What package managers, compilers and test runners make, whether or not an ignore file says so. */
const BUILD_FOLDERS =
  names(`node_modules __pycache__ .pytest_cache .mypy_cache .ruff_cache .hypothesis .tox .nox .venv venv target dist
  build out coverage .nyc_output htmlcov .next .nuxt .svelte-kit .astro .turbo .parcel-cache .vite .gradle .angular .dart_tool
  _build deps .stack-work dist-newstyle .build obj .cache test-results playwright-report .eggs .zig-cache zig-out`);
const BUILD_FILES =
  /(^\.(eslintcache|stylelintcache|coverage(\..*)?)|\.(tsbuildinfo|pyc|class|o|a|so|dylib|dll|exe|obj|pdb|rlib|rmeta|gcda|gcno|profraw|egg-info))$/;

/**
 * Which paths of a workspace are results of builds: what git ignores, by the rules that stood there when it was first
 * looked, and what usually is. A file that was there before and was not ignored never becomes one, so that nobody gets
 * at the files of others by an ignore file of their own.
 */
export class Outputs {
  readonly #root: string;
  readonly #rules = new Map<string, Promise<IgnoreRules | undefined>>();
  readonly #own = new Set<RelPath>();
  readonly #began = new Map<RelPath, Promise<boolean>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** What a command made here as an output stays one. */
  note(path: RelPath): void {
    this.#own.add(path);
  }

  async isOutput(path: RelPath, isFolder: boolean): Promise<boolean> {
    const parts = path.split('/');
    for (let length = 1; length <= parts.length; length++) {
      const folder = length < parts.length;
      const part = parts.slice(0, length).join('/');
      if (!checkRelPath(folder ? `${part}/any.md` : part).ok) return false;
      if (await this.#isItself(part, folder || isFolder)) return true;
      // Within an output anything may stand; beside one, files by which tools run something are asked about.
      if (!folder && actsBy(path) !== undefined) return false;
    }
    return false;
  }

  async #isItself(path: RelPath, isFolder: boolean): Promise<boolean> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (actsBy(path) !== undefined || actsBy(`${path}/file`) !== undefined) return false;
    if (await this.#ignored(path, isFolder, 'first')) return true;
    const usual = isFolder ? BUILD_FOLDERS.has(name) : BUILD_FILES.test(name);
    if (!usual && !(await this.#ignored(path, isFolder, 'now'))) return false;
    return this.#own.has(path) || !(await this.#wasThere(path));
  }

  /** Whether something stood there that no rule ignored when it was first asked for. */
  #wasThere(path: RelPath): Promise<boolean> {
    const known = this.#began.get(path);
    if (known) return known;
    const looked = lstat(join(this.#root, path)).then(
      () => true,
      () => false,
    );
    this.#began.set(path, looked);
    return looked;
  }

  async #ignored(path: RelPath, isFolder: boolean, when: 'first' | 'now'): Promise<boolean> {
    // The rules nearest to the file speak last.
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const base = folder === '.' ? '' : `${folder}/`;
      const rules = when === 'first' ? await this.#firstRules(folder) : await this.#read(folder);
      const verdict = rules?.ignores(path.slice(base.length), isFolder);
      if (verdict !== undefined) return verdict;
      if (folder === '.') return false;
    }
  }

  #firstRules(folder: string): Promise<IgnoreRules | undefined> {
    const known = this.#rules.get(folder);
    if (known) return known;
    const read = this.#read(folder);
    this.#rules.set(folder, read);
    return read;
  }

  async #read(folder: string): Promise<IgnoreRules | undefined> {
    const path = join(this.#root, folder, '.gitignore');
    const found = await lstat(path).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    return new IgnoreRules(await readFile(path, 'utf8').catch(() => ''));
  }
}
