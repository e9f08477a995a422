import type { ImagePart, Message, TextPart, ToolResultPart } from '../../protocol/message.ts';
import type { Provider } from './contract.ts';
import type { Models } from './models.ts';
import { providerKinds } from './provider-kinds.ts';

/** Whether a model is given the images of what tools came to; one of which nobody says that it sees may refuse them. */
export const sees = (ref: string, kind: Provider['kind'], models: Models): boolean =>
  models.get(ref).images ?? providerKinds[kind].sees === true;

/** What whoever sees nothing is told instead. */
export const NOT_SHOWN =
  'You cannot see images, so it is not shown to you. Work from what is said of it, or leave it to others.';

const unseen = (part: ToolResultPart): ToolResultPart => {
  const { images, ...rest } = part;
  return images ? { ...rest, output: `${part.output}\n${NOT_SHOWN}` } : part;
};

const made = new WeakMap<Message, Message>();

/** What was handed in is said in the text before it. */
const told = (part: TextPart | ImagePart): TextPart =>
  part.type === 'image' ? { type: 'text', text: NOT_SHOWN } : part;

/** Whether a person has handed in an image with it. */
export const hasImage = (message: Message): boolean =>
  message.role === 'user' && message.parts.some(part => part.type === 'image');

/** Always the same for the same message, so that what has been read is not read anew. */
function withoutImages(message: Message): Message {
  const known = made.get(message);
  if (known) return known;
  let without = message;
  if (message.role === 'tool' && message.parts.some(part => part.images))
    without = { role: 'tool', parts: message.parts.map(unseen) };
  else if (message.role === 'user' && hasImage(message)) without = { role: 'user', parts: message.parts.map(told) };
  made.set(message, without);
  return without;
}

/** A conversation for a model that sees nothing: what tools showed and people handed in is told in words. */
export const inWords = (messages: readonly Message[]): Message[] => messages.map(withoutImages);
