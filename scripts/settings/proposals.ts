import { knownProviders } from '../../src/core/config/known-providers.ts';
import { configuredWorkers } from '../../src/core/config/workers.ts';
import { vendorModels } from '../../src/core/routing/provider-kinds.ts';
import { roleDefaults } from '../../src/core/routing/route-table.ts';

type Json = Record<string, unknown>;

const providers = Object.keys(knownProviders);
const models = Object.entries(knownProviders).flatMap(([name, { entry }]) =>
  [...new Set(Object.values(vendorModels(entry.kind) ?? {}).flat())].map(model => `${name}/${model}`),
);
const routes = ['default', 'simple', 'ui-test', 'complex', 'fallback', ...Object.keys(roleDefaults)];

const names = (schema: Json, examples: readonly string[]) => ({
  propertyNames: { ...(schema.propertyNames as Json), examples },
});
const below = (schema: Json, key: string, more: Json) => ({ [key]: { ...(schema[key] as Json), ...more } });

/** What people most often write where nothing of it is known by its name. */
const servers = [
  {
    label: 'A server on this machine',
    description: 'Costs nothing and needs no key',
    body: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1234/v1', local: true },
  },
  {
    label: 'A service with a key',
    description: 'Anything that speaks Chat Completions',
    body: { kind: 'openai-compatible', baseUrl: 'https://models.example.com/v1', models: [{ id: 'model' }] },
  },
];

/** What the JSON editor offers in settings whose names are the person's own: those that are known; others may be written. */
const proposals: Record<string, (schema: Json) => Json> = {
  providers: schema => ({
    ...names(schema, providers),
    ...below(schema, 'additionalProperties', { defaultSnippets: servers }),
  }),
  routes: schema => {
    const route = schema.additionalProperties as Json;
    return {
      ...names(schema, routes),
      ...below(schema, 'additionalProperties', below(route, 'items', { examples: models })),
    };
  },
  workers: schema =>
    names(
      schema,
      configuredWorkers({}).map(({ name }) => name),
    ),
  'budget.providers': schema => names(schema, providers),
};

export const withProposals = (key: string, schema: Json): Json => ({ ...schema, ...proposals[key]?.(schema) });
