import assert from 'node:assert/strict';
import { effect } from '@preact/signals';
import fc from 'fast-check';
import { flatten } from '../../../webview-ui/model/agent-tree.ts';
import { type Layout, layout, NODE } from '../../../webview-ui/model/graph-layout.ts';
import { layers, sampled } from '../../../webview-ui/model/spending.ts';
import { Table } from '../../../webview-ui/model/table.ts';
import { bars, ticks } from '../../../webview-ui/model/timeline.ts';
import { readCall } from '../../../webview-ui/model/tool-call.ts';

describe('a table of the page', () => {
  const reading = (table: Table<{ id: string; n: number }>, id: string) => {
    const seen: (number | undefined)[] = [];
    effect(() => void seen.push(table.get(id)?.n));
    return seen;
  };

  it('tells the reader of a row when that row changes, and not when others do', () => {
    const table = new Table<{ id: string; n: number }>();
    table.change(
      [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 },
      ],
      [],
    );
    const seen = reading(table, 'a');
    table.change(
      [
        { id: 'b', n: 2 },
        { id: 'c', n: 2 },
      ],
      [],
    );
    table.change([{ id: 'a', n: 3 }], []);
    assert.deepEqual(seen, [1, 3]);
  });

  it('tells the reader of a row when it comes, goes and comes again', () => {
    const table = new Table<{ id: string; n: number }>();
    const seen = reading(table, 'a');
    table.change([{ id: 'a', n: 1 }], []);
    table.change([], ['a']);
    table.change([{ id: 'a', n: 2 }], []);
    table.clear();
    table.change([{ id: 'a', n: 3 }], []);
    assert.deepEqual(
      seen.filter((n, index) => index === 0 || n !== seen[index - 1]),
      [undefined, 1, undefined, 2, undefined, 3],
    );
  });
});

describe('the tree of agents', () => {
  const agent = (id: string, parent?: string, status = 'running') =>
    ({ id, status, ...(parent !== undefined && { parent }) }) as Parameters<typeof flatten>[0][number];

  it('puts those whom an agent started below it, and leaves out what hangs below a closed one', () => {
    const agents = [agent('root'), agent('other'), agent('child', 'root'), agent('grandchild', 'child')];
    assert.deepEqual(
      flatten(agents, new Set(), false).map(({ id, level }) => [id, level]),
      [
        ['root', 1],
        ['child', 2],
        ['grandchild', 3],
        ['other', 1],
      ],
    );
    assert.deepEqual(
      flatten(agents, new Set(['child']), false).map(({ id }) => id),
      ['root', 'child', 'other'],
    );
  });

  it('shows of those at work the way from the root, and nobody else', () => {
    const agents = [agent('root', undefined, 'completed'), agent('done', 'root', 'completed'), agent('busy', 'root')];
    assert.deepEqual(
      flatten(agents, new Set(), true).map(({ id }) => id),
      ['root', 'busy'],
    );
  });

  it('shows each once, whatever they say of their parents', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.uniqueArray(fc.record({ id: ids, parent: ids }), { selector: ({ id }) => id }), rows => {
        const shown = flatten(
          rows.map(({ id, parent }) => agent(id, parent)),
          new Set(),
          false,
        ).map(({ id }) => id);
        assert.equal(new Set(shown).size, shown.length);
      }),
    );
  });
});

describe('the layout of the task graph', () => {
  type Task = Parameters<typeof layout>[0][number];
  const task = (id: string, ...needs: string[]): Task => ({
    id,
    needs: needs.map(name => ({ kind: 'task', name, when: 'completed' })),
  });
  const at = ({ nodes }: Layout, id: string) => {
    const node = nodes.find(known => known.id === id);
    assert.ok(node, id);
    return node;
  };

  it('puts each task right of all it waits for, and lets none cover another, for any plan', () => {
    const plans = fc
      .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 60 })
      .map(needs => needs.map((of, n) => task(`t${n}`, ...new Set(n === 0 ? [] : of.map(k => `t${k % n}`)))));
    fc.assert(
      fc.property(plans, tasks => {
        const placed = layout(tasks);
        for (const { id, needs } of tasks)
          for (const { name } of needs) assert.ok(at(placed, id).x > at(placed, name).x + NODE.width);
        for (const a of placed.nodes)
          for (const b of placed.nodes)
            if (a !== b && a.x === b.x) assert.ok(Math.abs(a.y - b.y) >= NODE.height - 0.001, `${a.id} covers ${b.id}`);
        for (const { x, y } of placed.nodes)
          assert.ok(x >= 0 && y >= -0.001 && y + NODE.height <= placed.height + 0.001);
      }),
    );
  });

  it('draws one line for each task of a phase and one for each that waits for it, not one for each pair', () => {
    const members = Array.from({ length: 10 }, (_, n): Task => ({ id: `m${n}`, needs: [], phase: 'build' }));
    const waiting = Array.from(
      { length: 10 },
      (_, n): Task => ({ id: `w${n}`, needs: [{ kind: 'phase', name: 'build' }] }),
    );
    const { edges } = layout([...members, ...waiting]);
    assert.equal(edges.filter(({ from, to }) => from !== to).length, 20);
  });

  it('ends for a plan that waits in a circle, with every task in it', () => {
    const placed = layout([task('a', 'c'), task('b', 'a'), task('c', 'b'), task('d')]);
    assert.deepEqual(placed.nodes.map(({ id }) => id).sort(), ['a', 'b', 'c', 'd']);
  });
});

