import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { PlanPath, PlanProblem } from './problem.ts';

const MAX_CHARACTERS = 2_000_000;

/** YAML or JSON read into plain values, able to say on which line each of them stands. */
export interface PlanText {
  value: unknown;
  /** Mistakes in the text itself: when there are any, `value` is not to be trusted. */
  problems: PlanProblem[];
  /** Puts line and column on problems that name a path. */
  locate(problem: PlanProblem): PlanProblem;
}

/** The node at a path; for a missing one the nearest that is there. A key's own node, where the last part is a key. */
function nodeAt(document: Document, path: PlanPath): Node | null {
  let at: unknown = document.contents;
  let best: unknown = at;
  for (const [i, part] of path.entries()) {
    let next: unknown;
    let key: unknown;
    if (isMap(at)) {
      const pair = at.items.find(item => (isScalar(item.key) ? item.key.value : item.key) === part);
      next = pair?.value;
      key = pair?.key;
    } else if (isSeq(at)) next = at.items[Number(part)];
    if (next === undefined && key === undefined) break;
    best = i === path.length - 1 && isNode(key) ? key : (next ?? key);
    at = next;
  }
  return isNode(best) ? best : null;
}

/** Reads plan text. JSON needs no path of its own: it is YAML too. */
export function readPlanText(text: string): PlanText {
  if (text.length > MAX_CHARACTERS) return refused(`longer than ${MAX_CHARACTERS} characters; this is no plan`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const mistakes = document.errors.map((error): PlanProblem & { line: number } => ({
    code: 'syntax',
    severity: 'error',
    message: error.code === 'MULTIPLE_DOCS' ? 'one file holds one plan; remove what follows "---"' : error.message,
    path: [],
    ...place(error.pos[0]),
  }));
  // What else is odd in a line follows from its first mistake.
  const first = mistakes.filter(({ line }, i) => mistakes.findIndex(other => other.line === line) === i);
  const problems: PlanProblem[] = first.map(problem => {
    const inLine = text.split('\n')[problem.line - 1] ?? '';
    const quotes = inLine.includes('{{') ? '; write text that holds {{…}} in quotes' : '';
    return { ...problem, message: `${problem.message}${quotes}` };
  });
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== '__proto__') return;
      const message = '"__proto__" is the name of nothing: take another one';
      problems.push({ code: 'syntax', severity: 'error', message, path: [], ...place(key.range?.[0] ?? 0) });
    },
  });
  const locate = (problem: PlanProblem): PlanProblem => {
    const range = nodeAt(document, problem.path)?.range;
    return { ...problem, ...place(range ? range[0] : 0) };
  };
  if (problems.length > 0) return { value: undefined, problems, locate };
  try {
    return { value: document.toJS({ maxAliasCount: 1000 }), problems, locate };
  } catch {
    return refused('its aliases ("*name") unfold to too much');
  }
}

function refused(message: string): PlanText {
  const problem: PlanProblem = { code: 'syntax', severity: 'error', message, path: [], line: 1, column: 1 };
  return { value: undefined, problems: [problem], locate: other => other };
}
