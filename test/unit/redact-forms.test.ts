import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactorOf } from '../../src/core/config/known-keys.ts';
import { Redactor } from '../../src/core/redact/redactor.ts';

/** Put together here, so that nobody who searches this file for keys finds one. */
const letters = (count: number) => 'Ab3dE6gH9jKlMn0pQrStUvWx2y4Z'.repeat(9).slice(0, count);
const hex = (count: number) => '0123456789abcdef'.repeat(9).slice(0, count);
const shaped: [of: string, key: string][] = [
  ['Anthropic', `${'sk-ant'}-api03-${letters(60)}`],
  ['OpenAI', `${'sk-proj'}-${letters(40)}`],
  ['OpenAI, old', `${'sk'}-${letters(48)}`],
  ['Google', `${'AIza'}${letters(35)}`],
  ['GitHub', `${'ghp'}_${letters(36)}`],
  ['GitHub app', `${'ghs'}_${letters(36)}`],
  ['GitHub, fine-grained', `${'github_pat'}_${letters(22)}_${letters(40)}`],
  ['Slack bot', `${'xoxb'}-123456789012-1234567890123-${letters(24)}`],
  ['Slack user', `${'xoxp'}-123456789012-${letters(24)}`],
  ['Slack app', `${'xapp'}-1-A0123456789-${letters(30)}`],
  ['GitLab', `${'glpat'}-${letters(20)}`],
  ['GitLab, new', `${'glpat'}-${letters(27)}.01.${letters(9)}`],
  ['npm', `${'npm'}_${letters(36)}`],
  ['AWS id', `${'AKIA'}IOSFODNN7EXAMPLE`],
  ['AWS, for a session', `${'ASIA'}IOSFODNN7EXAMPLE`],
  ['Stripe', `${'sk_live'}_${letters(24)}`],
  ['Stripe, restricted', `${'rk_test'}_${letters(24)}`],
  ['Hugging Face', `${'hf'}_${letters(34)}`],
  ['SendGrid', `${'SG'}.${letters(22)}.${letters(43)}`],
  ['DigitalOcean', `${'dop_v1'}_${hex(64)}`],
  ['Sentry', `${'sntrys'}_${letters(60)}`],
  ['Grafana', `${'glsa'}_${letters(32)}_0123abcd`],
  ['Netlify', `${'nfp'}_${letters(36)}`],
  ['Figma', `${'figd'}_${letters(40)}`],
  ['Linear', `${'lin_api'}_${letters(40)}`],
  ['Notion', `${'ntn'}_${letters(43)}`],
  ['NVIDIA', `${'nvapi'}-${letters(60)}`],
  ['Pinecone', `${'pcsk'}_${letters(60)}`],
  ['Postman', `${'PMAK'}-${letters(24)}-${letters(34)}`],
  ['New Relic', `${'NRAK'}-${letters(27)}`],
  ['Supabase', `${'sbp'}_${hex(40)}`],
  ['Atlassian', `${'ATATT3'}xFfGF0${letters(60)}`],
  ['Slack, an address that takes messages', `${'hooks.slack'}.com/services/T000/B000/${letters(24)}`],
  ['Discord, an address that takes messages', `${'discord'}.com/api/webhooks/1234/${letters(68)}`],
  ['Shopify', `${'shpat'}_${hex(32)}`],
  ['Square', `${'sq0atp'}-${letters(22)}`],
  ['Mailgun', `${'key'}-${hex(32)}`],
  ['Google, to refresh', `${'1//0'}${letters(60)}`],
  ['Alibaba', `${'LTAI'}${letters(20)}`],
  ['Vault', `${'hvs'}.${letters(24)}`],
  ['a signed token', `${'eyJ'}hbGciOiJIUzI1NiJ9.${letters(20)}.${letters(40)}`],
];
const pem = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${Array.from({ length: 5 }, () => letters(64)).join('\n')}\n-----END ${kind}PRIVATE KEY-----`;

describe('Secrets that nobody told of', () => {
  for (const [of, key] of shaped) {
    it(`of ${of} are taken out, in text and in JSON`, () => {
      const redactor = new Redactor();
      assert.equal(redactor.text(`before ${key} after`), 'before [redacted] after');
      assert.deepEqual(JSON.parse(redactor.text(JSON.stringify({ a: `x\n${key}`, b: [key] }))), {
        a: 'x\n[redacted]',
        b: ['[redacted]'],
      });
      assert.equal(redactor.text(`TOKEN=${key}\n`), 'TOKEN=[redacted]\n');
    });
  }

  for (const kind of ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ']) {
    it(`that are a private key (${kind.trim() || 'plain'}) are taken out, cut off and within JSON, too`, () => {
      const redactor = new Redactor();
      const key = pem(kind);
      for (const text of [key, key.replaceAll('\n', '\r\n'), key.slice(0, 150)]) {
        assert.ok(!redactor.text(`a\n${text}\nb`).includes(letters(20)));
        for (const json of [
          JSON.stringify({ text, next: 'stays' }),
          JSON.stringify({ text: JSON.stringify({ text }) }),
        ])
          assert.ok(!JSON.stringify(JSON.parse(redactor.text(json))).includes(letters(20)));
      }
      assert.deepEqual(JSON.parse(redactor.text(JSON.stringify([key, 'stays', key])))[1], 'stays');
    });
  }

  it('of AWS are known by their name, and the password of an address by its place', () => {
    const redactor = new Redactor();
    const secret = `wJalr/${letters(34)}`;
    for (const text of [
      `aws_secret_access_key = ${secret}`,
      `AWS_SECRET_ACCESS_KEY=${secret}`,
      `"SecretAccessKey": "${secret}"`,
      JSON.stringify(`{"SecretAccessKey": "${secret}"}`),
      `AccountName=x;AccountKey=${letters(86)}==;EndpointSuffix=x`,
      `https://x.blob.example/y?sv=1&sig=${letters(43)}%3D`,
      `Authorization: Bearer ${letters(40)}`,
      JSON.stringify({ headers: { authorization: `Basic ${letters(40)}==` } }),
      `postgres://user:${secret.replace('/', '')}@db.example/x`,
    ])
      assert.ok(!redactor.text(text).includes(secret.slice(7, 30)), text);
  });

  it('are not seen where there are none', () => {
    for (const text of [
      'const MARK = "-----BEGIN PRIVATE KEY-----"; // looked for\nand more text that has to stay as it is, long enough',
      'see http://127.0.0.1:1234/v1 and mail a@b.example',
      'task_abcdefghijklmnopqrstuvwxyz npm_config_cache sk-button-primary-large-rounded',
      'secret_access_key is a name',
      'pullRequestTemplatesAndOtherThingsOfThatKind key-value-pairs-in-a-list-of-many-things',
      'headers: { authorization: Bearer TOKEN } and AccountKey=YOUR_KEY',
      'sha256 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    ])
      assert.equal(new Redactor().text(text), text);
  });

  it('take no longer than the text is long', () => {
    const start = process.cpuUsage();
    for (const part of ['-----BEGIN PRIVATE KEY-----', '://a:', 'secret_access_key=', 'sk-ant-', 'eyJ', 'eyJabcdefgh.'])
      new Redactor().text(part.repeat(20_000));
    const ms = process.cpuUsage(start).user / 1000;
    assert.ok(ms < 5000, `${ms} ms`);
  });
});

