import { basename } from 'node:path';
import type { Clock } from '../core/ports.ts';
import { userFolder } from '../node/places.ts';
import { ownFiles } from './own-files.ts';
import type { Place } from './place.ts';
import { type RunningServer, startServer } from './server.ts';
import { Workspace, type WorkspaceHost } from './workspace.ts';

interface Options extends Omit<WorkspaceHost, 'name'> {
  place: Place;
  version: string;
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
}

/** Serves what somebody shows already, such as a window of the editor. */
export function serveWindow({ place, version, environment, clock, log, ...host }: Options): Promise<RunningServer> {
  const workspaces = [new Workspace({ ...host, log, name: basename(host.folder) || 'workspace' })];
  const served = { version, clock, log, ...ownFiles(userFolder(environment)), workspaces };
  return startServer(served, place);
}
