import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClumsyFault, clumsy } from '../support/clumsy/faults.ts';
import { type ClumsyServer, clumsyServer } from '../support/clumsy/server.ts';
import { diligent, faultLab, type Place } from '../support/fault-lab.ts';
import { sideBySide } from '../support/side-by-side.ts';
import { endServers, serve } from '../support/wire.ts';

/**
 * Whole sessions of the real program on a provider with a fault. Watchdogs are short, so that it does not take hours;
 * `FAULTS=defaults` leaves them as they are, and then measures what is promised; what is asserted elsewhere are states.
 */
const defaults = process.env.FAULTS === 'defaults';
// A busy machine takes its time to connect; what is slow on purpose is slower.
const watchdogs = { connectSeconds: 10, firstByteSeconds: 4, silenceSeconds: 4, patienceSeconds: 1.5 };
const short = defaults ? {} : { routing: { watchdogs: { ...watchdogs, thinkingSeconds: 5 } } };
const BESIDE_MS = 20_000;
const ALONE_MS = 60_000;

/** What is to be read where nobody answers. */
const causes: Partial<Record<ClumsyFault, RegExp>> = {
  'never answers': /no answer for [\d.]+ s/,
  'sends headers only': /no word after its headers for [\d.]+ s/,
  'falls silent in mid-answer': /silence for [\d.]+ s/,
  'sends keep-alives and nothing else': /nothing but signs of life for [\d.]+ s/,
  'sends empty pieces of text and nothing else': /nothing but signs of life for [\d.]+ s/,
  'begins an answer and then sends keep-alives only': /nothing but signs of life for [\d.]+ s/,
  'sends a byte a second': /less than 60 tokens a minute/,
  'sends 200 MB in one line': /longer than 16 MB and was read no further/,
  'never ends the arguments of a call': /arguments of read_file are longer than/,
  'answers with a web page': /the server sent a web page: Sign in to Corp & Co/,
  'answers with a web page that says it is a stream': /the server sent a web page: Sign in to Corp & Co/,
  'refuses with a web page': /the server sent a web page: Sign in to Corp & Co/,
  'fails with a web page': /the server sent a web page: Sign in to Corp & Co/,
  'answers with nothing': /the server sent nothing/,
  'answers that there is no content': /the server sent nothing/,
  'redirects to a sign-in': /redirects to https:\/\/sign-in\.invalid/,
  'limits for an hour': /takes no more requests until .*: slow down/,
  'refuses the key': /bad refused its key: invalid x-api-key/,
  'does not know the method': /HTTP 405/,
  'breaks the connection off': /ECONNRESET|UND_ERR_SOCKET/,
  'breaks the connection off in mid-answer': /ECONNRESET|UND_ERR_SOCKET/,
  'ends in mid-answer': /ended before its end was announced/,
};
const BEGUN_AT_ONCE = 6;

describe('A session of the terminal program on a provider that', function () {
  this.timeout(300_000);
  let scratch = '';
  let behind: Awaited<ReturnType<typeof serve>>;
  /** Wall time of the same session on a good provider alone. */
  let usual = 0;
  const bad: ClumsyServer[] = [];

  before(async () => {
    scratch = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-')));
    behind = await serve({ answer: diligent });
    const lab = await faultLab(join(scratch, 'usual'), { good: goodPlace() });
    const ran = await lab.run('run', 'Do it', '--yes');
    assert.equal(ran.code, 0, ran.said);
    usual = ran.ms;
  });
  after(async () => {
    await Promise.all(bad.map(server => server.close()));
    await endServers();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  const goodPlace = (): Place => ({ vendor: 'openai-compatible', url: behind.urls['openai-compatible'] });
  let folders = 0;
  const folder = () => join(scratch, String(++folders));

  async function broken(fault: ClumsyFault): Promise<{ server: ClumsyServer; place: Place }> {
    const server = await clumsyServer(behind, clumsy[fault], true);
    bad.push(server);
    return { server, place: { vendor: 'openai-compatible', url: server.urls['openai-compatible'] } };
  }

  const beside = (Object.keys(clumsy) as ClumsyFault[]).map(fault => ({
    title: `${fault} is completed by a good one on its route`,
    async run() {
      const { server, place } = await broken(fault);
      const lab = await faultLab(folder(), { bad: place, good: goodPlace() }, short);
      const { code, ms, said } = await lab.run('run', 'Do it', '--yes');
      assert.equal(code, 0, said);
      if (defaults) console.log(`      ${fault}: ${Math.round(ms - usual)} ms more than usual`);
      if (defaults) assert.ok(ms - usual < BESIDE_MS, `${ms - usual} ms more than usual`);
      const events = await lab.events();
      const booked = events.filter(({ type, costIsReservation }) => type === 'call-outcome' && costIsReservation);
      if (/web page|with nothing|no content|redirects|refuses|limits/.test(fault))
        assert.deepEqual(booked, [], 'what was no answer costs nothing');
      if (/never answers|headers only|falls silent|byte a second|keep-alives (and|only)|empty pieces/.test(fault))
        assert.equal(server.answers.length, 1, 'it is asked once in the whole session');
    },
  }));

  const alone = (Object.entries(causes) as [ClumsyFault, RegExp][]).map(([fault, cause]) => ({
    title: `${fault} alone ends by itself, names the cause, and is completed by resume when that is mended`,
    async run() {
      const { server, place } = await broken(fault);
      const lab = await faultLab(folder(), { bad: place }, short);
      const { code, ms, said } = await lab.run('run', 'Do it', '--yes');
      assert.equal(code, 1, said);
      assert.match(said, cause);
      if (defaults) console.log(`      ${fault}: ended after ${Math.round(ms)} ms`);
      if (defaults) assert.ok(ms < ALONE_MS, `${ms} ms`);
      server.become(undefined);
      const resumed = await lab.run('resume', '--yes');
      assert.equal(resumed.code, 0, resumed.said);
    },
  }));

  const later = (['never answers', 'refuses the key', 'limits for an hour', 'answers with a web page'] as const).map(
    fault => ({
      title: `${fault} from the middle of a session on ends it with the cause, and resume completes it`,
      async run() {
        const cause = causes[fault] ?? assert.fail();
        const { server, place } = await broken(fault);
        let answered = 0;
        // The plan and one turn of the agent are answered.
        server.become(async asked => {
          if (asked.request.url?.includes('chat/completions') && ++answered > 2) return clumsy[fault](asked);
          const { type, events } = await asked.good();
          return asked.response.writeHead(200, { 'content-type': type }).end(events.join(''));
        });
        const lab = await faultLab(folder(), { bad: place }, short);
        const { code, ms, said } = await lab.run('run', 'Do it', '--yes');
        assert.equal(code, 1, said);
        assert.match(said, cause);
        if (defaults) console.log(`      ${fault}: ended after ${Math.round(ms)} ms`);
        if (defaults) assert.ok(ms < ALONE_MS, `${ms} ms`);
        const failed = (await lab.events()).findLast(event => event.type === 'task-failed');
        assert.equal(failed?.outage?.[0]?.model, 'bad/deepseek-chat');
        server.become(undefined);
        const resumed = await lab.run('resume', '--yes');
        assert.equal(resumed.code, 0, resumed.said);
      },
    }),
  );

  sideBySide(BEGUN_AT_ONCE, [...alone, ...beside, ...later]);
});
