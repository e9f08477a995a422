import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkServed, contractText, type Served } from '../../../src/core/team/contract-check.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { loopbackHttp } from '../../../src/node/loopback-http.ts';
import { createProcesses } from '../../../src/node/processes.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const DEMO = fileURLToPath(new URL('../../../media/rehearsals/todo/', import.meta.url));
const never = new AbortController().signal;

describe('a contract held against parts that are started', function () {
  this.timeout(60_000);
  const temp = tempFolder();

  const served = (contract: string, start: { run: string; health: string }[], more = {}): Promise<Served> =>
    checkServed(
      {
        processes: createProcesses({ root: temp.path }),
        http: loopbackHttp,
        clock: systemClock,
        gate: { ask: async () => ({ ok: true }) },
        commandSeconds: 30,
      },
      contract,
      { start, ...more },
      never,
    );
  const rowsOf = (result: Served) => {
    assert.ok(result.ok, result.ok ? '' : result.output);
    return result.rows;
  };

  /** The application that the demo's team makes, with something else in one of its files. */
  async function todo(...changes: [from: string, to: string][]): Promise<Served> {
    await cp(DEMO, temp.path, { recursive: true });
    const file = join(temp.path, 'server/app.js');
    let text = await readFile(file, 'utf8');
    for (const [from, to] of changes) {
      assert.ok(text.includes(from), from);
      text = text.replaceAll(from, to);
    }
    await writeFile(file, text);
    const contract = await readFile(join(DEMO, 'contracts/todo-api.json'), 'utf8');
    return served(contract, [{ run: 'node tools/trial.js', health: 'http://127.0.0.1:{port}/api/todos' }]);
  }

  it('is kept by the demo’s application: data, errors, preflights and methods that it does not have', async () => {
    const rows = rowsOf(await todo());
    assert.deepEqual(
      rows.map(row => [row.operation, row.result]),
      [
        ['GET /api/todos', 'kept'],
        ['POST /api/todos', 'kept'],
        ['DELETE /api/todos/{id}', 'kept'],
        ['PATCH /api/todos/{id}', 'kept'],
      ],
    );
    const tried = (kind: string) => rows.flatMap(row => row.cases).filter(one => one.kind === kind).length;
    assert.deepEqual(['data', 'errors', 'cors', 'methods'].map(tried), [4, 4, 8, 2]);
  });

  it('names a broken header, and every operation that has it', async () => {
    const rows = rowsOf(
      await todo(["'access-control-allow-origin': '*'", "'access-control-allow-origin': 'http://localhost:3000'"]),
    );
    assert.deepEqual(
      rows.map(row => row.result),
      ['broken', 'broken', 'broken', 'broken'],
    );
    assert.match(
      contractText(rows),
      /GET \/api\/todos, preflight from another origin: BROKEN: OPTIONS \/api\/todos was answered with 204: the header access-control-allow-origin is "http:\/\/localhost:3000", which keeps http:\/\/elsewhere\.example out/,
    );
    assert.match(
      contractText(rows),
      /POST \/api\/todos, as the contract has it: BROKEN: .*the header access-control-allow-origin is "http:\/\/localhost:3000"/,
    );
  });

  it('names a header that is missing on errors alone', async () => {
    const rows = rowsOf(
      await todo([
        "response.writeHead(status, { ...OPEN, 'content-type'",
        "response.writeHead(status, { ...(status < 400 && OPEN), 'content-type'",
      ]),
    );
    const broken = rows.flatMap(row =>
      row.cases.filter(one => one.result === 'broken').map(one => `${row.operation} ${one.kind}`),
    );
    assert.deepEqual(
      [...new Set(broken)],
      ['POST /api/todos errors', 'DELETE /api/todos/{id} errors', 'PATCH /api/todos/{id} errors'],
    );
    assert.match(contractText(rows), /the header access-control-allow-origin is missing/);
  });

  it('names an error of the wrong shape', async () => {
    const rows = rowsOf(await todo(["{ error: 'There is no such todo.' }", "{ message: 'There is no such todo.' }"]));
    assert.deepEqual(
      rows.map(row => row.result),
      ['kept', 'kept', 'broken', 'broken'],
    );
    assert.match(
      contractText(rows),
      /PATCH \/api\/todos\/\{id\}, missing thing: BROKEN: PATCH \/api\/todos\/no-such-thing was answered with 404: the body does not match, .*error/,
    );
  });

  it('names a route that is missing', async () => {
    const rows = rowsOf(await todo(["id !== undefined && method === 'PATCH'", "id !== undefined && method === 'PUT'"]));
    const [, , , patch] = rows;
    assert.equal(patch?.result, 'broken');
    assert.match(
      contractText(rows),
      /PATCH \/api\/todos\/\{id\}, as the contract has it: BROKEN: .*answered with 405.*the contract has 200, 400, 404/,
    );
  });

  it('names a wrong status, a type that is none of its own, and a field that is not in it', async () => {
    const status = rowsOf(await todo(['[201, await', '[200, await']));
    assert.match(
      contractText(status),
      /POST \/api\/todos, as the contract has it: BROKEN: .*it answers 200, and the contract has 201, 400/,
    );
    const type = rowsOf(await todo(["'application/json; charset=utf-8'", "'text/plain'"]));
    assert.match(contractText(type), /the body is text\/plain, and the contract has application\/json/);
    const field = rowsOf(await todo(['{ todos: await store.list() }', '{ todos: await store.list(), total: 0 }']));
    assert.match(
      contractText(field),
      /GET \/api\/todos, as the contract has it: BROKEN: .*the body does not match, #\/total/,
    );
  });

  it('says why it was not tried, when the parts do not come up', async () => {
    const contract = await readFile(join(DEMO, 'contracts/todo-api.json'), 'utf8');
    const health = 'http://127.0.0.1:{port}/';
    const dead = await served(contract, [{ run: 'node -e "console.log(1); process.exit(3)"', health }]);
    assert.ok(
      !dead.ok && /ended \(exit code 3\) before http:\/\/127\.0\.0\.1:\d+\/ answered\n1/.test(dead.output),
      JSON.stringify(dead),
    );
    const deaf = await served(contract, [{ run: 'node -e "setInterval(() => {}, 1000)"', health }], {
      timeoutSeconds: 0.5,
    });
    assert.ok(!deaf.ok && /did not answer within 0\.5 s: .*ECONNREFUSED/.test(deaf.output), JSON.stringify(deaf));
  });

  it('starts several parts, and each may know where the others are', async () => {
    const answer = (port: string, body: string) =>
      `node -e "require('http').createServer((q,s)=>{s.setHeader('content-type','application/json');s.end(${body})}).listen(${port},'127.0.0.1')"`;
    const openapi = {
      openapi: '3.1.0',
      info: { title: 't', version: '1' },
      paths: {
        '/who': {
          get: {
            responses: { 200: { description: 'x', content: { 'application/json': { schema: { type: 'integer' } } } } },
          },
        },
      },
    };
    const start = [
      { run: answer('{port}', "'1'"), health: 'http://127.0.0.1:{port}/' },
      { run: answer('process.env.PORT', "'{port1}'"), health: 'http://127.0.0.1:{port}/' },
    ];
    const rows = rowsOf(await served(JSON.stringify(openapi), start, { url: 'http://127.0.0.1:{port2}/' }));
    assert.equal(rows[0]?.cases[0]?.result, 'kept');
  });

  it('may be a JSON Schema of what one address answers', async () => {
    const start = [
      {
        run: `node -e "require('http').createServer((q,s)=>s.end(JSON.stringify({n:q.url}))).listen({port},'127.0.0.1')"`,
        health: 'http://127.0.0.1:{port}/',
      },
    ];
    const url = 'http://127.0.0.1:{port1}/x';
    const of = (type: string) =>
      served(JSON.stringify({ type: 'object', properties: { n: { type } } }), start, { url });
    assert.deepEqual(
      rowsOf(await of('string')).map(row => [row.operation, row.result]),
      [['GET /x', 'kept']],
    );
    assert.match(contractText(rowsOf(await of('number'))), /GET \/x, as the contract has it: BROKEN: .*#\/n/);
  });

  it('asks nobody on other machines', async () => {
    for (const url of ['http://example.org/', 'https://127.0.0.1/', 'http://127.0.0.1.example.org/'])
      await assert.rejects(loopbackHttp.exchange({ method: 'GET', url, headers: {} }, never), /is not on this machine/);
  });
});
