import * as z from 'zod';
import { Bug } from '../../../protocol/bug.ts';
import { isSameBug } from '../../bug.ts';
import { resolvePath } from './paths.ts';
import { defineTool, refuse } from './tool.ts';

/** Models write one step as text. */
const steps = z.preprocess(
  value => (typeof value === 'string' ? value.split('\n').filter(line => line.trim() !== '') : value),
  z.array(z.string().min(1).max(1000)).min(1).max(30),
);

export const fileBug = defineTool({
  name: 'file_bug',
  description:
    'Files a bug that you have seen yourself: it goes to whoever mends it, and comes back to you to be tried again. A bug that is known is found, not filed twice; file it again where it is said to be mended and is not.',
  effect: 'none',
  args: z.object({
    title: z.string().trim().min(1).max(200),
    severity: Bug.shape.severity.describe(
      'production, security and performance are mended at once, other within a day',
    ),
    steps: steps.describe('What to do, so that anybody sees it'),
    expected: z.string().min(1).max(2000),
    seen: z.string().min(1).max(4000).describe('What happens instead'),
    evidence: z.string().max(8000).optional().describe('Output, a log, a test that fails'),
    path: z.string().min(1).optional(),
    line: z.number().int().min(1).optional(),
  }),
  aliases: {
    actual: 'seen',
    observed: 'seen',
    reproduction: 'steps',
    file: 'path',
    file_path: 'path',
    summary: 'title',
  },
  doing: args => `files a bug: ${args.title}`,
  async run(args, context) {
    const { host, agent, task } = context;
    if (!task) return refuse('not-allowed', 'There is no task in which it was found. Use note_decision instead.');
    const resolved = args.path === undefined ? undefined : await resolvePath(context, args.path, 'read');
    if (resolved && !resolved.ok) return resolved;
    const { path: _, line, ...rest } = args;
    const bug = Bug.parse(rest);
    const path = resolved?.path;
    const { journal } = host;
    const known = [...journal.state.findings.values()].find(
      one => one.bug && isSameBug({ bug, path }, { ...one, bug: one.bug }),
    );
    if (known) {
      const again = known.resolved !== undefined || known.seenIn?.at(-1) !== task.id;
      if (again) journal.append({ type: 'bug-seen', finding: known.finding, agent, task: task.id });
      const how = known.resolved ? 'It is open again' : 'Nothing more was filed';
      return { ok: true, output: `This is ${known.finding}: "${known.bug?.title}". ${how}.` };
    }
    const finding = host.newId('bug');
    journal.append({
      type: 'finding-added',
      finding,
      agent,
      task: task.id,
      severity: 'blocker',
      text: `${bug.title}: expected ${bug.expected}; seen ${bug.seen}`,
      bug,
      ...(path !== undefined && { path }),
      ...(line !== undefined && { line }),
    });
    return { ok: true, output: `Filed as ${finding}. It is tried again by you when it is said to be mended.` };
  },
});
