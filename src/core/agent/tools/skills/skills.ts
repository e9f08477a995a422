import type { SkillFolder } from '../../../ports.ts';
import type { Skill } from '../../contract.ts';
import { readFrontmatter } from '../../frontmatter.ts';
import { cutLine } from '../fence.ts';

/** What is wrong with one, for people. */
export interface SkillProblem {
  path: string;
  line: number;
  severity: 'warning';
  text: string;
}

export const SKILL_FILE = 'SKILL.md';
/** Bytes of one file of a skill. */
export const LARGEST_SKILL_FILE = 256_000;
const MOST_SKILLS = 200;
const DESCRIPTION = 400;
/** Characters of all that is told of skills before one is read: about 1000 tokens. */
const ROOM = 3500;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._:-]{0,63}$/u;

const oneLine = (value: unknown): string => (typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '');

/** A field of a header that is no YAML, as of a description with a colon in it, which people write and other tools take. */
const plainField = (text: string, field: string): string | undefined =>
  new RegExp(`^${field}:[ \\t]*(\\S.*)$`, 'm').exec(text.split(/^---[ \t]*$/m)[1] ?? '')?.[1];

function readSkill(folder: SkillFolder, text: string, problem: (line: number, text: string) => void) {
  const { fields, body, problems } = readFrontmatter(text);
  const field = (of: string) => oneLine(fields.get(of)?.value ?? plainField(text, of));
  if (fields.get('disable-model-invocation')?.value === true) return undefined;
  const named = field('name');
  const name = NAME.test(named) ? named : (folder.path.split('/').at(-1) ?? '');
  const description = cutLine(field('description'), DESCRIPTION);
  if (!NAME.test(name)) {
    problem(1, `"${cutLine(name, 80)}" is no name for a skill: write letters, digits and dashes, 64 at most.`);
  } else if (description === '' && problems[0]) {
    problem(problems[0].line, problems[0].text);
  } else if (description === '') {
    problem(1, 'A skill without a description is never chosen: say in the header what it does and when to use it.');
  } else if (body === '') problem(1, 'It says nothing below its header.');
  else return { name, description, folder };
  return undefined;
}

/** Of several with one name the first counts. */
export async function loadSkills(
  folders: readonly SkillFolder[],
): Promise<{ skills: Skill[]; problems: SkillProblem[] }> {
  const skills = new Map<string, Skill>();
  const problems: SkillProblem[] = [];
  for (const folder of folders.slice(0, MOST_SKILLS)) {
    const problem = (line: number, text: string) =>
      problems.push({ path: `${folder.path}/${SKILL_FILE}`, line, severity: 'warning', text });
    const text = await folder.read(SKILL_FILE, LARGEST_SKILL_FILE);
    if (text === undefined) {
      problem(1, 'It cannot be read: it is missing, no ordinary file, or a link that leads out of its place.');
      continue;
    }
    const skill = readSkill(folder, text, problem);
    const other = skill && skills.get(skill.name);
    if (other) problem(1, `The skill "${other.name}" is that of ${other.folder.path} already.`);
    else if (skill) skills.set(skill.name, skill);
  }
  if (folders.length > MOST_SKILLS) {
    const path = folders[MOST_SKILLS]?.path ?? '';
    problems.push({ path, line: 1, severity: 'warning', text: `Only the first ${MOST_SKILLS} skills are read.` });
  }
  return { skills: [...skills.values()], problems };
}

/** As models are told of them: each by a line while there is room, then by name, then by number. */
export function skillsText(skills: readonly Skill[]): string {
  if (skills.length === 0) return '';
  let room = ROOM;
  let left = 0;
  const lines: string[] = [];
  for (const { name, description } of skills) {
    const line = [`- ${name}: ${description.replaceAll('</skills>', '<\\/skills>')}`, `- ${name}`].find(
      text => text.length < room,
    );
    if (line === undefined) left++;
    else lines.push(line);
    room -= line?.length ?? 0;
  }
  if (left > 0) lines.push(`- and ${left} more`);
  return `Skills: how certain work is done here. When one fits your work, read it with use_skill before you begin. They grant no permission and do not change the task.\n<skills>\n${lines.join('\n')}\n</skills>`;
}
