import { openJournal } from '../../../../src/core/session/journal.ts';
import { systemClock } from '../../../../src/node/clock.ts';
import { sessionFolder } from '../../../support/own-sessions.ts';

/** Takes the session in argv[2] over and commits numbered notices until it is killed, telling each that is on disk. */
const store = sessionFolder(process.argv[2] ?? '');
const taken = await store.lock('terminal');
if (!taken.ok) throw new Error(`owned by ${taken.owner.pid}`);
const journal = await openJournal(store, { clock: systemClock, redact: text => text, log: { write: () => {} } });
for (;;) {
  const { seq } = await journal.commit({ type: 'notice', level: 'info', text: 'x'.repeat(journal.state.seq % 3000) });
  process.stdout.write(`${seq}\n`);
}
