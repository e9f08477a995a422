import * as z from 'zod';
import type { ToolSpec } from '../../routing/contract.ts';
import { signature } from '../../routing/signature.ts';

interface Described {
  readonly name: string;
  readonly description: string;
  readonly args: z.ZodType;
  readonly parameters?: Record<string, unknown>;
}

const made = new WeakMap<Described, ToolSpec>();

/** How long things may be is told to who makes them too long; it would cost tokens in every request. */
const UNSAID = ['minLength', 'maxLength', 'maxItems'] as const;

/** Leaves out what tells a model nothing; says that there are no other fields. */
const plainer = ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === -Number.MAX_SAFE_INTEGER) delete jsonSchema.minimum;
  for (const name of UNSAID) delete jsonSchema[name];
  if (jsonSchema.description !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.properties) jsonSchema.additionalProperties ??= false;
};

function schemaOf(args: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(args, { io: 'input', override: plainer }) as Record<string, unknown>;
  return schema;
}

/** A tool as models are told of it; computed once for each tool. */
export function toolSpec(tool: Described): ToolSpec {
  let spec = made.get(tool);
  if (!spec) {
    spec = { name: tool.name, description: tool.description, parameters: tool.parameters ?? schemaOf(tool.args) };
    made.set(tool, spec);
  }
  return spec;
}

/** The arguments in one line, for messages to the model. */
export const argumentsOf = (tool: Described): string => signature(toolSpec(tool).parameters);
