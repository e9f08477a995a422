import type { Config } from '../../protocol/config.ts';
import { secretsOf } from '../../providers/secrets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where traces go. */
export interface TraceTarget {
  url: string;
  headers: Record<string, string>;
  timeoutMs: number;
  /** What agents and tools were told and said goes along; otherwise names and figures only. */
  contents: boolean;
  /** What the sender is called, beside its name and version. */
  resource: Record<string, string>;
  /** What lets one in there, and is not to be repeated. */
  secrets: readonly string[];
}

const PATH = 'v1/traces';
const TIMEOUT_MS = 10_000;
const ASKS_FOR_CONTENTS: ReadonlySet<unknown> = new Set(['true', 'span_only', 'span_and_event']);

/**
 * Where traces go, by the user's own settings or by the variables that programs with OpenTelemetry read; undefined where
 * neither names an address, and a sentence where one is named that cannot be used.
 */
export function traceTarget({ traces = {} }: Config, environment: Environment): TraceTarget | string | undefined {
  const said = (name: string) => environment[name]?.trim() || undefined;
  const either = (name: string) => said(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? said(`OTEL_EXPORTER_OTLP_${name}`);
  if (said('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || said('OTEL_TRACES_EXPORTER') === 'none') return undefined;
  const exact = traces.endpoint === undefined ? said('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') : undefined;
  const base = traces.endpoint ?? said('OTEL_EXPORTER_OTLP_ENDPOINT');
  const named = exact ?? base;
  if (named === undefined) return undefined;
  if (!URL.canParse(named) || !/^https?:$/.test(new URL(named).protocol))
    return `traces are not sent: "${named.slice(named.lastIndexOf('@') + 1)}" is no http or https address`;
  if (either('PROTOCOL') === 'grpc')
    return 'traces are not sent: gRPC is not spoken here. Name the HTTP address of the collector (port 4318), and set OTEL_EXPORTER_OTLP_PROTOCOL to http/json';
  const timeout = Number(either('TIMEOUT'));
  const url = exact === undefined ? new URL(PATH, named.endsWith('/') ? named : `${named}/`) : new URL(exact);
  const given = pairs(either('HEADERS'));
  const isNamed = Object.keys(given).some(name => name.toLowerCase() === 'authorization');
  const headers = isNamed ? given : { ...basic(url), ...given };
  // No address with a password in it can be fetched, and each message about it would repeat that.
  [url.username, url.password] = ['', ''];
  return {
    url: url.href,
    headers,
    secrets: secretsOf({ name: 'traces', kind: 'otlp', baseUrl: named, headers }, undefined),
    timeoutMs: timeout > 0 ? timeout : TIMEOUT_MS,
    contents: traces.contents ?? ASKS_FOR_CONTENTS.has(said('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT')),
    resource: {
      ...pairs(said('OTEL_RESOURCE_ATTRIBUTES')),
      ...(said('OTEL_SERVICE_NAME') !== undefined && { 'service.name': String(said('OTEL_SERVICE_NAME')) }),
    },
  };
}

/** As browsers and `curl` send what stands before the host; a header that is named by itself stands instead. */
function basic({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const text = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

/** `key=value,key=value`, percent-encoded as the specification has it. */
function pairs(text = ''): Record<string, string> {
  const found = text.split(',').flatMap(pair => {
    const at = pair.indexOf('=');
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(found);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
