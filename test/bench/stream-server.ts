import { startWireServers } from '../../src/rehearsal/wire/server.ts';

/** Answers in a process of its own, so that its work is not measured with ours. Prints its addresses, ends with stdin. */
const [events = '300', betweenMs = '0'] = process.argv.slice(2);
const text = 'some words and a few more. '.repeat(Number(events));
const servers = await startWireServers({
  answer: () => ({ text, pacing: { chunkChars: 27, betweenMs: Number(betweenMs) } }),
  keepRequests: 0,
});
console.log(JSON.stringify(servers.urls));
process.stdin.resume().on('end', () => void servers.close().then(() => process.exit(0)));
