import assert from 'node:assert/strict';
import fc from 'fast-check';
import { accept, type Pick, reject } from '../../../src/core/changes/decide.ts';
import { agentWrote, userEdited, userWrote } from '../../../src/core/changes/edit.ts';
import { hunkMap } from '../../../src/core/changes/hunks.ts';
import {
  baseLines,
  currentLines,
  isAgent,
  isEffective,
  isVisible,
  type Mark,
  USER,
  type Weave,
  weaveOf,
} from '../../../src/core/changes/weave.ts';

const AGENTS = ['a', 'b', 'c'];
const author = (index: number) => ({ agent: AGENTS[index % 3] as string, task: `t-${AGENTS[index % 3]}` });

interface Cut {
  at: number;
  remove: number;
  add: number;
}

const cut: fc.Arbitrary<Cut> = fc.record({ at: fc.nat(30), remove: fc.nat(3), add: fc.nat(3) });
const cuts = fc.array(cut, { minLength: 1, maxLength: 3 });
const some = fc.oneof(
  fc.constant({ kind: 'all' as const }),
  fc.record({ kind: fc.constant('hunks' as const), which: fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('agent' as const), agent: fc.nat(2) }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), agent: fc.nat(2), cuts }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), byDiff: fc.boolean(), cuts }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), agent: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('accept' as const), some }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reject' as const),
      some,
      edits: fc.constantFrom(undefined, 'keep' as const, 'discard' as const),
      force: fc.boolean(),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const agentOf = (weave: Weave, mark: Mark) => weave.authors[mark - 2]?.agent;

/** A world in which every line ever written is unlike all others and says who wrote it: so it is easy to be right about. */
class World {
  weave: Weave;
  /** What must stand in the file. */
  shown = new Set<string>();
  /** Accepted, or there from the start, or the user's. */
  readonly settled = new Set<string>();
  /** Taken out by an agent, undecided. */
  readonly out = new Map<string, string>();
  readonly seen: string[][] = [];
  #count = 0;

  constructor(size: number) {
    const lines = this.lines('base', size);
    this.weave = weaveOf(lines);
    for (const line of lines) {
      this.shown.add(line);
      this.settled.add(line);
    }
  }

  lines(who: string, count: number): string[] {
    return Array.from({ length: count }, () => `${who} ${this.#count++}\n`);
  }

  get content(): string[] {
    return currentLines(this.weave) ?? [];
  }

  cutUp(cuts: Cut[], who: string) {
    const lines = this.content;
    const gone: string[] = [];
    const came: string[] = [];
    const edits: { from: number; removed: number; lines: string[] }[] = [];
    for (const one of [...cuts].sort((x, y) => (x.at % (lines.length + 1)) - (y.at % (lines.length + 1)))) {
      const from = Math.max(one.at % (lines.length + 1), (edits.at(-1)?.from ?? 0) + (edits.at(-1)?.removed ?? 0));
      const removed = Math.min(one.remove, lines.length - from);
      const added = this.lines(who, one.add);
      gone.push(...lines.slice(from, from + removed));
      came.push(...added);
      edits.push({ from, removed, lines: added });
    }
    const next = [...lines];
    for (const edit of [...edits].reverse()) next.splice(edit.from, edit.removed, ...edit.lines);
    return { next, gone, came, edits };
  }

  pick(which: Extract<Step, { do: 'accept' }>['some']): Pick {
    if (which.kind === 'all') return {};
    if (which.kind === 'agent') return { isMeant: mark => agentOf(this.weave, mark) === AGENTS[which.agent] };
    const { hunks } = hunkMap(this.weave);
    if (hunks.length === 0) return { hunks: ['none'] };
    return { hunks: which.which.map(index => hunks[index % hunks.length]?.id as string) };
  }

