import type { StationEvent, StationRequest } from '../../protocol/station.ts';
import type { RequestOutcome } from '../session/inbox.ts';
import type { Run, StationState } from './contract.ts';

export interface TeamHost {
  readonly state: StationState;
  append(event: StationEvent): unknown;
  /** Ends a run for good. */
  abortRun(run: Run, reason: string): void;
  /** Stops the station cleanly. */
  stop(reason: string): unknown;
}

type TeamRequest = Exclude<StationRequest, { kind: `queue-${string}` }>;

const no = (message: string): RequestOutcome => ({ ok: false, message });

/** Does what is asked of those who work on the queue. */
export function handleTeam(host: TeamHost, body: TeamRequest): RequestOutcome {
  switch (body.kind) {
    case 'pause':
    case 'unpause':
      return pause(host, body.member, body.kind === 'pause');
    case 'abort':
      return abort(host, body);
    case 'stop':
      host.stop(body.reason ?? 'asked to');
      return { ok: true, message: 'the standing team stops; what it was at goes on when it starts again' };
    default: {
      const { kind } = body as { kind: string };
      host.append({ type: 'notice', level: 'warning', text: `"${kind}" is not known here` });
      return no('that is not known here');
    }
  }
}

function pause({ state, append }: TeamHost, name: string | undefined, paused: boolean): RequestOutcome {
  if (name === undefined) {
    if (state.paused === paused) return no(`it is ${paused ? '' : 'not '}paused already`);
    append({ type: 'station-paused', paused });
    return { ok: true, message: paused ? 'nothing more begins; what is under way goes on' : 'work begins again' };
  }
  const member = state.members.get(name);
  if (!member) return no(`there is no member "${name}"`);
  if (member.paused === paused) return no(`${name} is ${paused ? '' : 'not '}paused already`);
  append({ type: 'member-paused', member: name, paused });
  return { ok: true, message: paused ? `${name} takes nothing more` : `${name} takes work again` };
}

function abort(
  host: TeamHost,
  { member, run, reason = 'asked to' }: Extract<StationRequest, { kind: 'abort' }>,
): RequestOutcome {
  const found = [...host.state.runs.values()].find(
    one =>
      !one.end &&
      (run === undefined || one.id === run || one.item === run || one.session === run) &&
      (member === undefined || one.members.includes(member)),
  );
  if (!found) return no(`${member ?? run ?? 'nobody'} is at nothing that could be ended`);
  host.abortRun(found, reason);
  return { ok: true, message: `${found.item} is ended` };
}
