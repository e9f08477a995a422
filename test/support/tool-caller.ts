import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';

/** A model that calls the tool it is given, as those do that agents can work with. */
export const callsItsTool = ({ tools }: CanonicalRequest): ScriptedAnswer => ({
  toolCalls: tools.slice(0, 1).map(({ name }) => ({ name, args: { word: 'ready' } })),
});
