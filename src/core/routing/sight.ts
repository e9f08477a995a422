import type { Message, ToolResultPart } from '../../protocol/message.ts';
import type { Provider } from './contract.ts';
import type { Models } from './models.ts';
import { providerKinds } from './provider-kinds.ts';

/** Whether a model is given the images of what tools came to; one of which nobody says that it sees may refuse them. */
export const sees = (ref: string, kind: Provider['kind'], models: Models): boolean =>
  models.get(ref).images ?? providerKinds[kind].sees === true;

const NOT_SHOWN =
  'You cannot see images, so it is not shown to you. Work from what is said of it, or leave it to others.';

const unseen = (part: ToolResultPart): ToolResultPart => {
  const { images, ...rest } = part;
  return images ? { ...rest, output: `${part.output}\n${NOT_SHOWN}` } : part;
};

const made = new WeakMap<Message, Message>();

/** Always the same for the same message, so that what has been read is not read anew. */
function withoutImages(message: Message): Message {
  if (message.role !== 'tool' || !message.parts.some(part => part.images)) return message;
  const known = made.get(message) ?? { role: 'tool', parts: message.parts.map(unseen) };
  made.set(message, known);
  return known;
}

/** A conversation for a model that sees nothing: what tools showed is told in words. */
export const inWords = (messages: readonly Message[]): Message[] => messages.map(withoutImages);
