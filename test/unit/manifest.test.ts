import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../../scripts/host/paths.ts';
import { Config } from '../../src/protocol/config.ts';

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const manifest = read('package.json');
const texts: Record<string, string> = read('package.nls.json');

/** Everything in the manifest that a person reads. */
function shown(): unknown[] {
  const { commands, views, viewsWelcome } = manifest.contributes;
  return [
    manifest.displayName,
    manifest.description,
    ...Object.values<{ description: string }>(manifest.capabilities).map(({ description }) => description),
    ...commands.map(({ title }: { title: string }) => title),
    ...Object.values<{ name: string }[]>(views).flatMap(list => list.map(({ name }) => name)),
    ...viewsWelcome.map(({ contents }: { contents: string }) => contents),
  ];
}

/** As much of a JSON Schema as settings have. */
interface Schema {
  type?: string;
  description?: string;
  markdownDescription?: string;
  order?: number;
  scope?: string;
  default?: unknown;
  enum?: string[];
  enumDescriptions?: string[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  propertyNames?: { examples?: string[] };
  examples?: string[];
  defaultSnippets?: { body: unknown }[];
}

/** The schema as it judges, without what the editor proposes beside it. */
const withoutProposals = (schema: Schema): Schema =>
  JSON.parse(
    JSON.stringify(schema, (key, value) => (key === 'examples' || key === 'defaultSnippets' ? undefined : value)),
  );

interface Entry {
  command: string;
  category?: string;
  icon?: string;
  group?: string;
  when?: string;
  enablement?: string;
}

const commands: Entry[] = manifest.contributes.commands;
const menus: Record<string, Entry[]> = manifest.contributes.menus;
const entries = Object.values(menus).flat();

describe('the manifest', () => {
  it('takes every text that is shown from package.nls.json', () => {
    for (const text of shown()) assert.match(String(text), /^%[\w.]+%$/);
  });

  it('uses only texts that exist, and every text that exists', () => {
    const used = new Set([...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(match => match[1]));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('offers in texts and menus only commands that are its own or VS Code’s', () => {
    const own = new Set(manifest.contributes.commands.map(({ command }: { command: string }) => command));
    const linked = [
      ...Object.values(texts)
        .join('\n')
        .matchAll(/\(command:([\w.]+)\)/g),
    ].map(match => match[1] ?? '');
    const listed = Object.values<{ command?: string }[]>(manifest.contributes.menus).flatMap(menu =>
      menu.map(({ command }) => command ?? ''),
    );
    for (const command of [...linked, ...listed].filter(name => name.startsWith('orchestrate.'))) {
      assert.ok(own.has(command), command);
    }
  });

  it('never activates for everything', () => {
    const events: string[] = manifest.activationEvents;
    assert.ok(!events.some(event => event === '*' || event === 'onStartupFinished'));
  });

  it('names types of the VS Code that it asks for at least', () => {
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });

  it('refers to files that exist', () => {
    const files = [
      manifest.icon,
      ...[...JSON.stringify(manifest).matchAll(/"(media\/[^"]+)"/g)].map(match => match[1]),
    ];
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });

  it('keeps its commands that start agents out of workspaces that are not trusted', () => {
    const { commands } = manifest.contributes as { commands: { command: string; enablement?: string }[] };
    const starting = commands.filter(({ command }) => /\.start/.test(command));
    assert.ok(starting.length >= 2);
    for (const { command, enablement } of starting) assert.match(enablement ?? '', /isWorkspaceTrusted/, command);
  });

  it('names each of its commands under one category', () => {
    for (const { command, category } of commands) assert.equal(category, 'Orchestrate', command);
  });

  it('has an icon for each command that is a button', () => {
    const icons = new Set(commands.filter(({ icon }) => icon).map(({ command }) => command));
    const buttons = entries.filter(({ group }) => /^(inline|navigation)/.test(group ?? ''));
    assert.ok(buttons.length > 10);
    for (const { command } of buttons) assert.ok(icons.has(command), command);
  });

  it('asks in its conditions only for context that the extension sets', () => {
    const source = globSync('src/editor/**/*.ts', { cwd: root })
      .map(file => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    const keysOf = (file: string) => {
      const [, keys = ''] = /const keys = \{\n(.*?)\n {2}\};/s.exec(readFileSync(join(root, file), 'utf8')) ?? [];
      return [...keys.matchAll(/^ {4}(\w+):/gm)].map(match => match[1] ?? '');
    };
    const found = (pattern: RegExp) => [...source.matchAll(pattern)].map(match => match[1] ?? '');
    const set = new Set([
      ...found(/'setContext',\s*'(orchestrate\.[\w.]+)'/g),
      ...found(/\bset\(\s*'(\w+)'/g).map(name => `orchestrate.${name}`),
      ...keysOf('src/editor/context-keys.ts').map(name => `orchestrate.${name}`),
    ]);
    const views = Object.values<{ id: string }[]>(manifest.contributes.views).flatMap(all => all.map(({ id }) => id));
    const steps: { completionEvents: string[] }[] = manifest.contributes.walkthroughs.flatMap(
      ({ steps }: { steps: unknown }) => steps,
    );
    const ends = steps.flatMap(({ completionEvents }) => completionEvents);
    const awaited = ends.flatMap(event => /^onContext:(.+)$/.exec(event)?.[1] ?? []);
    assert.ok(awaited.length > 1);
    for (const name of awaited) assert.ok(set.has(name), name);
    const conditions = [...entries, ...commands, ...manifest.contributes.keybindings]
      .flatMap(({ when, enablement }) => [when, enablement])
      .filter(condition => condition !== undefined);
    const named = conditions.flatMap(condition =>
      [...condition.matchAll(/(?<![=.\w]\s?)\borchestrate\.[\w.]+/g)].map(([name]) => name),
    );
    assert.ok(new Set(named).size > 5);
    for (const name of named) assert.ok(set.has(name) || views.includes(name) || name === 'orchestrate.findings', name);
  });

  it('offers in the palette only what makes sense at the moment', () => {
    const always = [
      'startSession',
      'startDemo',
      'goal.edit',
      'connectModel',
      'runWorkflow',
      'giveFileTo',
      'queueWork',
      'checkProviders',
      'setApiKey',
      'openDashboard',
      'openSettings',
      'trustConfiguration',
      'extensionAccess',
      'showLog',
    ].map(name => `orchestrate.${name}`);
    const conditional = new Map(menus.commandPalette?.map(({ command, when }) => [command, when]));
    for (const { command } of commands) {
      assert.equal(conditional.get(command) === undefined, always.includes(command), command);
    }
    // They are about a row, a finding or a line that the palette cannot name.
    for (const command of commands.map(({ command }) => command)) {
      const rows = /(Node|Finding(Back)?|\.checkProvider|\.copyProvider)$/.test(command);
      assert.equal(conditional.get(command) === 'false', rows, command);
    }
  });

  it('offers plan commands only while a plan waits, and Continue only where something is paused', () => {
    const conditions = (name: RegExp) => entries.filter(({ command }) => name.test(command)).map(({ when }) => when);
    const plan = conditions(/^orchestrate\.plan\./);
    assert.ok(plan.length >= 6);
    for (const when of plan) assert.match(when ?? '', /^orchestrate\.planWaiting\b/);
    const goesOn = conditions(/^orchestrate\.continue/);
    assert.ok(goesOn.length >= 4);
    for (const when of goesOn) assert.match(when ?? '', /paused/i);
  });

  it('gives what does different things icons that look different', () => {
    // What a picture says: the verb, whatever it is done to.
    const verbOf = ({ command = '' }: Entry) =>
      (command.split('.').at(-1) ?? '').replace(/[A-Z].*/, '').replace('approve', 'accept');
    const own = commands.filter(({ command, icon }) => icon && !command.startsWith('orchestrate.review.'));
    const by = Map.groupBy(own, ({ icon }) => icon);
    assert.ok(by.size > 15);
    for (const [icon, like] of by) assert.equal(new Set(like.map(verbOf)).size, 1, icon);
  });

  describe('in its settings', () => {
    const groups: { title: string; properties: Record<string, Schema> }[] = manifest.contributes.configuration;
    const settings = new Map(groups.flatMap(({ properties }) => Object.entries(properties)));

    it('groups them, in an order, each with a text', () => {
      assert.ok(groups.length > 1);
      for (const { title } of groups) assert.match(title, /^%[\w.]+%$/);
      const orders = [...settings.values()].map(({ order }) => order);
      assert.deepEqual(
        orders,
        orders.map((_, index) => index + 1),
      );
      for (const [name, { markdownDescription, description }] of settings) {
        const text = texts[(markdownDescription ?? description ?? '').replaceAll('%', '')];
        assert.ok((text ?? '').length > 10, name);
      }
    });

    it('are fields of a form wherever a form can show them, and objects in JSON only where names are the person’s own', () => {
      const objects = [...settings].filter(([, { type }]) => type === 'object').map(([name]) => name);
      const own = [
        'budget.providers',
        'environments',
        'members',
        'providers',
        'routes',
        'routing.watchdogs',
        'workers',
      ];
      assert.deepEqual(
        objects.sort(),
        own.map(name => `orchestrate.${name}`),
      );
      for (const name of ['budget.sessionUsd', 'team.approvePlan', 'team.maxAgents'])
        assert.notEqual(settings.get(`orchestrate.${name}`)?.default, undefined, name);
    });

    it('lets no workspace decide any of them', () => {
      for (const [name, { scope }] of settings) assert.equal(scope, 'application', name);
    });

    it('takes what the configuration takes, neither more nor less', () => {
      const whole = z.toJSONSchema(Config, { io: 'input', target: 'draft-7' }) as Schema;
      const taken = new Map<string, Schema>();
      const look = (schema: Schema, name: string) => {
        if (settings.has(`orchestrate.${name}`) || !schema.properties) taken.set(name, schema);
        else for (const [key, below] of Object.entries(schema.properties)) look(below, name ? `${name}.${key}` : key);
      };
      look(whole, '');
      assert.deepEqual([...settings.keys()].sort(), [...taken.keys()].map(name => `orchestrate.${name}`).sort());
      for (const [name, { order, scope, description, markdownDescription, default: usual, ...schema }] of settings) {
        const key = name.replace('orchestrate.', '');
        const { description: meaning, ...wanted } = taken.get(key) ?? {};
        assert.ok(meaning, name);
        // What is not written for people by hand is said as the schema says it.
        if (markdownDescription === undefined) assert.equal(texts[`config.${key}`], meaning, name);
        assert.equal(markdownDescription ?? description, `%config.${key}%`, name);
        // Without a limit a field is empty, not zero.
        const optional = usual === null && { type: ['number', 'null'] };
        assert.deepEqual(withoutProposals(schema), { ...wanted, ...optional }, name);
        const value = key.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), usual);
        if (usual !== undefined && usual !== null) assert.ok(Config.safeParse(value).success, name);
      }
    });

    it('proposes, where names are the person’s own, only names and values that it takes', () => {
      const offered = (key: string) => {
        const schema = settings.get(`orchestrate.${key}`);
        const value = schema?.additionalProperties as Schema;
        const values = [
          ...(value.items?.examples ?? []).map(each => [each]),
          ...(value.defaultSnippets ?? []).map(each => each.body),
        ];
        return { names: schema?.propertyNames?.examples ?? [], values };
      };
      const { names: roles, values: models } = offered('routes');
      for (const role of ['default', 'fallback', 'reviewer', 'planner']) assert.ok(roles.includes(role), role);
      assert.ok(models.length >= 6);
      for (const role of roles)
        for (const route of models)
          assert.ok(Config.safeParse({ routes: { [role]: route } }).success, `${role}: ${route}`);
      const { names, values } = offered('providers');
      assert.ok(names.length > 5 && values.length > 1);
      for (const name of names)
        for (const entry of values) assert.ok(Config.safeParse({ providers: { [name]: entry } }).success, name);
      for (const name of offered('workers').names)
        assert.ok(Config.safeParse({ workers: { [name]: { disabled: true } } }).success, name);
      for (const name of offered('budget.providers').names)
        assert.ok(Config.safeParse({ budget: { providers: { [name]: 1 } } }).success, name);
    });

    it('says what each key and each choice means, and how many are too many', () => {
      const look = (schema: Schema, where: string) => {
        if (schema.enum) assert.equal(schema.enumDescriptions?.length, schema.enum.length, where);
        if (schema.type === 'integer')
          assert.ok(schema.minimum !== undefined || schema.exclusiveMinimum !== undefined, where);
        if (schema.type === 'integer' && !/tokens|numctx/i.test(where))
          assert.ok((schema.maximum ?? Infinity) <= 10_000, where);
        for (const [name, below] of Object.entries(schema.properties ?? {})) {
          assert.ok(below.description, `${where}.${name}`);
          look(below, `${where}.${name}`);
        }
        for (const below of [schema.items, schema.additionalProperties]) {
          if (typeof below === 'object') look(below, `${where}.*`);
        }
      };
      for (const [name, schema] of settings) look(schema, name);
    });
  });
});
