import type { ForeignResult, ForeignTool, ForeignTools } from '../../src/core/ports.ts';

export interface FakeForeignTools extends ForeignTools {
  /** Those there are; may change while agents work. */
  tools: ForeignTool[];
  readonly invoked: { name: string; args: Record<string, unknown> }[];
  answer(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<ForeignResult>;
}

/** Tools as other extensions would bring them; each says what it is told to say. */
export function fakeForeignTools(tools: ForeignTool[]): FakeForeignTools {
  const fake: FakeForeignTools = {
    tools,
    invoked: [],
    list: () => fake.tools,
    answer: async () => ({ ok: true, parts: [{ type: 'text', text: 'fine' }] }),
    invoke: (name, args, signal) => {
      fake.invoked.push({ name, args });
      return fake.answer(name, args, signal);
    },
  };
  return fake;
}

export const issueTool: ForeignTool = {
  name: 'mcp_github_create_issue',
  description: 'Creates an issue.',
  schema: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      title: { type: 'string' },
      count: { type: 'integer', minimum: 1 },
      labels: { type: 'array', items: { type: 'string' } },
    },
    required: ['title'],
    additionalProperties: false,
  },
};
