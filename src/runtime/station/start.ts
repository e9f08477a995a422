import { loadRoles } from '../../core/agent/roles/roles.ts';
import { redactorOf } from '../../core/config/known-keys.ts';
import { configuredProviders } from '../../core/config/providers.ts';
import { configuredWorkers } from '../../core/config/workers.ts';
import { serveRequests } from '../../core/session/inbox.ts';
import { NotSealed, openEvents } from '../../core/session/journal.ts';
import { obstacle } from '../../core/station/choose.ts';
import type { StationRecord, StationState } from '../../core/station/contract.ts';
import { stationRequests } from '../../core/station/inbox.ts';
import { stationKind } from '../../core/station/reduce.ts';
import { resolveTeam } from '../../core/station/resolve.ts';
import { writeSnapshot } from '../../core/station/snapshot.ts';
import { Station } from '../../core/station/station.ts';
import { NodeHistory } from '../../node/git/history.ts';
import { hashOf } from '../../node/hash.ts';
import { NodeOutside } from '../../node/outside.ts';
import { NodeProjectTexts } from '../../node/project-texts.ts';
import { newSessionId } from '../../node/session/sessions.ts';
import { makeStationFolder, stationFolder } from '../../node/session/station-folder.ts';
import type { Config } from '../../protocol/config.ts';
import type { StationEvent } from '../../protocol/station.ts';
import type { Runtime, RuntimeHost, StartedStation, StationRequestToStart } from '../contract.ts';
import { configOf, sessionsOf } from '../host.ts';
import { rehearsalProviders } from '../rehearsal.ts';
import { FROM_ELSEWHERE } from './access.ts';
import { agreedWorkflows } from './consent.ts';
import { sessionRuns } from './runs.ts';
import { workspaceWorkflows } from './workflows.ts';

/** From this size on the journal becomes a snapshot. */
const COMPACT_BYTES = 4_000_000;

/** Runs the standing team of a host's workspace, where nobody else does. */
export async function startStation(
  host: RuntimeHost,
  runtime: Runtime,
  { pools, fallback, rehearse, agrees, startSession }: StationRequestToStart,
): Promise<StartedStation> {
  const { clock, log, kind, version, environment } = host;
  const { config, problems } = await configOf(host);
  host.note?.({ problems });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { ok: false, reason: 'config', problems: errors };
  const { roles } = await loadRoles(new NodeProjectTexts(host.workspace));
  const scripted = rehearse === undefined ? undefined : await rehearsalProviders(rehearse);
  const workers = rehearse === undefined ? configuredWorkers(config).filter(({ explicit }) => explicit) : [];
  const team = resolveTeam(
    { pools, ...(fallback !== undefined && { fallback }) },
    {
      members: config.members ?? {},
      roles: [...roles.keys()],
      providers: [...new Set([...configuredProviders(config).map(({ name }) => name), ...(scripted ?? [])])],
      workers: workers.map(({ name }) => name),
    },
  );
  if (team.problems.length > 0) return { ok: false, reason: 'team', problems: team.problems };

  const sessions = sessionsOf(host);
  const store = stationFolder(sessions);
  await makeStationFolder(sessions);
  const owner = await store.owner();
  if (owner && !owner.reviews) return { ok: false, reason: 'owned', owner };
  const taken = await store.lock(kind);
  if (!taken.ok) return { ok: false, reason: 'owned', owner: taken.owner };
  try {
    const redactor = redactorOf(environment);
    const journal = await openEvents<StationState, StationEvent>(store, stationKind, {
      clock,
      log,
      redact: text => redactor.text(text),
    });
    let compacting: Promise<void> | undefined;
    if (journal.size > COMPACT_BYTES) await compact();
    const workflows = await workspaceWorkflows(host.workspace, [
      ...roles.keys(),
      ...team.members.map(({ name }) => name),
    ]);
    const { agreed, note } = await agreedWorkflows(host, workflows.standing, agrees);
    const said = [...workflows.problems, ...(note === undefined ? [] : [note])];
    const runs = sessionRuns({
      runtime,
      startSession:
        startSession ?? (request => (request.kind === 'new' ? runtime.start(request) : runtime.resume(request))),
      getBlob: hash => store.getBlob(hash),
      flags: flagsOf(config, fallback),
      ...(rehearse !== undefined && { rehearse }),
    });
    const { healthMinutes } = config.team ?? {};
    const station = new Station(
      {
        journal,
        clock,
        log,
        runs,
        newSession: () => newSessionId(clock.now()),
        workflows: agreed,
        hashOf,
        history: new NodeHistory(host.workspace, environment),
        outside: new NodeOutside({ workspace: host.workspace, environment, clock, log }),
      },
      healthMinutes === undefined ? {} : { healthMs: healthMinutes * 60_000 },
    );
    const listeners = new Set<(event: StationRecord) => void>();
    journal.subscribe(event => {
      for (const told of listeners) told(event);
      if (journal.size > COMPACT_BYTES)
        void compact().catch(error => log.write('warn', 'the journal was not compacted', error));
    });
    const since = clock.now();
    station.start({
      pid: process.pid,
      host: kind,
      version,
      members: team.members,
      ...(fallback !== undefined && { fallback }),
      ...(rehearse !== undefined && { rehearsal: rehearse }),
    });
    for (const item of journal.state.items.values()) {
      const why = item.status === 'waiting' ? obstacle(journal.state, item) : undefined;
      if (why !== undefined)
        journal.append({ type: 'notice', level: 'warning', text: `${item.id} cannot begin: ${why}` });
    }
    for (const text of said) journal.append({ type: 'notice', level: 'warning', text });
    const inbox = serveRequests(
      store,
      journal,
      (body, id) => station.handle(body, id),
      { log, since },
      stationRequests,
    );
    const lost = (reason: string) => void station.stop(reason);
    journal.failure.addEventListener('abort', () => lost('the journal cannot be written'), { once: true });
    taken.lock.lost.addEventListener('abort', () => lost('another process took it over'), { once: true });
    const done = station.stopped.then(async () => {
      inbox.dispose();
      await journal.close().catch(error => log.write('warn', 'the journal could not be closed', error));
      await store.close().catch(error => log.write('warn', 'the standing team could not be released', error));
    });
    function compact(): Promise<void> {
      compacting ??= journal
        .compact(() => ({ type: 'station-snapshot', state: writeSnapshot(journal.state) }))
        .finally(() => {
          compacting = undefined;
        });
      return compacting;
    }
    return {
      ok: true,
      notes: [...team.notes, ...said],
      station: {
        state: journal.state,
        place: store.place,
        subscribe(listener) {
          listeners.add(listener);
          return { dispose: () => listeners.delete(listener) };
        },
        stop: reason => station.stop(reason).then(() => done),
        done,
      },
    };
  } catch (error) {
    await store.close();
    if (error instanceof NotSealed) return { ok: false, reason: 'team', problems: [FROM_ELSEWHERE] };
    throw error;
  }
}

/** The plans of its sessions came with the queue; where nothing is left to spend, the fallback goes on. */
function flagsOf(config: Config, fallback: string | undefined): Config {
  const known = fallback === undefined || config.providers?.[fallback] !== undefined;
  return {
    team: { approvePlan: false },
    ...(fallback !== undefined && { budget: { whenSpent: 'local' as const } }),
    ...(!known && fallback === 'ollama' && { providers: { ollama: { kind: 'ollama' as const, local: true } } }),
  };
}
