import * as vscode from 'vscode';
import type { ForeignPart, ForeignResult, ForeignTool, ForeignTools } from '../../core/ports.ts';
import { cutting } from './cutting.ts';

/** About what a result may have; a tool that heeds it cuts more sensibly than we could. */
const TOKENS = 8000;
const CHARACTERS_PER_TOKEN = 4;

/** The tools that other extensions contribute, and those of servers that the editor runs: it lists them as one. */
export const foreignTools: ForeignTools = {
  list: () => (vscode.workspace.isTrusted ? vscode.lm.tools.map(describe(contributions())) : []),

  async invoke(name, input, signal): Promise<ForeignResult> {
    if (!vscode.workspace.isTrusted || !vscode.lm.tools.some(tool => tool.name === name)) {
      return { ok: false, reason: 'gone', message: '' };
    }
    const cut = cutting(vscode, signal);
    try {
      const { content } = await cut.race(
        vscode.lm.invokeTool(
          name,
          {
            input,
            toolInvocationToken: undefined,
            tokenizationOptions: {
              tokenBudget: TOKENS,
              countTokens: async text => Math.ceil(text.length / CHARACTERS_PER_TOKEN),
            },
          },
          cut.token,
        ),
      );
      return { ok: true, parts: content.map(partOf) };
    } catch (thrown) {
      const { name: kind, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
      const cancelled = signal.aborted || thrown instanceof vscode.CancellationError || kind === 'Canceled';
      return { ok: false, reason: cancelled ? 'cancelled' : 'failed', message };
    } finally {
      cut.dispose();
    }
  },
};

interface Contribution {
  extension: string;
  from: string;
  reference?: string;
}

/** What extensions say of their tools beside what a model is told. */
function contributions(): Map<string, Contribution> {
  const found = new Map<string, Contribution>();
  for (const { id, packageJSON } of vscode.extensions.all) {
    const tools: unknown = packageJSON?.contributes?.languageModelTools;
    if (!Array.isArray(tools)) continue;
    for (const tool of tools) {
      if (typeof tool?.name !== 'string') continue;
      const { displayName } = packageJSON;
      found.set(tool.name, {
        extension: id,
        from: typeof displayName === 'string' && !displayName.startsWith('%') ? displayName : id,
        ...(typeof tool.toolReferenceName === 'string' && { reference: tool.toolReferenceName }),
      });
    }
  }
  return found;
}

const describe =
  (known: ReadonlyMap<string, Contribution>) =>
  ({ name, description, inputSchema }: vscode.LanguageModelToolInformation): ForeignTool => {
    const { extension, from, reference } = known.get(name) ?? {};
    const aliases = [reference, ...[name, reference].map(each => extension && each && `${extension}/${each}`)];
    return {
      name,
      description,
      aliases: aliases.flatMap(alias => alias || []),
      ...(inputSchema && { schema: inputSchema as Record<string, unknown> }),
      ...(from !== undefined && { from }),
    };
  };

/** Parts of kinds that came after the editor we are made for are known by their fields. */
function partOf(part: unknown): ForeignPart {
  if (part instanceof vscode.LanguageModelTextPart) return { type: 'text', text: part.value };
  if (part instanceof vscode.LanguageModelPromptTsxPart) return promptPart(part.value);
  const { data, mimeType } = part as { data?: unknown; mimeType?: unknown };
  if (data instanceof Uint8Array && typeof mimeType === 'string') {
    return /^text\/|[/+]json\b|[/+]xml\b/.test(mimeType)
      ? { type: 'text', text: new TextDecoder().decode(data) }
      : { type: 'data', mediaType: mimeType, bytes: data.length, content: data };
  }
  return { type: 'json', value: part };
}

/** A rendered prompt is a tree whose leaves are text. */
function promptPart(value: unknown): ForeignPart {
  const texts: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { text, lineBreakBefore, children } = node as {
      text?: unknown;
      lineBreakBefore?: unknown;
      children?: unknown;
    };
    if (typeof text === 'string') texts.push(lineBreakBefore ? `\n${text}` : text);
    if (Array.isArray(children)) for (const child of children) walk(child);
  };
  walk((value as { node?: unknown } | null)?.node);
  return texts.length > 0 ? { type: 'text', text: texts.join('').trim() } : { type: 'json', value };
}
