interface Property {
  type?: string;
  enum?: unknown[];
  items?: Property;
  properties?: Record<string, Property>;
  required?: string[];
  anyOf?: Property[];
}

const typeText = (property: Property): string => {
  if (property.enum) return property.enum.map(value => JSON.stringify(value)).join(' | ');
  if (property.anyOf) return property.anyOf.map(typeText).join(' | ');
  if (property.type === 'array') return `[${property.items ? typeText(property.items) : '…'}]`;
  if (property.type === 'object')
    return Object.keys(property.properties ?? {}).length > 0 ? signature(property) : 'object';
  return property.type ?? 'any';
};

/** A JSON Schema of arguments in one line, for models to read. */
export const signature = (schema: Property): string => {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {});
  return `{${fields.map(([name, property]) => `${name}${required.has(name) ? '' : '?'}: ${typeText(property)}`).join(', ')}}`;
};
