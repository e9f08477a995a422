import * as z from 'zod';
import type { ToolSpec } from '../../routing/contract.ts';

interface Described {
  readonly name: string;
  readonly description: string;
  readonly args: z.ZodType;
  readonly parameters?: Record<string, unknown>;
}

const made = new WeakMap<Described, ToolSpec>();

/** Leaves out what tells a model nothing and costs tokens in every request; says that there are no other fields. */
const plainer = ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minLength === 1) delete jsonSchema.minLength;
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

interface Property {
  type?: string;
  enum?: unknown[];
  items?: Property;
  properties?: Record<string, Property>;
  required?: string[];
}

const typeText = (property: Property): string => {
  if (property.enum) return property.enum.map(value => JSON.stringify(value)).join(' | ');
  if (property.type === 'array') return `[${property.items ? typeText(property.items) : '…'}]`;
  if (property.type === 'object') return signature(property);
  return property.type ?? 'any';
};

const signature = (schema: Property): string => {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {});
  return `{${fields.map(([name, property]) => `${name}${required.has(name) ? '' : '?'}: ${typeText(property)}`).join(', ')}}`;
};

/** The arguments in one line, for messages to the model. */
export const argumentsOf = (tool: Described): string => signature(toolSpec(tool).parameters as Property);
