import assert from 'node:assert/strict';

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{${LABEL}(?:,${LABEL})*\\})? [-+0-9.eE]+$`);
const ENDS: Record<string, string[]> = { gauge: [''], counter: ['_total'], summary: ['_count', '_sum'] };

/** The samples in OpenMetrics text; what is not in its grammar, as far as our families use it, fails. */
export function openMetrics(text: string): Map<string, string> {
  const lines = text.split('\n');
  assert.deepEqual(lines.slice(-2), ['# EOF', '']);
  const samples = new Map<string, string>();
  let family = { name: '', type: '' };
  const begun = new Set<string>();
  for (const line of lines.slice(0, -2)) {
    const [, what, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (what === 'TYPE') {
      assert.ok(!begun.has(name) && ENDS[rest], line);
      begun.add(name);
      family = { name, type: rest };
    } else if (what !== undefined) {
      assert.equal(name, family.name, line);
      if (what === 'UNIT') assert.ok(name.endsWith(`_${rest}`), line);
    } else {
      const [, sample = ''] = SAMPLE.exec(line) ?? [];
      assert.ok(
        ENDS[family.type]?.some(end => sample === family.name + end),
        line,
      );
      const at = line.lastIndexOf(' ');
      assert.ok(!samples.has(line.slice(0, at)), `twice: ${line}`);
      samples.set(line.slice(0, at), line.slice(at + 1));
    }
  }
  return samples;
}
