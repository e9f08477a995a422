import { closeSync, openSync } from 'node:fs';
import { lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type {
  CommandRights,
  HeldProgram,
  OwnProgram,
  ProcessOutcome,
  ProcessRequest,
  Sandbox,
  SandboxedRun,
  SandboxStanding,
} from '../../core/ports.ts';
import type { RelPath } from '../../protocol/ids.ts';
import { createProcesses, type LaunchingProcesses } from '../processes.ts';
import { aroundProgram, bubblewrap, listing, PROXY_SOCKET, proxyPort, type Tools, type View } from './bubblewrap.ts';
import { ClosedFiles } from './closed-files.ts';
import { ended, judgeChanges, keepMode, notStarted } from './judge.ts';
import { landOutput } from './land-outputs.ts';
import { Loopbacks } from './loopbacks.ts';
import { Outputs } from './outputs.ts';
import { SettingsCopies } from './own-settings.ts';
import { proveHolding } from './proof.ts';
import { DomainProxy, openGate, type Reach } from './proxy.ts';
import { type Readable, readablePlaces, withProgram } from './readable.ts';
import { repositoryOf } from './repository.ts';
import { seccompFilter } from './seccomp.ts';
import { SandboxStore, type Stage, storePlaces } from './store.ts';
import { systemProgram } from './system-programs.ts';
import { readUpper } from './upper.ts';
import { ownVariables } from './variables.ts';

export interface LinuxSandboxOptions {
  root: string;
  processes: LaunchingProcesses;
  environment: Readonly<Record<string, string | undefined>>;
  /** How domains are reached. */
  reach?: Reach;
  /** It has been proved to hold. */
  proved?: boolean;
}

interface Ready {
  tools: Tools;
  store: SandboxStore;
  readable: Readable;
  /** A file with the filter for system calls. */
  filter: string | undefined;
}

const PROGRAMS = {
  bwrap: 'bubblewrap',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  mount: 'mount',
  find: 'findutils',
};
const PROBE_MS = 20_000;

/** Commands in bubblewrap, over a layer that keeps what they write until it is looked at. */
export class LinuxSandbox implements Sandbox {
  readonly #root: string;
  readonly #processes: LaunchingProcesses;
  readonly #environment: LinuxSandboxOptions['environment'];
  readonly #home: string;
  readonly #closed: ClosedFiles;
  readonly #outputs: Outputs;
  readonly #reach: Reach | undefined;
  readonly #loopbacks = new Loopbacks();
  readonly #proved: boolean;
  #ways = 0;
  readonly #settings: SettingsCopies;
  #ready: Promise<Ready> | undefined;
  #standing: Promise<SandboxStanding> | undefined;

  constructor({ root, processes, environment, reach, proved = false }: LinuxSandboxOptions) {
    this.#reach = reach;
    this.#proved = proved;
    this.#root = root;
    this.#processes = processes;
    this.#environment = environment;
    const home = environment.HOME ?? homedir();
    this.#home = !isAbsolute(home) || home === '/' ? '/home/agent' : resolve(home);
    this.#settings = new SettingsCopies(this.#home);
    this.#closed = new ClosedFiles(root);
    this.#outputs = new Outputs(root);
  }

  standing(): Promise<SandboxStanding> {
    this.#standing ??= this.#probe();
    return this.#standing;
  }

  async run(request: ProcessRequest, rights: CommandRights, signal: AbortSignal): Promise<SandboxedRun> {
    let stage: Stage | undefined;
    let ready: Ready | undefined;
    const drop = () => {
      if (stage) ready?.store.drop(stage);
    };
    try {
      ready = await this.#prepared();
      stage = await ready.store.stage(this.#root);
      const since = Date.now();
      const [made, staged] = [ready, stage];
      const start = (loopback?: number) => this.#start(made, staged, request, rights, signal, loopback);
      const { outcome, unreached } = await (rights.sharedLoopback
        ? this.#loopbacks.sharing(rights.owner, ready.tools, start)
        : start());
      if (outcome.ended === 'not-started') return ended(outcome, drop);
      return { ...(await this.#result(ready, stage, rights, outcome, since)), unreached };
    } catch (error) {
      drop();
      return ended(notStarted(error), drop);
    }
  }

  async close(): Promise<void> {
    const ready = await this.#ready?.catch(() => undefined);
    this.#ready = undefined;
    await this.#settings.settled();
    await ready?.store.close();
  }

  async #start(
    ready: Ready,
    stage: Stage,
    request: ProcessRequest,
    rights: CommandRights,
    signal: AbortSignal,
    loopback?: number,
  ) {
    const { tools, store, readable, filter } = ready;
    const own = await store.owned(rights.owner);
    const view: View = {
      root: this.#root,
      folder: join(this.#root, request.cwd ?? '.'),
      home: this.#home,
      own,
      readable,
      closed: await this.#closed.find(),
      ...(await repositoryOf(this.#root)),
      emptied: (await isFolder(join(this.#root, '.orchestrate'))) ? ['.orchestrate'] : [],
      denied: store.denied,
      filtered: filter !== undefined,
      ...(loopback !== undefined && { loopback }),
    };
    const way = rights.network.length > 0 ? await this.#wayOut(stage.folder, rights.network) : undefined;
    const [file = '', ...args] = bubblewrap(tools, stage, way ? { ...view, ways: way.ways } : view);
    const open = filter === undefined ? undefined : openSync(filter, 'r');
    try {
      const launcher = {
        file,
        args,
        env: ownVariables(this.#home, '/tmp', way?.port),
        ...(open !== undefined && { files: [open] }),
      };
      const outcome = await this.#processes.runThrough(launcher, request, signal);
      return { outcome, unreached: [...(way?.proxy.refused ?? [])] };
    } finally {
      way?.proxy.close();
      if (open !== undefined) closeSync(open);
    }
  }

  /** A proxy for the domains that the command may reach; undefined where these are none. */
  async #wayOut(stage: string, network: readonly string[]) {
    const socat = await systemProgram('socat');
    if (!socat)
      throw new Error(`socat is not installed, and without it no domain can be reached. ${installing(['socat'])}`);
    const folder = join(stage, 'proxy');
    await mkdir(folder);
    const proxy = new DomainProxy(network, this.#reach);
    await proxy.listen(join(folder, PROXY_SOCKET));
    const port = proxyPort(this.#ways++);
    return { ways: { folder, socat, ports: [{ port, socket: PROXY_SOCKET }] }, proxy, port };
  }

  async hold(program: OwnProgram): Promise<HeldProgram> {
    const { tools, store, readable, filter } = await this.#prepared();
    const { folder, owner, network, localPorts } = program;
    const own = await store.owned(owner);
    const takeBack = await this.#settings.bring(program, own.home);
    const place = await store.place();
    const way = await this.#wayOut(place, network);
    const locals = localPorts.map(port => ({ port, socket: `local-${port}` }));
    const gates = await Promise.all(locals.map(({ port, socket }) => openGate(port, join(way.ways.folder, socket))));
    const keeps = program.keeps.map(path => resolve(this.#home, path));
    const [path = '', ...args] = aroundProgram(tools, {
      ...{ home: this.#home, own, denied: store.denied, folder, filter },
      readable: await withProgram(readable, program, this.#home, this.#root),
      keeps: (await Promise.all(keeps.map(existing))).filter(each => each !== undefined),
      ways: { ...way.ways, ports: [...way.ways.ports, ...locals] },
    });
    return {
      path,
      args: [...args, program.path, ...program.args],
      env: { ...program.env, ...ownVariables(this.#home, '/tmp', way.port) },
      close: () => {
        way.proxy.close();
        for (const gate of gates) gate.close();
        store.remove(place);
        takeBack();
        return [...way.proxy.refused];
      },
    };
  }

  async #result(
    { tools, store }: Ready,
    stage: Stage,
    rights: CommandRights,
    outcome: ProcessOutcome,
    since: number,
  ): Promise<Omit<SandboxedRun, 'unreached'>> {
    const root = this.#root;
    const written = await readUpper(stage.upper, root, this.#outputs, folders => this.#merged(tools, stage, folders));
    const { changes, refused } = await judgeChanges({ root, staged: stage.upper, rights, since }, written);
    for (const path of written.outputs) {
      this.#outputs.note(path);
      await landOutput(stage.upper, root, path);
    }
    return {
      outcome,
      changes,
      refused,
      read: path => readFile(join(stage.upper, path)),
      close: async landed => {
        for (const path of landed) await keepMode(join(stage.upper, path), join(root, path)).catch(() => undefined);
        store.drop(stage);
      },
    };
  }

  async #merged(tools: Tools, stage: Stage, folders: readonly RelPath[]) {
    const [file = '', ...args] = listing(tools, stage, folders);
    const listed = await this.#spawned(file, args);
    const names = new Map<RelPath, Set<string>>(folders.map(folder => [folder, new Set()]));
    for (const line of listed.split('\0')) {
      const at = line.lastIndexOf('/');
      if (at > 1) names.get(line.slice(2, at))?.add(line.slice(at + 1));
    }
    return names;
  }

  async #spawned(file: string, args: readonly string[]): Promise<string> {
    const { execFile } = await import('node:child_process');
    return new Promise((done, failed) => {
      execFile(file, [...args], { maxBuffer: 256 * 1024 * 1024, timeout: PROBE_MS }, (error, out) =>
        error ? failed(error) : done(out),
      );
    });
  }

  #prepared(): Promise<Ready> {
    this.#ready ??= this.#prepare();
    return this.#ready;
  }

  async #prepare(): Promise<Ready> {
    const path = this.#environment.PATH ?? '';
    const found = await Promise.all(Object.keys(PROGRAMS).map(name => systemProgram(name)));
    const missing = Object.values(PROGRAMS).filter((_, i) => found[i] === undefined);
    const [bwrap, unshare, nsenter] = found;
    if (missing.length > 0 || !bwrap || !unshare || !nsenter) throw new Missing([...new Set(missing)]);
    const tools = { bwrap, unshare, nsenter, shell: '/bin/sh' };
    const cache =
      this.#environment.XDG_CACHE_HOME ?? (await existing(join(this.#environment.HOME ?? homedir(), '.cache')));
    const { ORCHESTRATE_BROWSER: browser } = this.#environment;
    const programs = [process.execPath, ...(browser ? [browser] : [])];
    const readable = await readablePlaces(path, this.#home, programs, this.#root);
    const bytes = seccompFilter();
    let failure: unknown;
    for (const place of storePlaces(cache)) {
      const store = await SandboxStore.make([place]).catch(() => undefined);
      if (!store) continue;
      const filter = bytes && join(store.folder, 'filter');
      if (bytes && filter) await writeFile(filter, bytes);
      const ready: Ready = { tools, store, readable, filter };
      failure = await this.#tried(ready);
      if (failure === undefined) return ready;
      await store.close();
    }
    throw failure ?? new Error('there is no folder for temporary files that can be written to');
  }

  /** Whether a command can be run in it here, and is held; undefined: it is. */
  async #tried(ready: Ready): Promise<Error | undefined> {
    const stage = await ready.store.stage(this.#root);
    try {
      const request = { command: 'echo held', timeoutMs: PROBE_MS, outputLimit: 4000 };
      const rights = { owner: 'probe', write: [], network: [] };
      const { outcome } = await this.#start(ready, stage, request, rights, new AbortController().signal);
      const { ended, exit, output, message } = outcome;
      if (ended !== 'exit' || output.trim() !== 'held')
        return new Error((message ?? output).trim().slice(0, 300) || `it ended with ${exit ?? ended}`);
      const problem = this.#proved ? undefined : await proveHolding(ready.store.folder, root => this.#another(root));
      return problem === undefined ? undefined : new Error(problem);
    } finally {
      ready.store.drop(stage);
    }
  }

  #another(root: string): LinuxSandbox {
    const environment = this.#environment;
    return new LinuxSandbox({ root, processes: createProcesses({ root, environment }), environment, proved: true });
  }

  async #probe(): Promise<SandboxStanding> {
    try {
      const { tools } = await this.#prepared();
      const version = (await this.#spawned(tools.bwrap, ['--version'])).trim();
      const by = version || 'bubblewrap';
      if (await systemProgram('socat')) return { holds: true, by };
      return {
        holds: true,
        by,
        lacks: `Without socat no domain can be reached, and CLI agents are not held. ${installing(['socat'])}`,
      };
    } catch (error) {
      this.#ready = undefined;
      if (error instanceof Missing) return { holds: false, why: error.message, advice: installing(error.packages) };
      const why = error instanceof Error ? error.message : String(error);
      return {
        holds: false,
        why: `A command could not be started in it: ${why.replace(/[^.!?]$/, '$&.')}`,
        advice: forbidding(why),
      };
    }
  }
}

class Missing extends Error {
  readonly packages: string[];
  constructor(packages: string[]) {
    super(`${packages.join(', ')} ${packages.length === 1 ? 'is' : 'are'} not installed.`);
    this.packages = packages;
  }
}

const installing = (packages: readonly string[]) =>
  `Install ${packages.join(', ')}: apt install ${packages.join(' ')} (Debian, Ubuntu), dnf install ${packages.join(' ')} (Fedora), pacman -S ${packages.join(' ')} (Arch).`;

/** Why systems forbid it, by what bubblewrap and unshare say. */
const forbidding = (why: string) =>
  /not permitted|denied|uid map|namespace/i.test(why)
    ? 'The system forbids user namespaces. In a container they have to be allowed (--security-opt seccomp=unconfined, or --privileged); on Ubuntu by an AppArmor profile for bwrap and unshare, or sysctl kernel.apparmor_restrict_unprivileged_userns=0; elsewhere sysctl kernel.unprivileged_userns_clone=1.'
    : 'It needs Linux 5.11 or newer with overlayfs and user namespaces, and a folder for temporary files on a disk of this machine.';

const existing = (path: string) =>
  stat(path).then(
    () => path,
    () => undefined,
  );
const isFolder = async (path: string) => (await lstat(path).catch(() => undefined))?.isDirectory() === true;
