import assert from 'node:assert/strict';
import { traceTarget } from '../../../src/runtime/traces/target.ts';

const PREFIX = 'OTEL_EXPORTER_OTLP';

describe('Where traces go', () => {
  const of = (environment: Record<string, string>, traces?: { endpoint?: string; contents?: boolean }) =>
    traceTarget(traces ? { traces } : {}, environment);
  const found = (...given: Parameters<typeof of>) => {
    const target = of(...given);
    assert.ok(typeof target === 'object', String(target));
    return target;
  };

  it('is nowhere unless an address is named, and nowhere where OpenTelemetry is switched off', () => {
    const endpoint = { [`${PREFIX}_ENDPOINT`]: 'http://localhost:4318' };
    assert.equal(of({}), undefined);
    assert.equal(of({ [`${PREFIX}_ENDPOINT`]: ' ' }), undefined);
    assert.equal(of({ [`${PREFIX}_HEADERS`]: 'a=b' }, { contents: true }), undefined);
    assert.equal(of({ ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }), undefined);
    assert.equal(of({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }), undefined);
  });

  it('is the address of the setting, or of the variables, as the specification puts them together', () => {
    const of4318 = (path: string) => `http://localhost:4318${path}`;
    for (const [environment, endpoint, url] of [
      [{ [`${PREFIX}_ENDPOINT`]: of4318('') }, undefined, of4318('/v1/traces')],
      [{ [`${PREFIX}_ENDPOINT`]: of4318('/base/') }, undefined, of4318('/base/v1/traces')],
      [{ [`${PREFIX}_ENDPOINT`]: of4318('/base') }, undefined, of4318('/base/v1/traces')],
      [{ [`${PREFIX}_TRACES_ENDPOINT`]: of4318('/exact') }, undefined, of4318('/exact')],
      [{ [`${PREFIX}_TRACES_ENDPOINT`]: of4318('/exact') }, 'https://c.example', 'https://c.example/v1/traces'],
    ] as const)
      assert.equal(found(environment, endpoint === undefined ? undefined : { endpoint }).url, url);
  });

  it('takes headers, a time limit, names and whether contents go along from the variables', () => {
    const target = found({
      [`${PREFIX}_ENDPOINT`]: 'http://localhost:4318',
      [`${PREFIX}_HEADERS`]: 'api-key=a%20b, x=1=2,=none,odd',
      [`${PREFIX}_TIMEOUT`]: '250',
      OTEL_SERVICE_NAME: 'team',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=home,service.name=other,bad=%zz',
    });
    assert.deepEqual(target.headers, { 'api-key': 'a b', x: '1=2' });
    assert.deepEqual([target.timeoutMs, target.contents], [250, false]);
    assert.deepEqual(target.resource, { 'deployment.environment': 'home', 'service.name': 'team', bad: '%zz' });
    const asked = { [`${PREFIX}_ENDPOINT`]: 'http://x', OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' };
    assert.equal(found(asked).contents, true);
    assert.equal(found(asked, { contents: false }).contents, false);
  });

  it('keeps what stands before the host out of the address: it is a header, unless one is named', async () => {
    for (const [name, path] of [
      ['ENDPOINT', '/v1/traces'],
      ['TRACES_ENDPOINT', '/'],
    ]) {
      const target = found({ [`${PREFIX}_${name}`]: 'https://me:open%20sesame@c.example' });
      assert.equal(target.url, `https://c.example${path}`);
      const basic = Buffer.from('me:open sesame').toString('base64');
      assert.deepEqual(target.headers, { authorization: `Basic ${basic}` });
      assert.deepEqual([...target.secrets].sort(), [`Basic ${basic}`, basic, 'open sesame'].sort());
      // `fetch` takes no address that still has them.
      assert.ok(new Request(target.url));
    }
    const both = {
      [`${PREFIX}_ENDPOINT`]: 'https://me:sesame@c.example',
      [`${PREFIX}_HEADERS`]: 'Authorization=Bearer%20abc,team=blue',
    };
    assert.deepEqual(found(both).headers, { Authorization: 'Bearer abc', team: 'blue' });
    assert.deepEqual(found(both).secrets, ['Bearer abc', 'abc', 'sesame'], 'what lets nobody in is no secret');
    for (const wrong of ['ftp://me:sesame@c.example', 'me:sesame@c.example:4318', 'https://me:ses/ame@c example'])
      assert.doesNotMatch(String(of({ [`${PREFIX}_ENDPOINT`]: wrong })), /ses/);
  });

  it('is said to be none where it cannot be used', () => {
    assert.match(String(of({ [`${PREFIX}_ENDPOINT`]: 'localhost:4318' })), /"localhost:4318" is no http/);
    const grpc = { [`${PREFIX}_ENDPOINT`]: 'http://localhost:4317', [`${PREFIX}_PROTOCOL`]: 'grpc' };
    assert.match(String(of(grpc)), /gRPC is not spoken here.*4318/);
  });
});
