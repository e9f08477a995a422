import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';
import { type CollectedSpan, TraceCollector } from '../support/trace-collector.ts';

describe('Traces of a session', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  let collector: TraceCollector;
  beforeEach(async () => {
    collector = new TraceCollector();
    await collector.open();
  });
  afterEach(() => collector.close());

  /** The demo, from its goal to its end; its journal. */
  async function demo(environment: Record<string, string>): Promise<JournalEvent[]> {
    const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...outer } = process.env;
    const env = { ...outer, ORCHESTRATE_HOME: join(temp.path, 'home'), NO_COLOR: '1', ...environment };
    const args = ['run', '--rehearse', 'todo', '--yes', '--accept', 'none', '--json', '--workspace', temp.path];
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], options);
    return stdout.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line)]));
  }

  it('go to the collector that is named, as OTLP, by the conventions for generative AI, without a word of what was said', async () => {
    const journal = await demo({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=of%20mine',
      OTEL_SERVICE_NAME: 'my-team',
    });
    assert.deepEqual(collector.wrong, []);
    assert.deepEqual(new Set(collector.paths), new Set(['POST /v1/traces']));
    assert.ok(collector.headers.every(headers => headers['x-api-key'] === 'of mine'));
    assert.ok(collector.resources.every(each => each['service.name'] === 'my-team'));
    const { spans } = collector;
    assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1, 'one trace');
    assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);

    const by = (operation: string) => spans.filter(span => span.attributes['gen_ai.operation.name'] === operation);
    const counted = (type: JournalEvent['type']) => journal.filter(event => event.type === type).length;
    const [workflow, agents, calls, tools] = ['invoke_workflow', 'invoke_agent', 'chat', 'execute_tool'].map(by);
    assert.deepEqual(
      [workflow?.length, agents?.length, calls?.length, tools?.length],
      [1, counted('agent-started'), counted('call-outcome'), counted('tool-outcome')],
    );
    const started = journal.find(event => event.type === 'session-started');
    const session = started?.type === 'session-started' ? started.session : '';
    assert.ok(spans.every(({ attributes }) => attributes['gen_ai.conversation.id'] === session));
    for (const span of spans) {
      const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
      const within: Record<string, string | undefined> = {
        invoke_agent: 'invoke_workflow',
        chat: 'invoke_agent',
        execute_tool: 'invoke_agent',
      };
      const operation = String(span.attributes['gen_ai.operation.name']);
      assert.equal(parent?.attributes['gen_ai.operation.name'], within[operation], span.name);
      assert.ok(BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano), span.name);
    }
    for (const event of journal) {
      if (event.type !== 'call-outcome') continue;
      const span = spans.find(({ attributes }) => attributes['orchestrate.call'] === event.call) as CollectedSpan;
      const { attributes } = span;
      assert.equal(`${attributes['gen_ai.request.model']}`, event.model?.split('/').slice(1).join('/'));
      const { input, cacheRead = 0, cacheWrite = 0, output } = event.usage ?? {};
      assert.equal(
        attributes['gen_ai.usage.input_tokens'],
        input === undefined ? undefined : `${input + cacheRead + cacheWrite}`,
      );
      assert.equal(attributes['gen_ai.usage.output_tokens'], output === undefined ? undefined : `${output}`);
      assert.equal(attributes['error.type'], event.result.ok ? undefined : event.result.error);
      assert.deepEqual(span.status, event.result.ok ? {} : { code: 2 });
      assert.equal(span.kind, 3);
    }
    for (const said of ['todo', 'server/store.js', 'express', 'npm '])
      assert.ok(!collector.text.includes(said), `"${said}" was sent`);
  });
});
