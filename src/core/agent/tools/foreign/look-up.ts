import * as z from 'zod';
import { readArguments } from '../arguments.ts';
import { cutLine, fence } from '../fence.ts';
import { toolSpec } from '../spec.ts';
import { defineTool, refuse, type Tool, type ToolContext } from '../tool.ts';

/** Up to this many are described in full in every request; of more, only the names. */
const MOST_TOLD = 12;
/** Characters, about 2000 tokens: fewer tools with long schemas cost as much. */
const ROOM = 7000;
const MOST_FOUND = 5;
const MOST_NAMES = 4000;

/** Whether tools of others are too much to be told of in every request. */
export const areTooMany = (tools: readonly Tool[]): boolean =>
  tools.length > MOST_TOLD || JSON.stringify(tools.map(toolSpec)).length > ROOM;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** One begins with the other, as "issue" and "issues" do. */
const alike = (a: string, b: string) => Math.min(a.length, b.length) > 3 && (a.startsWith(b) || b.startsWith(a));

/** Those that a query names, else those that say most of its words, the best first. */
function found(tools: ReadonlyMap<string, Tool>, query: string): Tool[] {
  const named = tools.get(query.trim());
  if (named) return [named];
  const words = new Set(wordsOf(query.replaceAll('_', ' ')));
  const score = ({ name, description }: Tool) => {
    const [inName, inText] = [wordsOf(name.replaceAll('_', ' ')), wordsOf(description)];
    const says = (all: string[], word: string) => all.some(one => one === word || alike(one, word));
    return [...words].reduce((sum, word) => sum + (says(inName, word) ? 3 : says(inText, word) ? 1 : 0), 0);
  };
  return [...tools.values()]
    .map(tool => ({ tool, points: score(tool) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .slice(0, MOST_FOUND)
    .map(({ tool }) => tool);
}

/** In place of many tools of others: one that tells of them, and one that uses them. What stands in a prompt stays the same. */
export function lookedUp(tools: readonly Tool[]): Tool[] {
  const byName = new Map(tools.map(tool => [tool.name, tool]));
  const names = cutLine([...byName.keys()].join(', '), MOST_NAMES);
  const missing = (name: string) =>
    refuse('unknown-tool', `There is no tool "${cutLine(name, 80)}" among these: ${names}. Nothing was done.`);

  const findTool = defineTool({
    name: 'find_tool',
    description: `Tells what these tools do and which arguments they take: ${names}.`,
    effect: 'none',
    args: z.object({ query: z.string().min(1).max(500).describe('A name, or words.') }),
    aliases: { name: 'query', tool: 'query' },
    doing: ({ query }) => `looks for a tool: ${cutLine(query, 60)}`,
    async run({ query }, context) {
      const all = found(byName, query);
      if (all.length === 0) return { ok: true, output: `None is like that. There are: ${names}.` };
      const told = all.map(tool => {
        const { name, description, parameters } = toolSpec(tool);
        return `${name}: ${description}\nArguments: ${JSON.stringify(parameters)}`;
      });
      return { ok: true, output: `Use one with use_tool.\n${fence(context, told.join('\n\n'))}` };
    },
  });

  const read = (args: { name: string; args: Record<string, unknown> }, context: ToolContext) => {
    const tool = byName.get(args.name);
    if (!tool) return missing(args.name);
    const checked = readArguments(tool, { type: 'tool-call', id: context.call, name: args.name, args: args.args });
    return checked.ok ? { ok: true as const, tool, args: checked.args } : checked;
  };
  const useTool = defineTool({
    name: 'use_tool',
    description: 'Uses one of the tools that find_tool tells of.',
    effect: 'foreign',
    args: z.object({ name: z.string().min(1), args: z.record(z.string(), z.unknown()).default({}) }),
    aliases: { tool: 'name', arguments: 'args', parameters: 'args', input: 'args' },
    doing: ({ name }) => `uses ${cutLine(name, 80)}`,
    async permit(args, context) {
      const wanted = read(args, context);
      return wanted.ok ? wanted.tool.permit?.(wanted.args, context) : wanted;
    },
    async run(args, context) {
      const wanted = read(args, context);
      return wanted.ok ? wanted.tool.run(wanted.args, context) : wanted;
    },
  });
  return [findTool, useTool];
}
