import { openEvents } from '../../src/core/session/journal.ts';
import { StoreError } from '../../src/core/session/store.ts';
import type {
  History,
  OpenRun,
  Outside,
  Pulse,
  RunEnd,
  RunRequest,
  Runs,
  StationState,
  Writes,
} from '../../src/core/station/contract.ts';
import { stationKind } from '../../src/core/station/reduce.ts';
import type { StandingWorkflow } from '../../src/core/station/standing-workflows.ts';
import { Station, type StationSettings } from '../../src/core/station/station.ts';
import { hashOf } from '../../src/node/hash.ts';
import type { Member } from '../../src/protocol/member.ts';
import type { StationEvent, StationRequest } from '../../src/protocol/station.ts';
import type { FakeClock } from './fake-clock.ts';
import { Disk, MemoryStore } from './memory-store.ts';

export const member = (name: string, more: Partial<Member> = {}): Member => ({ name, role: 'implementer', ...more });

type Opened = Awaited<ReturnType<Runs['open']>>;

/** How a session does what it is asked: how long it takes, and how it ends. */
export interface Act {
  ms: number;
  outcome?: RunEnd['outcome'];
  reason?: string;
  cost?: number;
  bugs?: RunEnd['bugs'];
  checks?: RunEnd['checks'];
  wrote?: boolean;
  until?: number;
  /** What can be told of it from outside; it makes progress unless it says otherwise. */
  pulse?: (began: number) => Partial<Pulse>;
  /** What it put into files. */
  changed?: () => Writes;
  /** Instead of beginning. */
  refused?: Extract<Opened, { ok: false }>;
}

/** Sessions that take their time on a fake clock, and stay where they are when their station dies, as journals do. */
export class ActedRuns implements Runs {
  /** Work that was done, by session: how much of it, in milliseconds. */
  readonly done = new Map<string, number>();
  /** So long a turn takes. */
  turnMs = 1000;
  readonly opened: { request: RunRequest; at: number }[] = [];
  readonly #clock: FakeClock;
  readonly #act: (request: RunRequest) => Act;
  readonly #beside: boolean;
  #dead = false;
  readonly atWork = new Map<string, RunRequest>();

  constructor(clock: FakeClock, act: (request: RunRequest) => Act, beside = false, done = new Map<string, number>()) {
    this.#clock = clock;
    this.#act = act;
    this.#beside = beside;
    this.done = done;
  }

  alone(): boolean {
    return !this.#beside;
  }

  /** The process is killed: nothing is heard of what runs any more. */
  kill(): void {
    this.#dead = true;
  }

  async open(request: RunRequest): Promise<Opened> {
    if (this.#dead) return new Promise(() => {});
    this.opened.push({ request, at: this.#clock.now() });
    const {
      ms,
      outcome = 'completed',
      reason = 'done',
      cost,
      until,
      bugs,
      checks,
      wrote,
      refused,
      pulse,
      changed,
    } = this.#act(request);
    if (refused) return refused;
    const began = this.#clock.now();
    const before = this.done.get(request.session) ?? 0;
    const ended = Promise.withResolvers<RunEnd>();
    this.atWork.set(request.session, request);
    const end = (result: RunEnd) => {
      if (this.#dead) return;
      timer.dispose();
      this.atWork.delete(request.session);
      this.done.set(request.session, before + this.#clock.now() - began);
      ended.resolve(result);
    };
    const timer = this.#clock.after(Math.max(0, ms - before), () =>
      end({
        outcome,
        reason,
        ms,
        ...(cost !== undefined && { cost }),
        ...(until !== undefined && { until }),
        ...(bugs && { bugs }),
        ...(checks && { checks }),
        ...(wrote !== undefined && { wrote }),
      }),
    );
    const run: OpenRun = {
      done: ended.promise,
      pulse: () => ({ lastAt: this.#clock.now(), asks: [], local: false, ...pulse?.(began) }),
      changed: () => changed?.() ?? new Map(),
      watch: () => ({ dispose() {} }),
      stop: why => end({ outcome: 'interrupted', reason: why, ms: 0 }),
      abort: why => end({ outcome: 'aborted', reason: why, ms: 0 }),
      setAside: why => void this.#clock.after(this.turnMs, () => end({ outcome: 'interrupted', reason: why, ms: 0 })),
    };
    return { ok: true, run };
  }
}

export interface Standing {
  station: Station;
  runs: ActedRuns;
  state: StationState;
  ask(body: StationRequest): ReturnType<Station['handle']>;
  add(text: string, more?: Partial<Extract<StationRequest, { kind: 'queue-add' }>>): string;
  events: (StationEvent & { at: number })[];
  journal: Awaited<ReturnType<typeof openStation>>;
  /** The process is gone: nothing more reaches the disk. */
  kill(): void;
}

export const openStation = (disk: Disk, clock: FakeClock, store = new MemoryStore(disk)) =>
  openEvents(store, stationKind, { clock, redact: text => text, log: { write() {} } });

let requests = 0;
let sessions = 0;

/** A standing team on a fake clock. */
export async function standing(
  clock: FakeClock,
  act: (request: RunRequest) => Act,
  given: {
    members?: Member[];
    disk?: Disk;
    beside?: boolean;
    settings?: Partial<StationSettings>;
    done?: Map<string, number>;
    workflows?: readonly StandingWorkflow[];
    outside?: Outside;
    history?: History;
  } = {},
): Promise<Standing> {
  const {
    members = [member('codex'), member('codex2')],
    disk = new Disk(),
    beside,
    settings,
    done,
    workflows,
    outside,
    history,
  } = given;
  const store = new MemoryStore(disk);
  const journal = await openStation(disk, clock, store);
  const events: Standing['events'] = [];
  journal.subscribe(event => events.push(event));
  const runs = new ActedRuns(clock, act, beside, done);
  const ports = {
    journal,
    clock,
    log: { write() {} },
    runs,
    newSession: () => `s${++sessions}`,
    hashOf,
    ...(workflows && { workflows }),
    ...(outside && { outside }),
    ...(history && { history }),
  };
  const station = new Station(ports, settings);
  station.start({ pid: 1, host: 'terminal', version: '0', members });
  const ask = (body: StationRequest) => station.handle(body, `request-${++requests}`);
  return {
    station,
    runs,
    state: journal.state,
    ask,
    add(text, more = {}) {
      const told = ask({ kind: 'queue-add', text, priority: 5, ...more });
      if (!told.ok) throw new Error(told.message);
      return /^q\d+/.exec(told.message ?? '')?.[0] ?? '';
    },
    events,
    journal,
    kill() {
      runs.kill();
      store.before = () => {
        throw new StoreError('lost-lock', 'killed');
      };
    },
  };
}