  take(step: Step): void {
    if (step.do === 'write') {
      const who = AGENTS[step.agent] as string;
      const { next, gone, came } = this.cutUp(step.cuts, who);
      this.weave = agentWrote(this.weave, next, author(step.agent));
      this.#agentTook(gone, who);
      for (const line of came) this.shown.add(line);
    } else if (step.do === 'delete') {
      const gone = this.content;
      this.weave = agentWrote(this.weave, undefined, author(step.agent));
      this.#agentTook(gone, AGENTS[step.agent] as string);
    } else if (step.do === 'edit') {
      const { next, gone, came, edits } = this.cutUp(step.cuts, 'user');
      if (next.length === 0 && !this.weave.exists) return;
      this.weave = step.byDiff || !this.weave.exists ? userWrote(this.weave, next) : userEdited(this.weave, edits);
      for (const line of gone) this.#forget(line);
      for (const line of came) {
        this.shown.add(line);
        this.settled.add(line);
      }
    } else this.#decide(step);
    this.seen.push(this.content);
  }

  #forget(line: string): void {
    this.shown.delete(line);
    this.settled.delete(line);
    this.out.delete(line);
  }

  #agentTook(gone: string[], who: string): void {
    for (const line of gone) {
      this.shown.delete(line);
      const own = line.startsWith(`${who} `) && !this.settled.has(line);
      if (!own) this.out.set(line, who);
    }
  }

  #decide(step: Extract<Step, { do: 'accept' | 'reject' }>): void {
    const before = this.weave;
    const map = hunkMap(before);
    const pick = this.pick(step.some);
    const isMeant = pick.isMeant ?? (() => true);
    const answer = step.do === 'accept' ? accept(before, pick) : reject(before, pick, edits(step));
    if (!answer.ok) {
      assert.notEqual(answer.refusal.reason === 'gone' && step.some.kind === 'all' && map.hunks.length > 0, true);
      return;
    }
    const { decided } = answer;
    /** Hunks where somebody else took out what is rejected: they go as a whole. */
    const whole = new Set<number>();
    if (step.do === 'reject') {
      for (const [index, atom] of before.atoms.entries()) {
        if (!isAgent(atom.ins) || !isMeant(atom.ins) || !isAgent(atom.del) || isMeant(atom.del)) continue;
        whole.add(map.of[index] as number);
      }
    }
    for (const [index, atom] of before.atoms.entries()) {
      const hunk = map.hunks[map.of[index] as number];
      if (!hunk || !decided.hunks.includes(hunk.id)) continue;
      const wholly = whole.has(map.of[index] as number);
      if (step.do === 'accept' && before.gone > 0 && decided.weave.gone === 0) this.#forget(atom.text);
      const meantIns = isAgent(atom.ins) && (isMeant(atom.ins) || wholly);
      const meantDel = isAgent(atom.del) && (isMeant(atom.del) || wholly);
      if (step.do === 'accept') {
        if (meantDel) this.#forget(atom.text);
        else if (meantIns && atom.del !== USER) this.settled.add(atom.text);
      } else if (meantIns) this.#forget(atom.text);
      else if (atom.ins === USER && step.edits === 'discard') this.#forget(atom.text);
      else if (atom.del === USER && !isAgent(atom.ins) && step.edits === 'discard') {
        this.shown.add(atom.text);
        this.settled.add(atom.text);
      } else if (meantDel && !decided.weave.exists && decided.weave.gone > 0) {
        this.out.set(atom.text, agentOf(before, decided.weave.gone) as string);
      } else if (meantDel) {
        this.out.delete(atom.text);
        this.shown.add(atom.text);
      }
    }
    this.weave = decided.weave;
    // Another hunk is what it was: the same lines, the same authors, still pending.
    const after = new Map(decided.weave.atoms.filter(atom => atom.id > 0).map(atom => [atom.id, atom]));
    for (const [index, atom] of before.atoms.entries()) {
      const hunk = map.hunks[map.of[index] as number];
      if (!hunk || decided.hunks.includes(hunk.id) || !isEffective(atom)) continue;
      assert.deepEqual(after.get(atom.id), atom);
    }
  }

  check(): void {
    const { weave } = this;
    assert.deepEqual(new Set(this.content), this.shown);
    assert.equal(this.content.length, this.shown.size);
    for (const old of this.seen) {
      const both = new Set(old);
      const now = this.content.filter(line => both.has(line));
      const then = old.filter(line => this.shown.has(line));
      assert.deepEqual(now, then);
    }
    const { hunks } = hunkMap(weave);
    const by = new Map<string, string | undefined>();
    const lines = this.content;
    for (const hunk of hunks) {
      let at = hunk.current.start;
      for (const span of hunk.spans) {
        assert.equal(span.start, at);
        for (; at < span.start + span.count; at++) {
          by.set(lines[at] as string, span.by === 'user' ? span.by : span.by.agent);
        }
      }
      assert.equal(at, hunk.current.start + hunk.current.count);
      assert.ok(hunk.authors.length > 0);
    }
    for (const line of lines) {
      const writer = line.split(' ')[0] as string;
      if (AGENTS.includes(writer) && !this.settled.has(line)) assert.equal(by.get(line), writer, line);
      else assert.ok(by.get(line) === undefined || (by.get(line) === 'user' && writer === 'user'), line);
    }
    assert.equal(new Set(hunks.map(hunk => hunk.id)).size, hunks.length);
  }
}

