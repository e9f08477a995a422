import { DroppedStationRequest, type StationRequest } from '../../protocol/station.ts';
import type { RequestKind } from '../session/inbox.ts';

/** What may lie in the inbox of a standing team. */
export const stationRequests: RequestKind<StationRequest> = {
  parse: value => DroppedStationRequest.safeParse(value).data,
  transient: new Set<StationRequest['kind']>(['abort', 'stop']),
};
