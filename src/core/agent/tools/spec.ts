import * as z from 'zod';
import type { ToolSpec } from '../../routing/contract.ts';
import { signature } from '../../routing/signature.ts';
import { plainSchema } from './plain-schema.ts';

interface Described {
  readonly name: string;
  readonly description: string;
  readonly args: z.ZodType;
  readonly parameters?: Record<string, unknown>;
}

const made = new WeakMap<Described, ToolSpec>();

/** What models are told of arguments. */
export function parametersOf(args: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(args, { io: 'input' });
  return plainSchema(schema as Record<string, unknown>);
}

/** A tool as models are told of it; computed once for each tool. */
export function toolSpec(tool: Described): ToolSpec {
  let spec = made.get(tool);
  if (!spec) {
    spec = { name: tool.name, description: tool.description, parameters: tool.parameters ?? parametersOf(tool.args) };
    made.set(tool, spec);
  }
  return spec;
}

/** The arguments in one line, for messages to the model. */
export const argumentsOf = (tool: Described): string => signature(toolSpec(tool).parameters);
