import { userFolder } from '../node/places.ts';
import { readStation } from '../node/session/read-station.ts';
import { sealSecret } from '../node/session/secret.ts';
import { stationFolder } from '../node/session/station-folder.ts';
import type { Terminal } from './terminal.ts';

/** The session that a member of the standing team, or an item of its queue, is at or was at last. */
export async function teamSession(terminal: Terminal, workspace: string, word: string): Promise<string | undefined> {
  const { clock, environment } = terminal;
  const store = stationFolder({ workspace, clock, secret: sealSecret(userFolder(environment)) });
  const { state } = await readStation(store);
  const runs = [...state.runs.values()].reverse();
  return runs.find(run => run.id === word || run.item === word || run.members.includes(word))?.session;
}
