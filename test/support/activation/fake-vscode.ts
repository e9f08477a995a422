import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';

/** Everything made that has to be disposed of, and is not yet. */
export const alive = new Set<string>();
/** The handlers of the registered commands. */
export const commands = new Map<string, (...args: unknown[]) => unknown>();

let made = 0;
const opens = /^(create|register|onDid|onWill)/;
const harmless = /^createTreeItem/;

/** A thing that must be disposed of; when it is, it tells those who listen to its onDidDispose. */
function disposable(path: string): unknown {
  const id = `${path} #${++made}`;
  const onEnd: (() => void)[] = [];
  alive.add(id);
  return pretend(path, {
    dispose() {
      if (!alive.delete(id)) return;
      for (const call of onEnd) call();
    },
    onDidDispose(call: () => void) {
      onEnd.push(call);
      return { dispose() {} };
    },
  });
}

/** Whatever is asked of it, it has: functions that can be called, classes that can be made, texts that can be read. */
function pretend(path: string, own: Record<string | symbol, unknown> = {}): unknown {
  const name = path.split('.').at(-1) ?? '';
  return new Proxy(class {}, {
    get(_target, key) {
      if (key in own) return own[key];
      if (key === Symbol.toPrimitive || key === 'toString') return () => path;
      // Every list is empty.
      if (key === Symbol.iterator) return () => [][Symbol.iterator]();
      if (typeof key === 'symbol' || key === 'then' || key === 'prototype') return undefined;
      own[key] = pretend(`${path}.${key}`);
      return own[key];
    },
    set(_target, key, value) {
      own[key] = value;
      return true;
    },
    apply(_target, _this, args) {
      if (path === 'commands.registerCommand') commands.set(args[0], args[1]);
      return opens.test(name) && !harmless.test(name) ? disposable(path) : pretend(`${path}()`);
    },
    construct: () => (name === 'EventEmitter' ? disposable(path) : pretend(`new ${path}`)) as object,
  });
}

/** The context that VS Code gives to `activate`. */
export function fakeContext(): { subscriptions: { dispose(): void }[] } {
  return pretend('context', { subscriptions: [] }) as { subscriptions: { dispose(): void }[] };
}

const declarations = readFileSync(createRequire(import.meta.url).resolve('@types/vscode/index.d.ts'), 'utf8');
const exported = /^\t(?:export )?(?:abstract )?(?:namespace|class|enum|const|function) (\w+)/gm;

const names = [...new Set([...declarations.matchAll(exported)].map(match => match[1] ?? ''))];

/** Makes `import … from 'vscode'` give the stand-in; `hear` is told every file that is loaded. */
export function standInForVscode(hear: (url: string) => void = () => {}): void {
  Object.assign(globalThis, { fakeVscode: Object.fromEntries(names.map(name => [name, pretend(name)])) });
  const source = names.map(name => `export const ${name} = globalThis.fakeVscode.${name};`).join('\n');
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode' ? { url: 'fake:vscode', shortCircuit: true } : next(specifier, context),
    load(url, context, next) {
      if (url === 'fake:vscode') return { format: 'module', source, shortCircuit: true };
      hear(url);
      return next(url, context);
    },
  });
}
