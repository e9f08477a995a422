import { LineCounter, parseAllDocuments } from 'yaml';
import { type Need, Plan } from '../../../protocol/plan.ts';
import { Workflow } from '../../../protocol/workflow.ts';
import { checkPlan } from '../../plan/parse.ts';
import type { PlanContext } from '../../plan/parts.ts';
import type { PlanProblem } from '../../plan/problem.ts';
import { type KnownKeys, shapeProblems } from '../../plan/shape.ts';
import { type PlanText, readPlanText } from '../../plan/text.ts';
import { toWorkflow } from './convert.ts';
import { kindOfWork } from './kind-of-work.ts';
import { type Page, readMarkdown, type Source, slug } from './sources.ts';
import { type Step, WrittenStep, WrittenWorkflow } from './steps.ts';
import { readTrigger } from './triggers.ts';

export interface WorkflowFile {
  /** For messages, and for the name where the text has none. */
  file: string;
  text: string;
}

/** A problem, and the file it is in. */
export type PlacedProblem = PlanProblem & { file: string };

export type ReadWorkflow =
  | { ok: true; workflow: Workflow; warnings: PlacedProblem[] }
  | { ok: false; problems: PlacedProblem[] };

/** One YAML document, and where each of its values stands. */
interface Piece extends PlanText {
  source: Source;
}

const baseName = (file: string) => (file.split(/[\\/]/).at(-1) ?? file).replace(/\.[^.]+$/, '');

/**
 * Reads a workflow: a plan with what starts it, or lists of sessions, as one document, as several, as several files, or as a
 * Markdown page whose headings give the phases. Files that are given together are one workflow.
 */
export function readWorkflow(files: readonly WorkflowFile[], context: PlanContext): ReadWorkflow {
  const page: Page = { members: new Map() };
  const pieces: Piece[] = [];
  for (const { file, text } of files) {
    const marked = /\.(md|markdown)$/i.test(file) ? readMarkdown(file, text) : undefined;
    if (marked?.page.title !== undefined) page.title ??= marked.page.title;
    for (const [name, member] of marked?.page.members ?? []) page.members.set(name, member);
    const own = (marked?.sources ?? [{ file, text }]).flatMap(piecesOf);
    // A page may show other YAML beside its workflow.
    pieces.push(
      ...(marked ? own.filter(({ value, problems }) => problems.length > 0 || isListOfSessions(value)) : own),
    );
  }
  const broken = pieces.flatMap(({ problems, source }) => problems.map(problem => ({ ...problem, file: source.file })));
  if (broken.length > 0) return { ok: false, problems: broken };
  const [first, ...more] = pieces;
  const file = files[0]?.file ?? 'workflow';
  if (!first) return refused(file, 'there is no workflow in it: write tasks, or workflow: with a list of sessions');
  if (!isListOfSessions(first.value)) {
    if (more.length > 0) return refused(file, 'one file holds one plan; only lists of sessions go on behind "---"');
    return readNative(first, context, file);
  }
  return readSessions(pieces, page, context, baseName(file));
}

const refused = (file: string, message: string): ReadWorkflow => ({
  ok: false,
  problems: [{ code: 'missing', severity: 'error', message, path: [], line: 1, column: 1, file }],
});

const isListOfSessions = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'workflow' in value && !('tasks' in value);

