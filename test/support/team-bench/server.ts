// The wire servers in a process of their own. Started by `fork`; says its URLs, then answers each message with the
// body of the last turn that the first job asked for most lately.
import { startWireServers } from '../../../src/rehearsal/wire/server.ts';
import { answerOf, TURNS } from './script.ts';

let conversation: unknown;
const servers = await startWireServers({
  keepRequests: 0,
  answer: request => {
    const [first] = request.messages;
    const text = first?.role === 'user' && first.parts[0]?.type === 'text' ? first.parts[0].text : '';
    const job = /Bench job (\d+)/.exec(text)?.[1] ?? '0';
    const turn = request.messages.filter(message => message.role === 'assistant').length + 1;
    if (turn === TURNS && job === '0') conversation = request.raw;
    return answerOf(job, turn);
  },
});
process.on('message', () => process.send?.({ conversation }));
process.once('disconnect', () => process.exit());
process.send?.({ url: servers.urls['openai-compatible'] });
