import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnFolder } from '../own-folder.ts';
import { codeOf } from './errors.ts';
import { SessionFolder } from './session-folder.ts';
import { OUR_FOLDER, type Sessions } from './sessions.ts';

const folderOf = (workspace: string) => new OwnFolder(workspace, OUR_FOLDER, 'station');

/** Where the journal, lock and inbox of a workspace's standing team are: kept as those of a session. */
export const stationFolder = ({ workspace, clock, secret }: Sessions): SessionFolder =>
  new SessionFolder(folderOf(workspace), clock, secret);

/** Before anything is written there: it stays out of git. */
export async function makeStationFolder({ workspace }: Sessions): Promise<void> {
  await folderOf(workspace).making(async at => {
    try {
      await writeFile(join(at, '.gitignore'), '*\n', { flag: 'wx' });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  });
}
