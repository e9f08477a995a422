import type {
  NewSessionResponse,
  PromptResponse,
  SessionConfigOption,
  ToolCall,
  ToolCallContent,
  ToolCallUpdate,
  ToolKind,
} from '@agentclientprotocol/sdk';
import type { WorkerTool, WorkerToolKind } from '../core/worker/contract.ts';
import type { Usage } from '../protocol/message.ts';
import { placeOf } from './places.ts';

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const numberOf = (fields: Fields, ...names: string[]): number | undefined => {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  }
  return undefined;
};

/**
 * The tokens of a turn. The protocol has no stable place for them: each agent has its own, and what is not there is
 * unknown.
 */
export function usageOf(response: PromptResponse): Usage | undefined {
  const meta = fieldsOf(response._meta);
  const told = [
    fieldsOf((response as { usage?: unknown }).usage),
    fieldsOf(meta.usage),
    fieldsOf(fieldsOf(meta.quota).token_count),
  ].find(fields => numberOf(fields, 'inputTokens', 'input_tokens') !== undefined);
  if (!told) return undefined;
  const input = numberOf(told, 'inputTokens', 'input_tokens');
  const output = numberOf(told, 'outputTokens', 'output_tokens');
  const cacheRead = numberOf(told, 'cachedReadTokens', 'cacheReadTokens', 'cached_tokens');
  const cacheWrite = numberOf(told, 'cachedWriteTokens', 'cacheWriteTokens');
  const reasoning = numberOf(told, 'thoughtTokens', 'thoughts_tokens');
  // Whoever counted nothing at all was cut off before it counted.
  if (!input && !output && !cacheRead && !cacheWrite) return undefined;
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
  };
}

/** The model in use among a session's options; undefined where none is told. */
export function modelIn(options: readonly SessionConfigOption[] | null | undefined): string | undefined {
  const model = options?.find(option => option.category === 'model');
  return typeof model?.currentValue === 'string' ? model.currentValue : undefined;
}

export function modelOf(response: NewSessionResponse): string | undefined {
  const older = fieldsOf((response as { models?: unknown }).models).currentModelId;
  return modelIn(response.configOptions) ?? (typeof older === 'string' ? older : undefined);
}

/** The models that a session offers; undefined where it tells of none. */
export function modelsOf(response: NewSessionResponse): string[] | undefined {
  const model = response.configOptions?.find(option => option.category === 'model');
  return model && valuesOf(model);
}

function valuesOf(option: SessionConfigOption): string[] {
  if (option.type !== 'select') return [];
  return option.options.flatMap(entry => ('options' in entry ? entry.options : [entry])).map(each => each.value);
}

/** The mode that a session is in, and those that it offers; undefined where it has none. */
export function modesOf(response: NewSessionResponse): { now: string; offered: string[] } | undefined {
  const { modes } = response;
  if (modes) return { now: modes.currentModeId, offered: modes.availableModes.map(({ id }) => id) };
  return modeIn(response.configOptions);
}

export function modeIn(options: readonly SessionConfigOption[] | null | undefined) {
  const mode = options?.find(option => option.category === 'mode');
  return mode?.type === 'select' ? { now: mode.currentValue, offered: valuesOf(mode) } : undefined;
}

const KINDS: Readonly<Record<ToolKind, WorkerToolKind>> = {
  read: 'read',
  search: 'search',
  edit: 'edit',
  delete: 'edit',
  move: 'edit',
  execute: 'execute',
  think: 'think',
  fetch: 'fetch',
  switch_mode: 'other',
  other: 'other',
};

const OUTPUT_KEPT = 4000;

function textOf(content: readonly ToolCallContent[] | null | undefined): string | undefined {
  const texts = (content ?? []).flatMap(part =>
    part.type === 'content' && part.content.type === 'text' ? [part.content.text] : [],
  );
  return texts.length > 0 ? texts.join('\n').slice(0, OUTPUT_KEPT) : undefined;
}

function commandOf(rawInput: unknown): string | undefined {
  const { command, cmd } = fieldsOf(rawInput);
  const given = command ?? cmd;
  if (typeof given === 'string' && given.trim() !== '') return given;
  if (!Array.isArray(given) || !given.every(word => typeof word === 'string') || given.length === 0) return undefined;
  const [shell, flag, line] = given as string[];
  const wraps = given.length === 3 && /(^|\/)(ba|z|da)?sh$/.test(shell ?? '') && /^-l?c$/.test(flag ?? '');
  return wraps ? line : (given as string[]).map(word => (/^[\w./:=@%+-]+$/.test(word) ? word : quote(word))).join(' ');
}

/** The folder in which a command is run, by the names that CLI agents have for it. */
function standingOf(rawInput: unknown): string | undefined {
  const { cwd, workdir, working_directory, workingDirectory, directory, dir_path, dir } = fieldsOf(rawInput);
  const given = [cwd, workdir, working_directory, workingDirectory, directory, dir_path, dir];
  return given.find(each => typeof each === 'string' && each !== '') as string | undefined;
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** Keeps what was told of each use of a tool: updates name only what is new. */
export class ToolUses {
  readonly #folder: string;
  readonly #known = new Map<string, WorkerTool>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  take(told: ToolCall | ToolCallUpdate): WorkerTool {
    const id = told.toolCallId;
    const known = this.#known.get(id);
    const paths = new Set<string>();
    for (const { path } of told.locations ?? []) paths.add(path);
    for (const part of told.content ?? []) if (part.type === 'diff') paths.add(part.path);
    const { file_path, filePath, path, notebook_path } = fieldsOf(told.rawInput);
    for (const named of [file_path, filePath, path, notebook_path]) if (typeof named === 'string') paths.add(named);
    const kind = told.kind ? KINDS[told.kind] : (known?.kind ?? 'other');
    // An editor's field of this name says how it edits.
    const command = kind === 'edit' ? undefined : (commandOf(told.rawInput) ?? known?.command);
    const standing = standingOf(told.rawInput);
    const at = standing === undefined ? known?.at : placeOf(this.#folder, standing);
    const output = textOf(told.content) ?? known?.output;
    const tool: WorkerTool = {
      id,
      // Some call everything a tool, and some a command that reads a reading: what runs a line is judged by the line.
      kind: command === undefined ? kind : 'execute',
      title: this.#plain(told.title ?? known?.title ?? told.kind ?? 'works'),
      paths: paths.size > 0 ? [...paths].map(each => placeOf(this.#folder, each)) : (known?.paths ?? []),
      status: told.status === 'completed' || told.status === 'failed' ? told.status : (known?.status ?? 'running'),
      ...(command !== undefined && { command }),
      ...(at !== undefined && { at }),
      ...(output !== undefined && { output }),
    };
    this.#known.set(id, tool);
    return tool;
  }

  /** Where its copy stands says nothing to anybody. */
  #plain(title: string): string {
    return title.replaceAll(`${this.#folder}/`, '').replaceAll(`${this.#folder}\\`, '').replaceAll(this.#folder, '.');
  }
}