/** The documents of a piece of text, each with the line ends before it. */
function piecesOf(source: Source): Piece[] {
  const lines = new LineCounter();
  const starts = parseAllDocuments(source.text, { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(starts) || starts.length < 2) return [{ ...readPlanText(source.text), source }];
  return starts
    .map(document => {
      const [from, , to] = document.range;
      const before = source.text.slice(0, from).replace(/[^\n]/g, '');
      // The mark between two documents belongs to neither.
      const own = source.text.slice(from, to).replace(/^(---|\.\.\.)[^\n]*$/gm, '');
      return { ...readPlanText(before + own), source };
    })
    .filter(({ value, problems }) => value !== null || problems.length > 0);
}

function readNative(piece: Piece, context: PlanContext, file: string): ReadWorkflow {
  const { value, locate } = piece;
  const place = (problem: PlanProblem): PlacedProblem => ({ ...locate(problem), file });
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const written = isMap ? (value as Record<string, unknown>) : {};
  const plan = Object.fromEntries(Object.entries(written).filter(([key]) => Object.hasOwn(Plan.shape, key)));
  const own = Object.fromEntries(Object.entries(written).filter(([key]) => !Object.hasOwn(Plan.shape, key)));
  const members = Object.keys((own.members as object | undefined) ?? {});
  const roles = context.roles && [...context.roles, ...members];
  const checked = checkPlan(isMap ? plan : value, { ...context, ...(roles && { roles }) });
  const rest = Workflow.omit({ goal: true, rationale: true, phases: true, pools: true, tasks: true });
  const parsed = rest.safeParse(own);
  const shape = parsed.success ? [] : shapeProblems(parsed.error.issues, own, [], keysOf(rest.shape));
  const problems = [...(checked.ok ? checked.warnings : checked.problems), ...shape].map(place);
  if (!checked.ok || !parsed.success) return { ok: false, problems: inOrder(problems) };
  return {
    ok: true,
    workflow: { ...checked.plan, ...parsed.data, name: parsed.data.name ?? baseName(file) },
    warnings: problems,
  };
}

const keysOf =
  (own: object): KnownKeys =>
  path =>
    path.length === 0 ? [...Object.keys(Plan.shape), ...Object.keys(own)] : undefined;

function readSessions(pieces: readonly Piece[], page: Page, context: PlanContext, name: string): ReadWorkflow {
  const problems: PlacedProblem[] = [];
  const steps: { step: Step; piece: Piece; index: number }[] = [];
  const ids = new Set<string>();
  for (const piece of pieces) {
    const parsed = WrittenWorkflow.safeParse(piece.value);
    if (!parsed.success) {
      const found = shapeProblems(parsed.error.issues, piece.value, [], path =>
        path.length === 0 ? Object.keys(WrittenWorkflow.shape) : Object.keys(WrittenStep.shape),
      );
      problems.push(...found.map(problem => ({ ...piece.locate(problem), file: piece.source.file })));
      continue;
    }
    const { heading } = piece.source;
    const phase = slug(parsed.data.phase ?? heading ?? '');
    for (const [index, { session, task, output, triggers_on: on = [] }] of parsed.data.workflow.entries()) {
      let id: string = session;
      for (let n = 2; ids.has(id); n++) id = `${session}-${n}`;
      ids.add(id);
      const pool = page.members.get(session)?.pool;
      const step: Step = {
        id,
        session,
        task,
        kind: kindOfWork(task),
        triggers: typeof on === 'string' ? [on] : on,
        ...(output !== undefined && { output }),
        ...(phase !== '' && { phase }),
        ...(pool !== undefined && { pool }),
      };
      steps.push({ step, piece, index });
    }
  }
  const all = steps.map(({ step }) => step);
  const needs = new Map<Step, Need[]>();
  for (const { step, piece, index } of steps) {
    for (const trigger of step.triggers) {
      const read = readTrigger(trigger, step, all);
      if (read.ok) {
        needs.set(step, [...(needs.get(step) ?? []), ...read.needs]);
        continue;
      }
      const path = ['workflow', index, 'triggers_on'];
      const problem = { code: read.code, severity: 'error' as const, message: `triggers_on: ${read.message}`, path };
      problems.push({ ...piece.locate(problem), file: piece.source.file });
    }
  }
  if (problems.length > 0) return { ok: false, problems: inOrder(problems) };
  const workflow = toWorkflow(all, needs, page, name);
  const { goal, phases, pools, tasks } = workflow;
  const roles = context.roles && [...context.roles, ...Object.keys(workflow.members)];
  const checked = checkPlan({ goal, phases, pools, tasks }, { ...context, ...(roles && { roles }) });
  const file = pieces[0]?.source.file ?? name;
  const told = (checked.ok ? checked.warnings : checked.problems).map(problem => ({ ...problem, file }));
  return checked.ok ? { ok: true, workflow, warnings: [] } : { ok: false, problems: told };
}

const inOrder = (problems: PlacedProblem[]) =>
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
