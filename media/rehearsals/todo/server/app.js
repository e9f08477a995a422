import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const PUBLIC = join(import.meta.dirname, '../public');
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};
const LARGEST_BODY = 10_000;

/** Pages of other origins may use the API, too. */
const OPEN = { 'access-control-allow-origin': '*' };
const PREFLIGHT = {
  ...OPEN,
  'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
  'access-control-allow-headers': 'content-type',
};

class BadRequest extends Error {}

async function readJson(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > LARGEST_BODY) throw new BadRequest('The request is too large.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('The request is not JSON.');
  }
}

function checkTitle(value) {
  const title = typeof value === 'string' ? value.trim() : '';
  if (title === '' || title.length > 200) throw new BadRequest('A title has 1 to 200 characters.');
  return title;
}

function checkFields(body) {
  const fields = {};
  if (body?.title !== undefined) fields.title = checkTitle(body.title);
  if (body?.done !== undefined) {
    if (typeof body.done !== 'boolean') throw new BadRequest('"done" is true or false.');
    fields.done = body.done;
  }
  return fields;
}

async function api(request, store, id) {
  const { method } = request;
  if (id === undefined && method === 'GET') return [200, { todos: await store.list() }];
  if (id === undefined && method === 'POST')
    return [201, await store.add(checkTitle((await readJson(request))?.title))];
  if (id !== undefined && method === 'PATCH') {
    const todo = await store.update(id, checkFields(await readJson(request)));
    return todo ? [200, todo] : [404, { error: 'There is no such todo.' }];
  }
  if (id !== undefined && method === 'DELETE') {
    return (await store.remove(id)) ? [204] : [404, { error: 'There is no such todo.' }];
  }
  return [405, { error: 'Not allowed here.' }];
}

async function page(path) {
  const file = normalize(join(PUBLIC, path === '/' ? 'index.html' : path));
  if (!file.startsWith(PUBLIC)) return undefined;
  return readFile(file).then(
    body => ({ body, type: TYPES[extname(file)] ?? 'application/octet-stream' }),
    () => undefined,
  );
}

/** The whole application: pages and API over a store. */
export function createApp(store) {
  return createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const json = (status, body) => {
      response.writeHead(status, { ...OPEN, 'content-type': 'application/json; charset=utf-8' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    try {
      const match = /^\/api\/todos(?:\/([^/]+))?$/.exec(path);
      if (match && request.method === 'OPTIONS') return response.writeHead(204, PREFLIGHT).end();
      if (match) return json(...(await api(request, store, match[1])));
      const found = request.method === 'GET' ? await page(path) : undefined;
      if (!found) return json(404, { error: 'Not found.' });
      response.writeHead(200, { 'content-type': found.type });
      response.end(found.body);
    } catch (error) {
      if (error instanceof BadRequest) json(400, { error: error.message });
      else json(500, { error: 'Something went wrong.' });
    }
  });
}
