import { oneLine } from '../../core/plain.ts';
import type { StationRecord } from '../../core/station/contract.ts';
import { counted } from '../../protocol/show.ts';
import type { StationEvent } from '../../protocol/station.ts';
import type { Style } from '../style.ts';

type Words = { [T in StationEvent['type']]: (event: Extract<StationEvent, { type: T }>) => string | undefined };

const nothing = () => undefined;

const WORDS: Words = {
  'item-added': ({ item, text, target, priority, by }) =>
    `${item} added by ${by}${target === undefined ? '' : ` for ${target}`}, priority ${priority}: ${text}`,
  'item-changed': ({ item }) => `${item} changed`,
  'item-moved': ({ item, before }) => `${item} moved ${before === undefined ? 'to the end' : `before ${before}`}`,
  'item-held': ({ item, held }) => `${item} ${held ? 'held' : 'released'}`,
  'item-removed': ({ item, reason }) => `${item} removed: ${reason}`,
  'item-retried': ({ item }) => `${item} is tried again`,
  'run-started': ({ item, members, session }) =>
    `${item} begins with ${members.join(', ') || 'its roles'} (${session})`,
  'run-resumed': ({ run, attempt }) => `${run} goes on${attempt > 0 ? `, for the ${attempt}. time` : ''}`,
  'run-waits': ({ run, asks }) =>
    asks.length === 0
      ? `${run} waits for nobody any more`
      : `${run} waits for you: ${asks.map(({ what }) => what).join('; ')}`,
  'run-yields': ({ run, to }) => `${run} makes room for ${to}, which is for now`,
  'run-set-aside': ({ run, reason }) => `${run} is set aside: ${reason}`,
  'run-died': ({ run, reason }) => `${run} died: ${reason}`,
  'run-ended': ({ run, outcome, reason }) => `${run} ${outcome}: ${reason}`,
  'check-seen': ({ note }) => note,
  'run-health': ({ run, text }) => `${run}: ${text}`,
  'station-started': ({ members }) => `The standing team begins with ${counted(members.length, 'member')}`,
  'station-stopped': ({ reason }) => `The standing team stops: ${reason}`,
  'station-paused': ({ paused }) => (paused ? 'The standing team is paused' : 'The standing team goes on'),
  'member-paused': ({ member, paused }) => `${member} is ${paused ? 'paused' : 'back'}`,
  'member-parked': ({ member, reason }) => `${member} is parked: ${reason}`,
  'cause-admitted': ({ workflow, note }) => `${workflow}: ${note ?? 'admitted'}`,
  'schedule-missed': ({ workflow, times }) => `${workflow} missed ${counted(times, 'time')} while nobody was there`,
  'schedule-seen': nothing,
  'outside-seen': nothing,
  notice: ({ text }) => text,
  'request-received': nothing,
  'request-handled': nothing,
  'station-snapshot': nothing,
};

/** One event as a line of a log; undefined for those that tell people nothing. */
export function stationEventLine(event: StationRecord, style: Style): string | undefined {
  const words = (WORDS[event.type] as (event: StationRecord) => string | undefined)(event);
  if (words === undefined) return undefined;
  return `${style.dim(new Date(event.at).toLocaleTimeString())}  ${oneLine(words)}`;
}
