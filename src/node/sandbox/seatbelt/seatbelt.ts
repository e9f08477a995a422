import { lstat, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { claimsOf } from '../../../core/agent/claims.ts';
import type {
  CommandRights,
  HeldProgram,
  OwnProgram,
  ProcessRequest,
  Sandbox,
  SandboxedRun,
  SandboxStanding,
} from '../../../core/ports.ts';
import type { RelPath } from '../../../protocol/ids.ts';
import { createProcesses, type LaunchingProcesses } from '../../processes.ts';
import { ClosedFiles } from '../closed-files.ts';
import { ended, judgeChanges, keepMode, notStarted } from '../judge.ts';
import { Outputs } from '../outputs.ts';
import { SettingsCopies } from '../own-settings.ts';
import { proveHolding } from '../proof.ts';
import { DomainProxy, type Reach } from '../proxy.ts';
import { isWithin, type Readable, readablePlaces, withProgram } from '../readable.ts';
import { repositoryOf } from '../repository.ts';
import { SandboxStore, storePlaces } from '../store.ts';
import { ownVariables } from '../variables.ts';
import { buildPlaces, ignoredNames } from './builds.ts';
import { KeptFiles } from './kept-files.ts';
import { globExpressions } from './patterns.ts';
import { type SeatbeltView, seatbeltProfile, type Writable } from './profile.ts';
import { type Survey, surveyOf } from './survey.ts';

export interface SeatbeltOptions {
  root: string;
  processes: LaunchingProcesses;
  environment: Readonly<Record<string, string | undefined>>;
  /** How domains are reached. */
  reach?: Reach;
  /** It is proved that such a one holds. */
  proved?: boolean;
  /** The system's program that puts a profile over another one. */
  program?: string;
}

interface Ready {
  store: SandboxStore;
  readable: Readable;
  kept: KeptFiles;
  /** What the ignore file listed at first. */
  ignored: string[];
}

/**
 * Commands under a profile of macOS. There are no layers above a folder there: a command writes in the workspace itself,
 * only where its profile allows it, and what it changed is taken out again when it has ended, until it is landed.
 */
export class SeatbeltSandbox implements Sandbox {
  readonly ownLoopback = false;
  readonly #options: SeatbeltOptions;
  readonly #program: string;
  readonly #person: string;
  #root: string;
  #closed: ClosedFiles;
  readonly #outputs: Outputs;
  readonly #settings: SettingsCopies;
  /** Of each owner, until what a command changed is landed: two at once could not be told apart by what they wrote. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #profiles = 0;
  #ready: Promise<Ready> | undefined;
  #standing: Promise<SandboxStanding> | undefined;

  constructor(options: SeatbeltOptions) {
    this.#options = options;
    this.#program = options.program ?? '/usr/bin/sandbox-exec';
    this.#person = resolve(options.environment.HOME ?? homedir());
    this.#settings = new SettingsCopies(this.#person);
    this.#root = options.root;
    this.#closed = new ClosedFiles(options.root);
    this.#outputs = new Outputs(options.root);
  }

  standing(): Promise<SandboxStanding> {
    this.#standing ??= this.#look();
    return this.#standing;
  }

  async #look(): Promise<SandboxStanding> {
    try {
      const { store } = await this.#prepared();
      const problem = this.#options.proved ? undefined : await proveHolding(store.folder, root => this.#another(root));
      if (problem === undefined) return { holds: true, by: 'Seatbelt (sandbox-exec)' };
      await this.close();
      return failed(`Commands cannot be held by sandbox-exec here: ${problem}.`);
    } catch (error) {
      await this.close();
      const why = error instanceof Error ? error.message : String(error);
      return failed(`sandbox-exec could not be tried: ${why}`);
    }
  }

  #another(root: string): SeatbeltSandbox {
    const { environment, program } = this.#options;
    const processes = createProcesses({ root, environment });
    return new SeatbeltSandbox({ root, processes, environment, proved: true, ...(program && { program }) });
  }

  async run(request: ProcessRequest, rights: CommandRights, signal: AbortSignal): Promise<SandboxedRun> {
    if (rights.write.length === 0) return this.#run(request, rights, signal);
    const before = this.#turns.get(rights.owner) ?? Promise.resolve();
    const over = Promise.withResolvers<void>();
    this.#turns.set(
      rights.owner,
      before.then(() => over.promise),
    );
    await before;
    const run = await this.#run(request, rights, signal);
    return { ...run, close: landed => run.close(landed).finally(over.resolve) };
  }

  /** Never throws. */
  async #run(request: ProcessRequest, rights: CommandRights, signal: AbortSignal): Promise<SandboxedRun> {
    let stage: string | undefined;
    const drop = () => {
      if (stage !== undefined) void rm(stage, { recursive: true, force: true }).catch(() => undefined);
    };
    try {
      const ready = await this.#prepared();
      stage = await ready.store.place();
      const staged = stage;
      const before = await surveyOf(this.#root, this.#outputs);
      const claims = claimsOf(rights.write);
      const mine = ({ files, links }: Survey) => ({
        files: files.filter(path => claims.allows(path)),
        links: links.filter(path => claims.allows(path)),
      });
      const stand = await ready.kept.keep(mine(before));
      const { outcome, unreached } = await this.#start(ready, request, rights, before, signal);
      if (outcome.ended === 'not-started') return ended(outcome, drop);
      const now = mine(await surveyOf(this.#root, this.#outputs, before));
      const left = await ready.kept.lift(stand, now, staged);
      const judged = await judgeChanges({ root: this.#root, staged, rights }, left);
      return {
        ...{ outcome, unreached },
        ...judged,
        read: path => readFile(join(staged, path)),
        close: async landed => {
          for (const path of landed) await keepMode(join(staged, path), join(this.#root, path)).catch(() => undefined);
          drop();
        },
      };
    } catch (error) {
      drop();
      return ended(notStarted(error), drop);
    }
  }

  async #start(ready: Ready, request: ProcessRequest, rights: CommandRights, survey: Survey, signal: AbortSignal) {
    const { store, readable } = ready;
    const own = await this.#own(ready, rights.owner);
    const proxy = rights.network.length > 0 ? new DomainProxy(rights.network, this.#options.reach) : undefined;
    try {
      const port = await proxy?.listen();
      const root = this.#root;
      const inside = (path: RelPath) => join(root, path);
      const { fixed, beside } = await repositoryOf(root);
      const profile = await this.#profile(store, {
        ...{ own, readable, root, writes: [] },
        reads: beside,
        builds: buildPlaces(root, ready.ignored, survey),
        writable: writableOf(root, rights.write),
        closed: (await this.#closed.find()).map(({ path }) => inside(path)),
        fixed: fixed.map(inside),
        ports: port === undefined ? [] : [port],
      });
      const launcher = {
        endsLast: false,
        file: this.#program,
        args: ['-f', profile],
        env: ownVariables(own.home, own.temporary, port),
      };
      const outcome = await this.#options.processes.runThrough(launcher, request, signal);
      await rm(profile, { force: true });
      return { outcome, unreached: [...(proxy?.refused ?? [])] };
    } finally {
      proxy?.close();
    }
  }

  async hold(program: OwnProgram): Promise<HeldProgram> {
    const ready = await this.#prepared();
    const { store } = ready;
    const own = await this.#own(ready, program.owner);
    const takeBack = await this.#settings.bring(program, own.home);
    const proxy = new DomainProxy(program.network, this.#options.reach);
    const port = (await proxy.listen()) ?? 0;
    const folder = await realpath(program.folder);
    const keeps = await this.#keeps(own.home, program.keeps);
    const profile = await this.#profile(store, {
      own,
      readable: await withProgram(ready.readable, program, this.#person, this.#root),
      reads: [dirname(folder)],
      writes: [folder, ...keeps],
      root: folder,
      closed: [],
      fixed: [],
      ports: [port, ...program.localPorts],
    });
    return {
      path: this.#program,
      args: ['-f', profile, program.path, ...program.args],
      env: { ...program.env, ...ownVariables(own.home, own.temporary, port) },
      close: () => {
        proxy.close();
        store.remove(profile);
        takeBack();
        return [...proxy.refused];
      },
    };
  }

  async close(): Promise<void> {
    const ready = await this.#ready?.catch(() => undefined);
    this.#ready = undefined;
    await this.#settings.settled();
    await ready?.store.close();
  }

  /** Its own files are in a home folder of its own, too, so that it finds them where it looks. */
  async #keeps(home: string, named: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const path of named) {
      const real = await realpath(resolve(this.#person, path)).catch(() => undefined);
      if (real === undefined) continue;
      found.push(real);
      if (!isAbsolute(path)) await lead(join(home, path), real);
    }
    return found;
  }

  /** A home folder in which toolchains and caches of packages are found as in the person's. */
  async #own({ store, readable }: Ready, owner: string) {
    const own = await store.owned(owner);
    for (const { source, target } of readable.mounts)
      if (target !== this.#person && isWithin(this.#person, target))
        await lead(join(own.home, relative(this.#person, target)), source);
    return own;
  }

  async #profile(store: SandboxStore, view: SeatbeltView): Promise<string> {
    const path = join(store.folder, `profile-${++this.#profiles}`);
    await writeFile(path, seatbeltProfile(view), { mode: 0o600 });
    return path;
  }

  #prepared(): Promise<Ready> {
    this.#ready ??= this.#prepare();
    return this.#ready;
  }

  async #prepare(): Promise<Ready> {
    const { environment, root } = this.#options;
    if (!(await lstat(this.#program).catch(() => undefined))?.isFile())
      throw new Error(`${this.#program} is not there.`);
    // A profile is about where files are, not about the links that lead there.
    this.#root = await realpath(root);
    const cache = environment.XDG_CACHE_HOME;
    const store = await SandboxStore.make(storePlaces(cache).filter(place => !place.startsWith('/dev/')));
    const readable = await readablePlaces(environment.PATH ?? '', this.#person, [process.execPath], this.#root);
    const hidden = await Promise.all(
      readable.hidden.map(async each => ({ ...each, path: await realpath(each.path).catch(() => each.path) })),
    );
    return {
      store,
      readable: { ...readable, hidden },
      kept: new KeptFiles(this.#root, join(store.folder, 'kept')),
      ignored: await ignoredNames(this.#root),
    };
  }
}

const failed = (why: string): SandboxStanding => ({
  holds: false,
  why,
  advice: 'In a dev container on Linux commands can be held.',
});

async function lead(from: string, to: string): Promise<void> {
  await mkdir(dirname(from), { recursive: true });
  await symlink(to, from).catch(() => undefined);
}

export function writableOf(root: string, globs: readonly string[]): Writable {
  const writable = { files: [] as string[], folders: [] as string[], named: [] as string[] };
  for (const glob of claimsOf(globs).globs) {
    const { files, folders } = globExpressions(root, glob);
    writable.files.push(...files);
    writable.folders.push(...folders);
  }
  writable.named.push(...globs.filter(glob => /^[\w ./@+,-]+$/.test(glob)).map(glob => join(root, glob)));
  return writable;
}
