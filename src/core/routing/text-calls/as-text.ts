import type { Message, ToolCallPart, ToolResultPart } from '../../../protocol/message.ts';
import type { RouteRequest, ToolSpec } from '../contract.ts';
import { signature } from '../signature.ts';

const HOW = `You have tools. To call one, write as the last thing in your answer:
<tool_call>
{"name": "the tool", "arguments": {"the argument": "its value"}}
</tool_call>
The arguments are JSON: quotes and line breaks in text are escaped. For several calls write several such blocks. What they came to is told to you in the next message; never write it yourself.

The tools, with their arguments (? marks what may be left out):`;

const toolText = ({ name, description, parameters }: ToolSpec) =>
  `- ${name} ${signature(parameters)}\n  ${description}`;

const callText = ({ name, args }: ToolCallPart) =>
  `<tool_call>\n${JSON.stringify({ name, arguments: args ?? {} })}\n</tool_call>`;

const resultText = ({ name, output, isError }: ToolResultPart) =>
  `${name} ${isError ? 'was refused or failed' : 'says'}:\n${output}`;

const texts = new WeakMap<Message, Message>();

/** Always the same for the same message, so that what has been read is not read anew. */
function messageAsText(message: Message): Message {
  if (message.role === 'user') return message;
  const known = texts.get(message);
  if (known) return known;
  const parts = message.parts.flatMap(part => {
    if (part.type === 'text') return [part.text];
    if (part.type === 'tool-call') return [callText(part)];
    return part.type === 'tool-result' ? [resultText(part)] : [];
  });
  const text = { type: 'text' as const, text: parts.join('\n\n') };
  const made: Message =
    message.role === 'assistant' ? { role: 'assistant', parts: [text] } : { role: 'user', parts: [text] };
  texts.set(message, made);
  return made;
}

type Prompt = Pick<RouteRequest, 'system' | 'tools' | 'messages'>;

/** The same request for a model that takes no tools: they are described to it, and calls and results are text. */
export const asText = ({ system, tools, messages }: Prompt): Prompt => ({
  system: [system, `${HOW}\n${tools.map(toolText).join('\n')}`].filter(part => part !== '').join('\n\n'),
  tools: [],
  messages: messages.map(messageAsText),
});
