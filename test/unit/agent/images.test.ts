import assert from 'node:assert/strict';
import fc from 'fast-check';
import sharp from 'sharp';
import { imageFacts } from '../../../src/core/agent/tools/images.ts';
import { fromBase64, toBase64 } from '../../../src/core/base64.ts';
import { PromptEstimates } from '../../../src/core/routing/estimate.ts';
import { Models } from '../../../src/core/routing/models.ts';
import { inWords, sees } from '../../../src/core/routing/sight.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { pixel, pixelPng } from '../../support/pixel.ts';
import { call, calls } from '../../support/scripted-router.ts';

const drawn = () => sharp({ create: { width: 40, height: 30, channels: 3, background: { r: 200, g: 30, b: 30 } } });
const finish = calls(call('finish_task', { summary: 'done' }));
const results = (message: Message | undefined) => (message?.role === 'tool' ? message.parts : []);

describe('images', () => {
  it('are known by their bytes, with their size, and a part of one is broken', async () => {
    for (const kind of ['png', 'jpeg', 'gif', 'webp'] as const) {
      const bytes = new Uint8Array(await drawn().toFormat(kind).toBuffer());
      assert.deepEqual(imageFacts(bytes), { mediaType: `image/${kind}`, width: 40, height: 30 }, kind);
      for (const length of [20, Math.floor(bytes.length / 2)]) {
        assert.equal(imageFacts(bytes.subarray(0, length)), 'broken', `${kind}, ${length} bytes`);
      }
    }
    assert.equal(imageFacts(new TextEncoder().encode('GIF is a format')), undefined);
  });

  it('never break the reader, whatever they hold', () => {
    const begins = [
      [0x89, 80, 78, 71, 13, 10, 26, 10],
      [0xff, 0xd8, 0xff],
      [...'GIF89a', ...'RIFFxxxxWEBPVP8X'].map(one => one.charCodeAt(0)),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...begins), fc.uint8Array({ maxLength: 300 }), (begin, rest) => {
        imageFacts(Uint8Array.from([...begin, ...rest]));
      }),
    );
  });

  it('go through base64 unchanged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000, size: 'max' }), bytes => {
        assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
        assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
      }),
      { numRuns: 20 },
    );
  });

  it('are shown by read_file, kept as blobs, and cost about what vendors charge', async () => {
    const bytes = new Uint8Array(await drawn().png().toBuffer());
    const world = new AgentWorld([calls(call('read_file', { path: 'logo.PNG' })), finish], {
      files: { 'logo.PNG': bytes },
    });
    await world.run();
    const [result] = results(world.router.requests[1]?.messages.at(-1));
    assert.match(result?.output ?? '', /^logo\.PNG: an image, PNG, 40 × 30 pixels, \d+ bytes\.$/);
    assert.deepEqual(
      result?.images?.map(image => [image.mediaType, image.data]),
      [['image/png', Buffer.from(bytes).toString('base64')]],
    );
    const [outcome] = world.journal.of('tool-outcome');
    const [kept] = outcome?.images ?? [];
    assert.deepEqual(await world.journal.getBlob(kept?.blob ?? ''), bytes);
    assert.ok(!JSON.stringify(world.journal.events).includes(result?.images?.[0]?.data ?? '?'));
    const messages = [
      {
        role: 'tool' as const,
        parts: [
          { ...result, images: [{ type: 'image' as const, mediaType: 'image/png', data: 'A'.repeat(2_000_000) }] },
        ],
      },
    ] as Message[];
    const tokens = new PromptEstimates().atMost('k', { system: '', tools: [], messages });
    assert.ok(tokens > 10_000 && tokens < 20_000, `${tokens}`);
  });

  it('that are too large, damaged or too wide are answered, the largest without being read', async () => {
    const wide = new Uint8Array(
      await sharp({ create: { width: 9000, height: 2, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    const noise = new Uint8Array(4_000_000);
    noise.set(new Uint8Array(await drawn().gif().toBuffer()));
    noise[noise.length - 1] = 0x3b;
    const world = new AgentWorld(
      [...['huge.png', 'large.gif', 'wide.png', 'broken.png'].map(path => calls(call('read_file', { path }))), finish],
      { files: { 'huge.png': 'x', 'large.gif': noise, 'wide.png': wide, 'broken.png': wide.subarray(0, 60) } },
    );
    const { sizeOf, read } = world.files;
    world.files.sizeOf = async path => (path === 'huge.png' ? 50_000_000 : sizeOf.call(world.files, path));
    world.files.read = async path => (path === 'huge.png' ? assert.fail('it was read') : read.call(world.files, path));
    await world.run();
    assert.deepEqual(world.outcomes().slice(0, 4), [
      'read_file: too-large',
      'read_file: too-large',
      'read_file: too-large',
      'read_file: broken-image',
    ]);
    assert.match(world.told(1), /has 50000000 bytes.*Make a smaller copy/);
    assert.match(world.told(3), /9000 × 2 pixels/);
  });

  it('are told in words to models that see nothing, and left out when there is no room', () => {
    const models = new Models({ 'a/blind': { images: false }, 'o/sees': { images: true } });
    assert.equal(sees('a/blind', 'anthropic', models), false);
    assert.equal(sees('a/any', 'anthropic', models), true);
    assert.equal(sees('o/any', 'openai-compatible', models), false);
    assert.equal(sees('o/sees', 'openai-compatible', models), true);
    const image = { type: 'image' as const, mediaType: 'image/png', data: 'AAAA' };
    const message: Message = {
      role: 'tool',
      parts: [{ type: 'tool-result', id: 'c', name: 'read_file', output: 'logo.png: an image.', images: [image] }],
    };
    const [told] = inWords([message]);
    assert.deepEqual(told, inWords([message])[0]);
    assert.equal(results(told)[0]?.images, undefined);
    assert.match(results(told)[0]?.output ?? '', /^logo\.png: an image\.\nYou cannot see images/);
    const said: Message = { role: 'user', parts: [{ type: 'text', text: '"a.png": an image.' }, image] };
    assert.deepEqual(
      inWords([said])[0]?.parts.map(part => (part.type === 'text' ? part.text.slice(0, 21) : part.type)),
      ['"a.png": an image.', 'You cannot see images'],
    );
  });

  it('that a person hands in stand in the journal once, and are shown again after a compaction', async () => {
    const image = { type: 'image' as const, mediaType: 'image/png', data: pixel };
    const read = calls(call('read_file', { path: 'a.ts' }));
    const world = new AgentWorld([...Array.from({ length: 6 }, () => read), finish], {
      files: { 'a.ts': 'word '.repeat(400) },
      contextTokens: 4000,
    });
    await world.run({ images: [image] });
    assert.ok(world.journal.of('agent-compacted').length > 0);
    const begins = world.journal.of('agent-message').filter(({ images }) => images);
    assert.equal(begins.length, 1 + world.journal.of('agent-compacted').length);
    for (const { images = [] } of begins)
      assert.deepEqual(await Promise.all(images.map(({ blob }) => world.journal.getBlob(blob))), [
        new Uint8Array(pixelPng),
      ]);
    assert.ok(!JSON.stringify(world.journal.events).includes(pixel));
    for (const { messages } of world.router.requests)
      assert.equal(messages[0]?.parts.filter(part => part.type === 'image').length, 1);
  });
});
