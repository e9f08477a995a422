import { openJournal } from '../../../../src/core/session/journal.ts';
import { systemClock } from '../../../../src/node/clock.ts';
import { SessionFolder } from '../../../../src/node/session/session-folder.ts';

/** Takes the session in argv[2] over and commits numbered notices until it is killed, telling each that is on disk. */
const store = new SessionFolder(process.argv[2] ?? '', systemClock);
const taken = await store.lock('terminal');
if (!taken.ok) throw new Error(`owned by ${taken.owner.pid}`);
const journal = await openJournal(store, { clock: systemClock, redact: text => text, log: { write: () => {} } });
for (;;) {
  const { seq } = await journal.commit({ type: 'notice', level: 'info', text: 'x'.repeat(journal.state.seq % 3000) });
  process.stdout.write(`${seq}\n`);
}
