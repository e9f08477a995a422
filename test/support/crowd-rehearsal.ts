import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROLES = ['backend-specialist', 'frontend-specialist', 'qa-specialist'] as const;
const story = 'The work goes on and on, page by page and line by line, and nobody is in a hurry today. '.repeat(40);

/** A rehearsal in which ten small tasks are done at once and thirty agents then work for as long as one looks. */
export async function crowdRehearsal(): Promise<string> {
  const quick = Array.from({ length: 10 }, (_, n) => ({
    id: `survey-${n}`,
    title: `Survey part ${n + 1} of the code`,
    n,
  }));
  const slow = Array.from({ length: 30 }, (_, n) => ({ id: `module-${n}`, title: `Rewrite module ${n + 1}`, n }));
  const roleOf = (n: number) => ROLES[n % ROLES.length] ?? ROLES[0];
  const task = ({ id, title, n }: (typeof quick)[number], phase: string, needs: string[]) => ({
    id,
    title,
    phase,
    needs,
    role: roleOf(n),
    instructions: `${title}.`,
    writes: [`${id}.txt`],
    complexity: 'simple',
  });
  const script = {
    name: 'crowd',
    goal: 'Rewrite all thirty modules of the application',
    providers: { anthropic: { kind: 'anthropic' }, openai: { kind: 'openai' } },
    routes: {
      orchestrator: ['anthropic/claude-opus-5-5'],
      ...Object.fromEntries(
        ROLES.map((role, n) => [role, [n === 0 ? 'openai/gpt-6.1-sol' : 'anthropic/claude-sonnet-5-5']]),
      ),
    },
    pacing: { chunkChars: 40, firstByteMs: 20, betweenMs: 4 },
    parts: [
      {
        role: 'orchestrator',
        kind: 'plan',
        turns: [
          {
            tools: [
              {
                propose_plan: {
                  goal: 'Rewrite all thirty modules of the application',
                  rationale: 'Each module stands alone, so all of them can be rewritten side by side.',
                  phases: ['survey', 'rewrite'],
                  tasks: [
                    ...quick.map(each => task(each, 'survey', [])),
                    ...slow.map(each => task(each, 'rewrite', [`survey-${each.n % quick.length}`])),
                  ],
                },
              },
            ],
          },
        ],
      },
      ...quick.map(({ id, n }) => ({
        role: roleOf(n),
        task: id,
        turns: [
          { tools: [{ write_file: { path: `${id}.txt`, content: `${id}\n` } }] },
          { tools: [{ finish_task: { summary: 'Surveyed.' } }] },
        ],
      })),
      ...slow.map(({ id, n }) => ({
        role: roleOf(n),
        task: id,
        turns: [
          {
            text: story,
            pacing: { chunkChars: 8, firstByteMs: 20, betweenMs: 1000 },
            tools: [{ finish_task: { summary: 'Rewritten.' } }],
          },
        ],
      })),
    ],
  };
  const path = join(await mkdtemp(join(tmpdir(), 'orchestrate-crowd-')), 'crowd.yaml');
  // JSON is YAML.
  await writeFile(path, JSON.stringify(script));
  return path;
}
