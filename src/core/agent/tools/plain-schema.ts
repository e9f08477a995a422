type Schema = Record<string, unknown> & {
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  additionalProperties?: Schema | boolean;
};

/** What tells a model nothing that it needs: whoever breaks it is told. All of it would cost tokens in every request. */
const UNSAID = [
  'default',
  'pattern',
  'propertyNames',
  'minimum',
  'exclusiveMinimum',
  'minItems',
  'minLength',
  'maxLength',
  'maxItems',
];

const isObject = ({ properties }: Schema) => properties !== undefined;
const choices = ({ const: only, enum: some }: Schema): unknown[] | undefined =>
  only !== undefined ? [only] : Array.isArray(some) ? some : undefined;

/** Two readings of one field: all that either takes, where that can be said in short. */
function joined(one: Schema, other: Schema): Schema {
  const [a, b] = [choices(one), choices(other)];
  if (!a || !b) return one;
  const { const: _, ...rest } = one;
  return { ...rest, enum: [...new Set([...a, ...b])] };
}

/** Several kinds of object as one with the fields of all; what only some need is said in words by its description. */
function merged(objects: readonly Schema[]): Schema {
  const properties: Record<string, Schema> = {};
  for (const object of objects)
    for (const [name, field] of Object.entries(object.properties ?? {})) {
      const known = properties[name];
      properties[name] = known ? joined(known, field) : field;
    }
  const required = Object.keys(properties).filter(name => objects.every(object => object.required?.includes(name)));
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

/**
 * A schema as models read it best: without rules that they are told when they break them, and with one form for what
 * takes several, so that nothing is said twice.
 */
export function plainSchema(schema: Schema): Schema {
  const { properties, items, anyOf, additionalProperties: others, ...rest } = schema;
  const plain: Schema = { ...rest };
  for (const name of UNSAID) delete plain[name];
  if (plain.maximum === Number.MAX_SAFE_INTEGER) delete plain.maximum;
  if (properties)
    plain.properties = Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, plainSchema(field)]),
    );
  if (items) plain.items = plainSchema(items);
  if (typeof others === 'object' && Object.keys(others).length > 0) plain.additionalProperties = plainSchema(others);
  if (!anyOf) return plain;
  const options = anyOf.map(plainSchema);
  const objects = options.filter(isObject);
  const all = objects.length > 1 ? [...options.filter(one => !isObject(one)), merged(objects)] : options;
  const [only] = all;
  return only && all.length === 1 ? { ...only, ...plain } : { ...plain, anyOf: all };
}
