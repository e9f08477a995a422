import * as vscode from 'vscode';
import { own } from '../../core/own.ts';
import type { SessionController } from '../session-controller.ts';

export interface Choice {
  text: string;
  detail?: string;
}

const TOP = 'goal rationale phases pools tasks'.split(' ');
const VALUES: Record<string, string[]> = {
  priority: ['high', 'medium', 'low'],
  complexity: ['simple', 'ui-test', 'normal', 'complex'],
  optional: ['true', 'false'],
  when: ['completed', 'failed', 'ended', 'accepted', 'approved'],
};

/** What may stand at this place of a plan or a workflow. */
export function choicesAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  controller: SessionController,
): { kind: 'value' | 'property'; choices: Promise<Choice[]> } {
  const before = document.lineAt(position).text.slice(0, position.character);
  const value = /^\s*(?:-\s+)?(?:[{[]\s*)?([A-Za-z]+):\s*(?:\[[^\]]*)?[^:]*$/.exec(before);
  return value
    ? { kind: 'value', choices: valuesOf(document, position, value[1] ?? '', controller) }
    : { kind: 'property', choices: itemsOrKeys(document, position, before, controller) };
}

async function valuesOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  key: string,
  controller: SessionController,
): Promise<Choice[]> {
  const all = document.getText();
  switch (key) {
    case 'role':
      return (await controller.roles()).map(({ name, description }) => ({ text: name, detail: description }));
    case 'needs':
    case 'task':
    case 'changes': {
      const own = ownTask(document, position)?.id;
      return taskIds(all)
        .filter(text => text !== own)
        .map(text => ({ text }));
    }
    case 'phase':
      return listed(all, 'phases').map(text => ({ text }));
    case 'pool':
      return poolNames(document).map(text => ({ text }));
    case 'consumes':
    case 'artifact':
      return [
        ...new Set([...all.matchAll(/publishes:\s*\[([^\]]*)\]/g)].flatMap(([, names = '']) => split(names))),
      ].map(text => ({ text }));
    case 'kind':
      return Object.keys(await schemas()).map(text => ({ text }));
    default:
      return (own(VALUES, key) ?? []).map(text => ({ text }));
  }
}

async function itemsOrKeys(
  document: vscode.TextDocument,
  position: vscode.Position,
  before: string,
  controller: SessionController,
): Promise<Choice[]> {
  const item = /^(\s*)-\s+\S*$/.exec(before);
  if (item) {
    const parent = parentKey(document, position.line, item[1]?.length ?? 0);
    if (parent === 'tasks') return keys(['id']);
    if (parent === 'checks') return keys(['run', 'exists', 'artifact', 'name']);
    if (parent !== undefined) return valuesOf(document, position, parent, controller);
    return [];
  }
  if (!/^\s*[A-Za-z]*$/.test(before)) return [];
  const indent = /^\s*/.exec(before)?.[0].length ?? 0;
  if (indent === 0) return keys(TOP);
  const task = ownTask(document, position);
  if (!task) return [];
  const shape = own<{ shape: object }>(await schemas(), task.kind)?.shape;
  return keys(Object.keys(shape ?? {}).filter(key => !task.keys.has(key)));
}

/** Loaded when the first plan is written: no other part of the editor needs them before. */
const schemas = async () => (await import('../../protocol/plan.ts')).taskSchemas;

const keys = (names: string[]): Choice[] => names.map(name => ({ text: `${name}: ` }));
const split = (text: string) =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);
const taskIds = (text: string) => [...text.matchAll(/^\s*-?\s*id:\s*['"]?([\w.-]+)/gm)].map(([, id]) => id ?? '');

/** `key: [a, b]`, or items under it. */
function listed(text: string, key: string): string[] {
  const flow = new RegExp(`^${key}:\\s*\\[([^\\]]*)\\]`, 'm').exec(text);
  if (flow) return split(flow[1] ?? '');
  const block = new RegExp(`^${key}:\\s*\\n((?:\\s*-\\s*.*\\n)+)`, 'm').exec(text);
  return (block?.[1] ?? '')
    .split('\n')
    .map(line => line.replace(/^\s*-\s*/, '').trim())
    .filter(Boolean);
}

function poolNames(document: vscode.TextDocument): string[] {
  const names: string[] = [];
  let inside = false;
  for (let i = 0; i < document.lineCount; i++) {
    const { text } = document.lineAt(i);
    if (/^\S/.test(text)) inside = /^pools:/.test(text);
    const name = inside ? /^ {2}([\w.-]+):/.exec(text)?.[1] : undefined;
    if (name) names.push(name);
  }
  return names;
}

/** The key that a list item belongs to. */
function parentKey(document: vscode.TextDocument, line: number, indent: number): string | undefined {
  for (let i = line - 1; i >= 0; i--) {
    const { text } = document.lineAt(i);
    const found = /^(\s*)(?:-\s+)?([A-Za-z]+):\s*$/.exec(text);
    if (found && (found[1]?.length ?? 0) <= indent) return found[2];
    if (text.trim() !== '' && /^\s*/.exec(text)?.[0].length === 0) return undefined;
  }
  return undefined;
}

/** The task around a position: what it says so far. */
function ownTask(
  document: vscode.TextDocument,
  position: vscode.Position,
): { id: string | undefined; kind: string; keys: Set<string> } | undefined {
  const begins = /^\s*-\s+id:/;
  let from = position.line;
  while (from >= 0 && !begins.test(document.lineAt(from).text)) from--;
  if (from < 0) return undefined;
  let to = from + 1;
  while (to < document.lineCount && !begins.test(document.lineAt(to).text)) to++;
  const text = document.getText(new vscode.Range(from, 0, to, 0));
  const value = (key: string) => new RegExp(`^\\s*-?\\s*${key}:\\s*['"]?([\\w.-]+)`, 'm').exec(text)?.[1];
  const used = [...text.matchAll(/^\s*-?\s*([A-Za-z]+):/gm)].map(([, key]) => key ?? '');
  return { id: value('id'), kind: value('kind') ?? 'agent', keys: new Set(used) };
}
