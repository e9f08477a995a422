import type { AssistantMessage, ToolCallPart } from '../../../protocol/message.ts';
import type { NewId } from '../../ports.ts';
import { toolCall } from '../tool-args.ts';
import { DIALECTS } from './dialects.ts';
import type { Found, FoundCall } from './found.ts';

/** More text than this holds no call that anybody would want to guess at. */
const LONGEST = 400_000;

const isCarried = (args: unknown) => args === undefined || typeof args === 'object' || typeof args === 'string';

/** What a model thought aloud is not said. */
const withoutThoughts = (text: string): string =>
  text
    .replace(/^[\s\S]*?<\/think(?:ing)?>/, thought => (/<think/.test(thought) ? thought : ''))
    .replace(/<think(?:ing)?>[\s\S]*?(<\/think(?:ing)?>|$)/g, '');

const callPart = (id: string, { name, args }: FoundCall): ToolCallPart =>
  toolCall(id, name, typeof args === 'string' ? args : args === undefined || args === null ? '' : JSON.stringify(args));

/** Marks that stand around calls and say nothing without them. */
const REMAINS =
  /<\/?\|?(?:tool_calls?|function_calls|[\w-]+:(?:function_calls|tool_call))\|?>|<\|(?:tool_calls_section_(?:begin|end)|tool[▁_]calls?[▁_]end|call|eom_id|eot_id)\|>|<\/?｜[^｜>]*｜[^>]*>|<end_function_call>|\[\/?TOOL_CALLS\]|```(?:json|xml|python)?/g;

/**
 * An answer whose calls stand in its text, with these as calls; undefined where there are none. Only what names a tool
 * that the model was told of counts: everything else is text.
 */
export function readTextCalls(
  message: AssistantMessage,
  tools: ReadonlySet<string>,
  newId: NewId,
): AssistantMessage | undefined {
  if (tools.size === 0 || message.parts.some(part => part.type === 'tool-call')) return undefined;
  const said = message.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n');
  if (said.length > LONGEST) return undefined;
  const text = withoutThoughts(said);
  for (const dialect of DIALECTS) {
    const found = dialect(text, tools).filter(({ calls }) =>
      calls.every(({ name, args }) => tools.has(name) && isCarried(args)),
    );
    if (found.length === 0) continue;
    const rest = leftover(text, found);
    return {
      role: 'assistant',
      parts: [
        ...message.parts.filter(part => part.type === 'reasoning'),
        ...(rest === '' ? [] : [{ type: 'text' as const, text: rest }]),
        ...found.flatMap(({ calls }) => calls.map(call => callPart(newId('call'), call))),
      ],
    };
  }
  return undefined;
}

function leftover(text: string, found: readonly Found[]): string {
  let rest = '';
  let at = 0;
  for (const { from, to } of found) {
    rest += text.slice(at, from);
    at = to;
  }
  return (rest + text.slice(at)).replace(REMAINS, '').trim();
}