describe('the timeline', () => {
  const span = (from: number, to?: number) => ({
    id: 'a#1',
    agent: 'a',
    from,
    status: 'running' as const,
    ...(to !== undefined && { to }),
  });

  it('draws what falls into its window, and cuts what reaches beyond', () => {
    const drawn = bars([span(0, 50), span(90, 120), span(180)], { from: 100, to: 200 }, 1000, 190);
    assert.deepEqual(
      drawn.map(({ x, width }) => [x, width]),
      [
        [0, 200],
        [800, 100],
      ],
    );
  });

  it('has ticks at round times since the beginning, as many as have room', () => {
    const start = 1_000_123;
    const found = ticks({ from: start, to: start + 600_000 }, start, 500);
    assert.deepEqual(
      found.map(at => (at - start) / 1000),
      [0, 120, 240, 360, 480, 600],
    );
    assert.ok(ticks({ from: start, to: start + 90 * 86_400_000 }, start, 500).length > 0);
  });
});

describe('a tool call as the page reads it', () => {
  const written = { path: 'src/app.js', content: 'const a = "x";\nrun(a);\n\\ \u00e9 \u{1f600}' };

  it('tells the file, and its content in lines', () => {
    assert.deepEqual(readCall(JSON.stringify(written)), {
      path: 'src/app.js',
      rest: [{ name: 'content', text: written.content }],
    });
  });

  it('tells the command, and shows lists in lines', () => {
    assert.deepEqual(readCall(JSON.stringify({ command: 'npm test', why: 'to see' })), {
      subject: 'npm test',
      rest: [{ name: 'why', text: 'to see' }],
    });
    assert.deepEqual(readCall(JSON.stringify({ path: 'a', edits: [{ find: 'x\ny', replace: 'z' }] }))?.rest, [
      { name: 'edits', text: '-\n  find:\n    x\n    y\n  replace: z' },
    ]);
  });

  it('is read as far as it has come, wherever the stream stands', () => {
    const json = JSON.stringify({ ...written, list: [1, { a: 'b' }], flag: true });
    for (let end = 1; end <= json.length; end++) {
      const call = readCall(json.slice(0, end));
      assert.ok(call, `nothing at ${end}`);
      assert.ok('src/app.js'.startsWith(call.path ?? ''), call.path);
      const content = call.rest.find(({ name }) => name === 'content')?.text ?? '';
      assert.ok(written.content.startsWith(content), content);
    }
  });

  it('takes any text without harm', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => void readCall(text)));
    assert.equal(readCall('th":"the beginning is gone"}'), undefined);
  });
});

describe('money and tokens over time', () => {
  const spending = {
    at: [0, 10, 20],
    providers: [
      { id: 'x', cost: [1, 1, 4], tokens: [10, 10, 40] },
      { id: 'local', cost: [0, 0, 0], tokens: [0, 5, 6] },
      { id: 'y', cost: [0, 2, 2], tokens: [0, 20, 20] },
    ],
  };

  it('stand on top of each other by provider; who has nothing of it is not drawn', () => {
    assert.deepEqual(layers(spending, 'cost'), [
      { id: 'x', upper: [1, 1, 4] },
      { id: 'y', upper: [1, 3, 6] },
    ]);
    assert.deepEqual(
      layers(spending, 'tokens').map(({ upper }) => upper),
      [
        [10, 10, 40],
        [10, 15, 46],
        [10, 35, 66],
      ],
    );
  });

  it('are told in a table of few rows, the last point among them', () => {
    assert.deepEqual(sampled(3, 10), [0, 1, 2]);
    assert.deepEqual(sampled(120, 4), [29, 59, 89, 119]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), points => {
        const rows = sampled(points, 10);
        assert.equal(new Set(rows).size, Math.min(10, points));
        assert.equal(rows.at(-1), points - 1);
      }),
    );
  });
});
