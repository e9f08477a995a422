/** What an attribute may hold; what is unknown is left out. */
export type Value = string | number | boolean | readonly string[] | undefined;
export type Attributes = Readonly<Record<string, Value>>;

/** Something that took time, once it is over. */
export interface Span {
  trace: string;
  id: string;
  parent?: string | undefined;
  name: string;
  kind: 'internal' | 'client';
  /** Milliseconds since 1970. */
  begun: number;
  ended: number;
  attributes: Attributes;
  failed: boolean;
}

const KINDS: Record<Span['kind'], number> = { internal: 1, client: 3 };
const FAILED = { code: 2 };
/** Whose conventions the names of attributes follow. */
const SCHEMA = 'https://opentelemetry.io/schemas/1.37.0';

/** Spans as OTLP has them in JSON: numbers of 64 bits are text, ids are hexadecimal. */
export const otlpRequest = (spans: readonly Span[], resource: Attributes, version: string) => ({
  resourceSpans: [
    {
      resource: { attributes: attributesOf(resource) },
      schemaUrl: SCHEMA,
      scopeSpans: [
        { scope: { name: 'orchestrate', version }, schemaUrl: SCHEMA, spans: spans.map(span => spanOf(span)) },
      ],
    },
  ],
});

const spanOf = ({ trace, id, parent, name, kind, begun, ended, attributes, failed }: Span) => ({
  traceId: trace,
  spanId: id,
  ...(parent !== undefined && { parentSpanId: parent }),
  name,
  kind: KINDS[kind],
  startTimeUnixNano: nanoseconds(begun),
  endTimeUnixNano: nanoseconds(Math.max(begun, ended)),
  attributes: attributesOf(attributes),
  status: failed ? FAILED : {},
});

const nanoseconds = (ms: number) => `${Math.round(ms)}000000`;

const attributesOf = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: taggedValue(value) }],
  );

function taggedValue(value: NonNullable<Value>) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map(each => ({ stringValue: each })) } };
}
