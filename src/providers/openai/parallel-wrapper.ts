import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';

const names = new Set(['parallel', 'multi_tool_use.parallel', 'multi_tool_use_parallel']);

/**
 * GPT models now and then write several calls as one call of a tool that nobody gave them. Gives the calls meant;
 * undefined unless each is of a tool that there is.
 */
export function unwrapped(
  name: string,
  args: unknown,
  tools: ReadonlySet<string>,
): { name: string; args: JsonObject }[] | undefined {
  if (!isWrapper(name, tools) || !isObject(args) || !Array.isArray(args.tool_uses)) return undefined;
  const uses = args.tool_uses.filter(isObject).map(use => ({
    name: String(use.recipient_name ?? '').replace(/^functions\./, ''),
    args: isObject(use.parameters) ? use.parameters : {},
  }));
  const sound = uses.length > 0 && uses.length === args.tool_uses.length && uses.every(use => tools.has(use.name));
  return sound ? uses : undefined;
}

export function isWrapper(name: string, tools: ReadonlySet<string>): boolean {
  return names.has(name) && !tools.has(name);
}
