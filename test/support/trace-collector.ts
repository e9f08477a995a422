import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ arrayValue: z.strictObject({ values: z.array(z.strictObject({ stringValue: z.string() })) }) }),
]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value }));
const nanoseconds = z.string().regex(/^[1-9]\d{18}$/);
const span = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string().min(1),
  kind: z.number().int().min(1).max(5),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  status: z.strictObject({ code: z.literal([0, 1, 2]).optional(), message: z.string().optional() }),
});
/** `ExportTraceServiceRequest` of OTLP 1.x in its JSON encoding, as far as it may be used here; nothing else passes. */
const ExportRequest = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      schemaUrl: z.url(),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          schemaUrl: z.url(),
          spans: z.array(span),
        }),
      ),
    }),
  ),
});

export interface CollectedSpan extends Omit<z.infer<typeof span>, 'attributes'> {
  attributes: Record<string, unknown>;
}

const plain = (all: z.infer<typeof attributes>) =>
  Object.fromEntries(all.map(({ key, value }) => [key, Object.values(value)[0]]));

/** Takes traces as a collector of OpenTelemetry does, and nothing that is not in the form. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  readonly resources: Record<string, unknown>[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  readonly paths: string[] = [];
  /** What was not in the form. */
  readonly wrong: string[] = [];
  /** All that came, to the letter. */
  text = '';
  #server: Server | undefined;
  url = '';

  async open(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      let text = '';
      for await (const piece of request.setEncoding('utf8')) text += piece;
      this.text += text;
      this.paths.push(`${request.method} ${request.url}`);
      this.headers.push(request.headers);
      const parsed = ExportRequest.safeParse(JSON.parse(text));
      if (!parsed.success) {
        this.wrong.push(z.prettifyError(parsed.error));
        response.writeHead(400).end();
        return;
      }
      for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
        this.resources.push(plain(resource.attributes));
        for (const { spans } of scopeSpans)
          this.spans.push(...spans.map(each => ({ ...each, attributes: plain(each.attributes) })));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}
