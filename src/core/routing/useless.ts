import type { ProviderError, ProviderFinish } from './contract.ts';

/** What is wrong with an end: the error itself, or an answer that says nothing and does nothing. */
export function problemOf(end: ProviderFinish | ProviderError): ProviderError | undefined {
  if (end.type === 'error') return end;
  if (!saysNothing(end) || end.stop === 'refusal' || end.stop === 'max-tokens' || end.stop === 'pause')
    return undefined;
  return { type: 'error', class: 'malformed', message: 'the answer is empty' };
}

export const saysNothing = ({ message }: ProviderFinish): boolean =>
  !message.parts.some(part => part.type === 'tool-call' || (part.type === 'text' && part.text.trim()));
