import type { Clock } from '../../src/core/ports.ts';
import { systemClock } from '../../src/node/clock.ts';
import { OwnFolder } from '../../src/node/own-folder.ts';
import type { SealSecret } from '../../src/node/session/secret.ts';
import { SessionFolder } from '../../src/node/session/session-folder.ts';
import type { Sessions } from '../../src/node/session/sessions.ts';

const key = new Uint8Array(32).fill(7);

/** The same in every process of a test. */
export const testSecret: SealSecret = { read: async () => key, make: async () => key };

export const sessionsIn = (workspace: string, clock: Clock = systemClock): Sessions => ({
  workspace,
  clock,
  secret: testSecret,
});

/** A session that stands in this very folder. */
export const sessionFolder = (folder: string, clock: Clock = systemClock): SessionFolder =>
  new SessionFolder(new OwnFolder(folder), clock, testSecret);
