import { hash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { anthropic } from './anthropic.ts';
import { catalogue } from './catalogue.ts';
import { chat } from './chat.ts';
import { deliver, gone, reset } from './deliver.ts';
import { type Failure, failureOf, Refusal, refuse } from './failure.ts';
import type { Fault } from './fault.ts';
import { contentType, recordedFrame } from './frames.ts';
import { google } from './google.ts';
import { isObject, isText, type Json } from './json.ts';
import { limitHeaders } from './limits.ts';
import type { RequestLog } from './log.ts';
import { ollama, ollamaShow } from './ollama.ts';
import { openai } from './openai.ts';
import { countable, missingModel, overflow, tokenCount } from './per-vendor.ts';
import type { PromptCache } from './prompt-cache.ts';
import { settle } from './reply.ts';
import { type Route, routeOf, vendorOf } from './routes.ts';
import type { Signer } from './signer.ts';
import type {
  CanonicalRequest,
  ModelCard,
  RequestRecord,
  ScriptedAnswer,
  Vendor,
  WireCall,
  WireOptions,
} from './types.ts';
import type { Context, Prompt, Wire } from './vendor.ts';

const wires: Record<Vendor, Wire> = { anthropic, openai, 'openai-compatible': chat, google, ollama };
const maxBodyBytes = 64 * 1024 * 1024;

interface Settings extends WireOptions {
  now: () => number;
  seed: number;
}

/** One request on its way: what every step needs. */
interface Turn {
  route: Route;
  wire: Wire;
  request: IncomingMessage;
  response: ServerResponse;
  record: RequestRecord;
  apiKey: string | undefined;
}

/** Takes requests, checks them, asks the script, and sends what it says. */
export class Exchange {
  readonly #settings: Settings;
  readonly #log: RequestLog;
  readonly #cache: PromptCache;
  readonly #signer: Signer;
  #ids = 0;

  constructor(settings: Settings, log: RequestLog, cache: PromptCache, signer: Signer) {
    this.#settings = settings;
    this.#log = log;
    this.#cache = cache;
    this.#signer = signer;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const record = this.#log.open(url.pathname, response);
    const wire = wires[vendorOf(url.pathname) ?? 'openai'];
    response.on('error', () => undefined);
    try {
      const route = routeOf(request.method ?? 'GET', url.pathname, url.searchParams);
      if (!route) refuse(`Not found: ${request.method} ${url.pathname}`, { status: 404, reason: 'not-found' });
      record.vendor = route.vendor;
      if (route.endpoint !== 'alive') record.endpoint = route.endpoint;
      const apiKey = keyIn(request.headers, url.searchParams);
      if (apiKey !== undefined) record.apiKey = apiKey;
      await this.#answer({ route, wire: wires[route.vendor], request, response, record, apiKey });
    } catch (error) {
      if (response.destroyed) return;
      const failure: Failure =
        error instanceof Refusal
          ? error.failure
          : {
              status: 500,
              reason: 'server',
              message: `The script failed: ${error instanceof Error ? error.message : error}`,
            };
      this.#fail(failure, wire, response, record);
    }
  }

  async #answer(turn: Turn): Promise<void> {
    const { route, request, response, record, apiKey } = turn;
    const { vendor, endpoint } = route;
    if (endpoint === 'alive') return send(response, record, 200, { version: '0.30.0' });
    const body = request.method === 'POST' ? parse(await readBody(request)) : {};
    this.#checkKey(vendor, apiKey);
    const call: WireCall = {
      vendor,
      endpoint,
      requestIndex: record.requestIndex,
      ...(apiKey === undefined ? {} : { apiKey }),
    };
    if (endpoint === 'models' || endpoint === 'show') {
      if (await this.#early(this.#settings.faults?.(call), turn)) return;
      return send(response, record, 200, endpoint === 'models' ? this.#models(route) : this.#show(body));
    }

    const prompt = this.#read(turn, body);
    if (endpoint === 'count-tokens') {
      if (await this.#early(this.#settings.faults?.(call), turn)) return;
      return send(response, record, 200, tokenCount(vendor, prompt.prefix.tokens));
    }
    const canonical = canonicalOf(prompt, call, request.headers, body);
    call.request = canonical;
    record.model = canonical.model;
    record.request = canonical;
    const injected = this.#settings.faults?.(call);
    if (await this.#early(injected, turn)) return;
    const scripted = await this.#settings.answer(canonical);
    const fault = injected ?? scripted.fault;
    if (fault !== injected && (await this.#early(fault, turn))) return;
    await this.#say(scripted, fault, prompt, turn);
  }

  /** The faults that leave nothing to answer. */
  async #early(fault: Fault | undefined, { wire, response, record, apiKey }: Turn): Promise<boolean> {
    if (!fault) return false;
    record.fault = fault.kind;
    if (fault.kind === 'stall-headers') await gone(response);
    else if (fault.kind === 'reset-before-headers') {
      record.ended = 'fault';
      await reset(response);
    } else if (fault.kind === 'html-error') {
      const status = fault.status ?? 502;
      record.status = status;
      response.writeHead(status, { 'content-type': 'text/html' }).end(`<html><h1>${status} Bad Gateway</h1></html>`);
    } else {
      const failure = failureOf(fault, { apiKey });
      if (!failure) return false;
      this.#fail(failure, wire, response, record);
    }
    return true;
  }

  async #say(answer: ScriptedAnswer, fault: Fault | undefined, prompt: Prompt, turn: Turn): Promise<void> {
    const { route, wire, response, record } = turn;
    const { vendor } = route;
    const nowMs = this.#settings.now();
    const bill = prompt.bill(this.#cache);
    const reply = settle(answer, { vendor, prompt, bill, fault, newId: this.#newId, nowMs });
    if (reply.usage) record.usage = reply.usage;
    const headers = { [requestIdHeader(vendor)]: this.#newId('req'), ...limitHeaders(vendor, answer.limits, nowMs) };
    record.status = 200;
    if (!prompt.request.stream || route.array) {
      const body = route.array ? [...prompt.frames(reply)].map(frame => JSON.parse(frame.data)) : prompt.whole(reply);
      return send(response, record, 200, body, headers);
    }
    const frames = answer.replay?.map(data => recordedFrame(wire.framing, data)) ?? prompt.frames(reply);
    response.writeHead(200, {
      'content-type': contentType[wire.framing],
      'cache-control': 'no-cache',
      'transfer-encoding': 'chunked',
      ...headers,
    });
    if (fault?.kind === 'reset') record.ended = 'fault';
    await deliver(response, { wire, frames, pacing: answer.pacing ?? {}, fault });
  }

  #read({ route, wire, request, apiKey }: Turn, body: Json): Prompt {
    const context: Context = {
      signer: this.#signer,
      account: hash('sha1', apiKey ?? 'nobody').slice(0, 16),
      newId: this.#newId,
      model: id => this.#model(route.vendor, id),
    };
    const counting = route.endpoint === 'count-tokens';
    const prompt = wire.read(
      {
        body: counting ? countable(route.vendor, body) : body,
        headers: request.headers,
        ...(route.model === undefined ? {} : { model: route.model }),
        ...(route.stream === undefined ? {} : { stream: route.stream }),
      },
      context,
    );
    const { contextTokens } = prompt.card;
    // Ollama cuts off in silence what does not fit.
    if (prompt.prefix.tokens > contextTokens && !counting && route.vendor !== 'ollama')
      refuse(overflow(route.vendor, prompt.prefix.tokens, contextTokens), { reason: 'context-overflow' });
    return prompt;
  }

  #checkKey(vendor: Vendor, apiKey: string | undefined): void {
    if (vendor === 'ollama') return;
    const { keys } = this.#settings;
    if (apiKey !== undefined && apiKey !== '' && (!keys || keys.includes(apiKey))) return;
    // Google answers a wrong key with 400 and says so in the details only.
    const status = vendor === 'google' ? 400 : 401;
    const message = apiKey ? 'API key not valid. Please pass a valid API key.' : 'An API key is required.';
    throw new Refusal({ status, reason: 'auth', message });
  }

  #cards(vendor: Vendor): readonly ModelCard[] {
    return this.#settings.models?.[vendor] ?? catalogue[vendor];
  }

  #model(vendor: Vendor, id: unknown): ModelCard {
    if (!isText(id) || id === '') return refuse('model: Field required', { param: 'model' });
    const card = this.#cards(vendor).find(one => one.id === id);
    return card ?? refuse(missingModel(vendor, id), { status: 404, reason: 'model-missing', param: 'model' });
  }

  #models({ vendor, model }: Route): unknown {
    const wire = wires[vendor];
    if (model === undefined) return wire.models(this.#cards(vendor));
    const list = wire.models([this.#model(vendor, model)]) as Record<string, unknown[]>;
    return (list.data ?? list.models)?.[0];
  }

  #show(body: Json): unknown {
    return ollamaShow(this.#model('ollama', body.model ?? body.name));
  }

  #fail(failure: Failure, wire: Wire, response: ServerResponse, record: RequestRecord): void {
    const { status, headers, body } = wire.error(failure, {
      requestId: this.#newId('req'),
      nowMs: this.#settings.now(),
    });
    record.refused = failure.message || failure.reason;
    send(response, record, status, body, headers);
  }

  readonly #newId = (prefix: string): string => {
    this.#ids++;
    return `${prefix}_${this.#settings.seed.toString(36)}x${this.#ids.toString(36).padStart(8, '0')}`;
  };
}

function send(
  response: ServerResponse,
  record: RequestRecord,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  record.status = status;
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const requestIdHeader = (vendor: Vendor) => (vendor === 'anthropic' ? 'request-id' : 'x-request-id');

function keyIn(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
  const named = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? bearer ?? query.get('key') ?? undefined;
  return Array.isArray(named) ? named[0] : named;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBodyBytes) refuse('The request is larger than allowed.', { status: 413, reason: 'too-large' });
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function parse(text: string): Json {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refuse('The request body is not valid JSON.');
  }
  return isObject(body) ? body : refuse('The request body is not a JSON object.');
}

function canonicalOf(prompt: Prompt, call: WireCall, headers: IncomingHttpHeaders, raw: unknown): CanonicalRequest {
  const { vendor, requestIndex, apiKey } = call;
  const key = apiKey === undefined ? {} : { apiKey };
  return { vendor, ...prompt.request, ...key, headers, requestIndex, promptTokens: prompt.prefix.tokens, raw };
}