describe('A key that the program knows', () => {
  const key = `private+key/of:${letters(40)}=`;

  it('is taken out in every form: in addresses, in JSON within JSON, as base64 of whatever holds it', () => {
    const redactor = new Redactor(key);
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    for (const text of [
      key,
      encodeURIComponent(key),
      encodeURIComponent(key).toLowerCase().includes('%2b')
        ? encodeURIComponent(key).replace(/%../g, c => c.toLowerCase())
        : '',
      JSON.stringify(JSON.stringify({ key })),
      ...['', 'u', 'us', 'use', 'user:'].flatMap(before => [
        base64(before + key),
        base64(`${before}${key} and more`),
        Buffer.from(before + key).toString('base64url'),
      ]),
    ]) {
      const clean = redactor.text(`a ${text} b`);
      assert.match(clean, /\[redacted\]/, text);
      assert.ok(!clean.includes(key.slice(8, 24)) && !clean.includes(base64(key).slice(8, 40)), clean);
    }
  });

  it('is taken out of base64 that is written in lines, and of hexadecimal digits', () => {
    const long = `vendor/${letters(170)}`;
    const redactor = new Redactor(long);
    for (const before of ['', 'u', 'us'])
      for (const line of [20, 64, 76])
        for (const end of ['\n', '\r\n']) {
          const base64 = Buffer.from(before + long).toString('base64');
          const wrapped = base64.replace(new RegExp(`.{${line}}`, 'g'), `$&${end}`);
          const inner = base64.slice(40, -40);
          for (const text of [wrapped, JSON.stringify(wrapped), JSON.stringify(JSON.stringify(wrapped))]) {
            const left = redactor.text(text).replace(/\\+[nr]|[\r\n]/g, '');
            for (let at = 0; at + 12 < inner.length; at += 6)
              assert.ok(!left.includes(inner.slice(at, at + 12)), `${line}: ${left}`);
          }
        }
    assert.doesNotMatch(redactor.text(Buffer.from(long).toString('hex')), /[0-9a-f]{8}/);
  });

  it('is taken out as far as it is there, where an output was cut', () => {
    const redactor = new Redactor(key);
    for (let length = 16; length < key.length; length++) {
      assert.ok(!redactor.text(`begins ${key.slice(0, length)}`).includes(key.slice(0, 16)), `first ${length}`);
      assert.ok(!redactor.text(`${key.slice(-length)} ends`).includes(key.slice(-16)), `last ${length}`);
    }
    assert.equal(
      redactor.text(`a ${key.slice(0, 30)}\n[... 99 bytes left out ...]\n${key.slice(-20)} b`),
      'a [redacted]\n[... 99 bytes left out ...]\n[redacted] b',
    );
  });

  it('never breaks the JSON around it', () => {
    fc.assert(
      fc.property(
        fc.string({
          minLength: 8,
          maxLength: 60,
          unit: fc.constantFrom('a', 'B', '7', '"', '\\', '\n', '/', '+', ' ', 'é'),
        }),
        fc.array(fc.string({ unit: fc.constantFrom('a', 'B', '7', '"', '\\', '\n') }), { maxLength: 4 }),
        fc.nat({ max: 60 }),
        (key, texts, cut) => {
          const redactor = new Redactor(key);
          const value = [
            ...texts,
            key,
            key.slice(0, cut),
            key.slice(cut),
            ...texts.map(text => `${text}${key}${text}`),
          ];
          JSON.parse(redactor.text(JSON.stringify(value)));
        },
      ),
    );
  });

  it('is one that stands in the environment under its usual name', () => {
    const redactor = redactorOf({
      ANTHROPIC_API_KEY: ` ${key} `,
      ORCHESTRATE_API_KEY_LAB: 'of-the-laboratory',
      HOME: '/home/somebody',
    });
    assert.equal(redactor.text(`${key} of-the-laboratory /home/somebody`), '[redacted] [redacted] /home/somebody');
  });
});