const edits = (step: { edits?: 'keep' | 'discard' | undefined; force: boolean }) => ({
  force: step.force,
  ...(step.edits && { edits: step.edits }),
});

const history = fc.record({ size: fc.nat(12), steps: fc.array(step, { maxLength: 14 }) });
const RUNS = { numRuns: 3000 };

const played = (size: number, steps: Step[]) => {
  const world = new World(size);
  world.check();
  for (const one of steps) {
    world.take(one);
    world.check();
  }
  return world;
};

describe('a file under review', function () {
  this.timeout(240_000);

  it('has exactly the lines it should after any history, each with its author, and keeps other hunks as they were', () => {
    fc.assert(
      fc.property(history, ({ size, steps }) => {
        played(size, steps);
      }),
      RUNS,
    );
  });

  it('stays as it is when everything is accepted, and nothing is pending then', () => {
    fc.assert(
      fc.property(history, ({ size, steps }) => {
        const world = played(size, steps);
        const { weave, content } = world;
        if (hunkMap(weave).hunks.length === 0) return;
        const answer = accept(weave, {});
        assert.ok(answer.ok);
        assert.deepEqual(currentLines(answer.decided.weave) ?? [], content);
        assert.deepEqual(hunkMap(answer.decided.weave).hunks, []);
        assert.deepEqual(baseLines(answer.decided.weave), currentLines(answer.decided.weave));
      }),
      RUNS,
    );
  });

  it("is the baseline plus the user's edits when everything is rejected", () => {
    fc.assert(
      fc.property(history, ({ size, steps }) => {
        const world = played(size, steps);
        if (hunkMap(world.weave).hunks.length === 0) return;
        const answer = reject(world.weave, {}, { edits: 'keep', force: true });
        assert.ok(answer.ok);
        const left = currentLines(answer.decided.weave) ?? [];
        const expected = [...world.settled].filter(line => world.shown.has(line) || world.out.has(line));
        assert.deepEqual([...left].sort(), expected.sort());
        assert.deepEqual(hunkMap(answer.decided.weave).hunks, []);
      }),
      RUNS,
    );
  });

  it("never loses a line of the user's to accept, nor to reject unless told to discard it", () => {
    fc.assert(
      fc.property(history, fc.boolean(), ({ size, steps }, accepts) => {
        const world = played(size, steps);
        const users = world.content.filter(line => line.startsWith('user '));
        for (const hunk of hunkMap(world.weave).hunks) {
          const pick = { hunks: [hunk.id] };
          const answer = accepts
            ? accept(world.weave, pick)
            : reject(world.weave, pick, { edits: 'keep', force: true });
          assert.ok(answer.ok);
          const left = new Set(currentLines(answer.decided.weave));
          for (const line of users) assert.ok(left.has(line));
        }
      }),
      RUNS,
    );
  });

  it('refuses to reject what the user changed until it is said what becomes of that', () => {
    fc.assert(
      fc.property(history, ({ size, steps }) => {
        const { weave } = played(size, steps);
        for (const hunk of hunkMap(weave).hunks) {
          const answer = reject(weave, { hunks: [hunk.id] }, {});
          assert.equal(answer.ok, !hunk.edited);
          if (!answer.ok) assert.deepEqual(answer.refusal, { reason: 'edited', hunks: [hunk.id] });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the user's edits at the edges of a change", () => {
  const ada = { agent: 'ada', task: 'ui' };
  const begun = ['before\n', 'return old;\n', 'after\n'];
  const written = () => agentWrote(weaveOf(begun), ['before\n', 'const x = 1;\n', 'return x;\n', 'after\n'], ada);
  const line = (weave: Weave, from: number, ...lines: string[]) => userEdited(weave, [{ from, removed: 1, lines }]);
  const rejected = (weave: Weave, edits: 'keep' | 'discard') => {
    const answer = reject(weave, {}, { edits });
    assert.ok(answer.ok);
    return currentLines(answer.decided.weave);
  };

  it('belong to it keystroke by keystroke, and leave no line behind that cannot be reached', () => {
    let weave = written();
    for (const typed of ['return x ;\n', 'return x +;\n', 'return x + 1;\n']) weave = line(weave, 2, typed);
    assert.equal(hunkMap(weave).hunks.length, 1);
    assert.deepEqual(rejected(weave, 'discard'), begun);
    assert.deepEqual(rejected(weave, 'keep'), ['before\n', 'return old;\n', 'return x + 1;\n', 'after\n']);
  });

  it('bring back what stood there when they replaced lines on both sides of the edge', () => {
    const weave = userEdited(written(), [{ from: 2, removed: 2, lines: ['mine\n'] }]);
    assert.deepEqual(rejected(weave, 'discard'), begun);
    assert.deepEqual(rejected(weave, 'keep'), ['before\n', 'return old;\n', 'mine\n']);
    const kept = accept(weave, {});
    assert.ok(kept.ok);
    assert.deepEqual(currentLines(kept.decided.weave), ['before\n', 'const x = 1;\n', 'mine\n']);
    assert.deepEqual(baseLines(kept.decided.weave), ['before\n', 'const x = 1;\n', 'mine\n']);
  });

  it('are all taken back by discarding them, and nothing else is, wherever they touch it', () => {
    const edit = fc.record({
      at: fc.nat(20),
      before: fc.nat(2),
      after: fc.nat(2),
      add: fc.nat(3),
      byDiff: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.record({
          size: fc.integer({ min: 3, max: 9 }),
          at: fc.nat(9),
          removed: fc.nat(3),
          added: fc.integer({ min: 1, max: 4 }),
        }),
        fc.array(edit, { minLength: 1, maxLength: 5 }),
        (agent, edits) => {
          const base = Array.from({ length: agent.size }, (_, index) => `base ${index}\n`);
          const next = [...base];
          const added = Array.from({ length: agent.added }, (_, index) => `ada ${index}\n`);
          next.splice(Math.min(agent.at, base.length), agent.removed, ...added);
          let weave = agentWrote(weaveOf(base), next, ada);
          let count = 0;
          for (const one of edits) {
            const [hunk] = hunkMap(weave).hunks;
            if (!hunk || hunk.current.count === 0) break;
            const lines = currentLines(weave) ?? [];
            // Every edit replaces at least one line of the change, and perhaps some on either side of it.
            const touched = hunk.current.start + (one.at % hunk.current.count);
            const from = Math.max(0, touched - one.before);
            const until = Math.min(lines.length, touched + 1 + one.after);
            const mine = Array.from({ length: one.add }, () => `user ${++count}\n`);
            const after = [...lines.slice(0, from), ...mine, ...lines.slice(until)];
            weave = one.byDiff
              ? userWrote(weave, after)
              : userEdited(weave, [{ from, removed: until - from, lines: mine }]);
          }
          if (hunkMap(weave).hunks.length === 0) return;
          assert.deepEqual(rejected(weave, 'discard'), base);
          const kept = new Set(rejected(weave, 'keep'));
          for (const line of currentLines(weave) ?? []) if (line.startsWith('user')) assert.ok(kept.has(line), line);
        },
      ),
      RUNS,
    );
  });
});

describe('a file of lines that look alike', function () {
  this.timeout(240_000);

  const line = fc.constantFrom('\n', '}\n', 'a\n', 'b\n', 'a\r\n', 'é\n');
  const file = fc
    .tuple(fc.array(line, { maxLength: 10 }), fc.constantFrom('', 'end', 'a'))
    .map(([lines, last]) => (last === '' ? lines : [...lines, last]));
  const turn = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('write' as const), agent: fc.nat(2), file, cuts, own: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), agent: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('accept' as const), which: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('reject' as const), which: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), file, cuts, own: fc.boolean() }) },
  );
  const wellFormed = (lines: string[]) =>
    lines.map((text, index) => (index < lines.length - 1 && !text.endsWith('\n') ? `${text}\n` : text));
  const mutated = (lines: string[], turn: { file: string[]; cuts: Cut[]; own: boolean }) => {
    if (turn.own) return turn.file;
    const next = [...lines];
    for (const one of turn.cuts) next.splice(one.at % (next.length + 1), one.remove, ...turn.file.slice(0, one.add));
    return wellFormed(next);
  };
  const bodies = (lines: string[]) => lines.map(text => text.replace(/\r?\n$/, ''));

  /** Outside of hunks, file and baseline are the same lines. */
  const agrees = (weave: Weave) => {
    const current = bodies(currentLines(weave) ?? []);
    const base = bodies(baseLines({ ...weave, created: 0 }) ?? []);
    let c = 0;
    let b = 0;
    for (const hunk of hunkMap(weave).hunks) {
      assert.deepEqual(current.slice(c, hunk.current.start), base.slice(b, hunk.base.start));
      c = hunk.current.start + hunk.current.count;
      b = hunk.base.start + hunk.base.count;
    }
    assert.deepEqual(current.slice(c), base.slice(b));
  };

  it('shows the same lines in file and baseline outside of hunks, whatever happened', () => {
    fc.assert(
      fc.property(fc.option(file, { nil: undefined }), fc.array(turn, { maxLength: 12 }), (start, turns) => {
        let weave = weaveOf(start && wellFormed(start));
        for (const one of turns) {
          const lines = currentLines(weave) ?? [];
          const hunks = hunkMap(weave).hunks;
          if (one.do === 'write') {
            const next = mutated(lines, one);
            weave = agentWrote(weave, next, author(one.agent));
            assert.deepEqual(currentLines(weave), next);
          } else if (one.do === 'delete') weave = agentWrote(weave, undefined, author(one.agent));
          else if (one.do === 'edit') {
            const next = mutated(lines, one);
            weave = userWrote(weave, next);
            assert.deepEqual(currentLines(weave), next);
          } else if (hunks.length > 0) {
            const pick = { hunks: [hunks[one.which % hunks.length]?.id as string] };
            const answer =
              one.do === 'accept' ? accept(weave, pick) : reject(weave, pick, { edits: 'keep', force: true });
            assert.ok(answer.ok);
            if (one.do === 'accept') assert.deepEqual(currentLines(answer.decided.weave), currentLines(weave));
            weave = answer.decided.weave;
          }
          agrees(weave);
          if (!weave.exists) assert.ok(!weave.atoms.some(isVisible));
        }
      }),
      RUNS,
    );
  });

  it('is byte for byte the baseline again when all that agents did is rejected', () => {
    fc.assert(
      fc.property(fc.option(file, { nil: undefined }), fc.array(turn, { maxLength: 8 }), (start, turns) => {
        const base = start && wellFormed(start);
        let weave = weaveOf(base);
        for (const one of turns) {
          if (one.do === 'write') weave = agentWrote(weave, mutated(currentLines(weave) ?? [], one), author(one.agent));
          else if (one.do === 'delete') weave = agentWrote(weave, undefined, author(one.agent));
        }
        if (hunkMap(weave).hunks.length === 0) assert.deepEqual(currentLines(weave), base);
        else {
          assert.deepEqual(baseLines(weave), base);
          const answer = reject(weave, {}, {});
          assert.ok(answer.ok);
          assert.deepEqual(currentLines(answer.decided.weave), base);
        }
      }),
      RUNS,
    );
  });
});
