import * as vscode from 'vscode';
import { knownProviders } from '../../core/config/known-providers.ts';
import { providerKinds, vendorModels } from '../../core/routing/provider-kinds.ts';
import { showDuration } from '../../protocol/show.ts';
import type { Candidate, Runtime } from '../../runtime/contract.ts';
import * as window from '../plain/window.ts';
import type { ProviderChecks } from '../providers/checks.ts';
import { providerNamed } from '../providers/items.ts';
import type { EditorSecrets } from '../secrets.ts';
import type { SessionController } from '../session-controller.ts';
import { requireReady } from '../workspace-readiness.ts';
import { connectAgent } from './agent.ts';
import { askHowOn, askKey, askModelId, askModels, askName, askPrice, askUrl } from './ask.ts';
import { type Kind, kindItems, ownEntry } from './kinds.ts';
import { saveInDefault, savePrices, saveProvider, userSetting } from './save.ts';

const { t } = vscode.l10n;

export interface WizardParts {
  controller: SessionController;
  secrets: EditorSecrets;
  checks: ProviderChecks;
}

/** Connects a model: what it is, where it is, which of its models, what they cost; tried before it is written down. */
export async function connectModel(parts: WizardParts, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const runtime = await parts.controller.runtime();
  const kind = kindNamed(providerNamed(given)) ?? (await askKind(runtime));
  if (!kind) return;
  if (kind.way === 'agent') return connectAgent(kind.worker);
  const candidate = await candidateOf(kind, parts.secrets);
  if (candidate) await new Wizard(parts, runtime, kind, candidate).run();
}

async function askKind(runtime: Runtime): Promise<Kind | undefined> {
  const picked = await window.showQuickPick(kindItems(await runtime.workers()), {
    title: t('Connect a Model'),
    placeHolder: t('Where is it?'),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return picked?.connects;
}

/** One that is set up already, to be gone through again. */
function kindNamed(name: string | undefined): Kind | undefined {
  if (name === undefined) return undefined;
  const known = knownProviders[name];
  const entry = ownEntry(name) ?? known?.entry;
  if (!entry) return undefined;
  const label = known?.label ?? name;
  if (entry.local || providerKinds[entry.kind].keyless) return { way: 'server', name, label, entry };
  return { way: 'vendor', name, label, entry, keysAt: known?.keysAt };
}

type Chosen = Candidate & { label: string };

/** With its address and its key, as the person gives them. */
async function candidateOf(kind: Exclude<Kind, { way: 'agent' }>, secrets: EditorSecrets): Promise<Chosen | undefined> {
  if (kind.way === 'vendor') {
    const { name, label, entry, keysAt } = kind;
    const key = (await secrets.get(name)) ?? (await askKey(label, true, keysAt));
    return key === undefined ? undefined : { name, label, entry, key: key.trim() };
  }
  if (kind.way === 'server') {
    const { name, label, entry } = kind;
    const baseUrl = await askUrl(label, entry.baseUrl ?? '');
    return baseUrl === undefined ? undefined : { name, label, entry: { ...entry, baseUrl: baseUrl.trim() } };
  }
  const baseUrl = (await askUrl(t('OpenAI-compatible URL'), 'https://'))?.trim();
  if (baseUrl === undefined) return undefined;
  const name = await askName(nameOf(baseUrl), new Set([...Object.keys(knownProviders), ...ownNames()]));
  if (name === undefined) return undefined;
  const key = (await askKey(name, false))?.trim();
  if (key === undefined) return undefined;
  // Without a key it can only be asked as a server of one's own.
  const entry = { kind: 'openai-compatible' as const, baseUrl, ...(key === '' && { local: true }) };
  return { name, label: name, entry, ...(key !== '' && { key }) };
}

const ownNames = () => Object.keys(userSetting('providers') ?? {});

/** "models.example.com" → "example". */
function nameOf(url: string): string {
  const { hostname } = new URL(url);
  if (/^[\d.]+$|^localhost$|:/.test(hostname)) return 'local';
  return hostname.split('.').at(-2) ?? hostname;
}

class Wizard {
  readonly #parts: WizardParts;
  readonly #runtime: Runtime;
  readonly #kind: Kind;
  #candidate: Chosen;

  constructor(parts: WizardParts, runtime: Runtime, kind: Kind, candidate: Chosen) {
    this.#parts = parts;
    this.#runtime = runtime;
    this.#kind = kind;
    this.#candidate = candidate;
  }

  async run(): Promise<void> {
    const listed = await this.#list();
    if (!listed) return;
    for (;;) {
      const chosen = await this.#choose(listed);
      if (!chosen || chosen.length === 0) return;
      const price = await this.#price(chosen, listed);
      if (price === undefined) return;
      const tried = await this.#try(chosen[0] ?? '');
      if (tried === 'away') return;
      if (tried === 'others') continue;
      return this.#save(chosen, price, tried);
    }
  }

  async #list(): Promise<{ id: string; priced: boolean }[] | undefined> {
    for (;;) {
      const { label, entry } = this.#candidate;
      const listed = await busy(t('{0}: which models are there?', label), signal =>
        this.#runtime.listModels(this.#candidate, signal),
      );
      if (!listed) return undefined;
      if (listed.ok) return listed.models;
      const choices = {
        again: t('Try again'),
        ...(this.#kind.way !== 'vendor' && { url: t('Change the address...') }),
        ...(!entry.local && { key: t('Change the key...') }),
      };
      const how = await askHowOn(t('{0} does not work', label), listed.message, choices);
      if (how === undefined) return undefined;
      if (how === 'url') {
        const baseUrl = (await askUrl(label, entry.baseUrl ?? ''))?.trim();
        if (baseUrl === undefined) return undefined;
        this.#candidate = { ...this.#candidate, entry: { ...entry, baseUrl } };
      } else if (how === 'key') {
        const key = (await askKey(label, true))?.trim();
        if (key === undefined) return undefined;
        this.#candidate = { ...this.#candidate, key };
      }
    }
  }

  async #choose(listed: readonly { id: string }[]): Promise<string[] | undefined> {
    const { label, entry } = this.#candidate;
    if (listed.length === 0) {
      const id = await askModelId(label);
      return id === undefined ? undefined : [id.trim()];
    }
    const usual = entry.models?.map(({ id }) => id) ?? Object.values(vendorModels(entry.kind) ?? {}).flat();
    return askModels(label, listed, usual);
  }

  /** Only where it is not known. */
  async #price(chosen: readonly string[], listed: readonly { id: string; priced: boolean }[]) {
    const { entry } = this.#candidate;
    if (entry.local || entry.free) return 'known' as const;
    const unknown = chosen.filter(id => !listed.find(model => model.id === id)?.priced);
    if (unknown.length === 0) return 'known' as const;
    const rates = await askPrice(unknown);
    if (rates === undefined || rates === 'free') return rates;
    const prices = unknown.map(id => ({ model: `${this.#candidate.name}/${id}`, ...rates }));
    return { prices };
  }

  /** Milliseconds where it called the tool; undefined where the person wants it all the same. */
  async #try(model: string): Promise<number | undefined | 'others' | 'away'> {
    for (;;) {
      const { label } = this.#candidate;
      const begun = Date.now();
      const trial = await busy(t('{0}: asking {1} to call a tool', label, model), signal =>
        this.#runtime.tryModel(this.#candidate, model, signal),
      );
      if (!trial) return 'away';
      if (trial.ok) return Date.now() - begun;
      const problem =
        trial.error === 'no-tool-call'
          ? t('It called no tool, and agents need that. It said: {0}', trial.said || '–')
          : trial.error.message;
      const how = await askHowOn(t('{0} cannot be worked with', model), problem, {
        others: t('Choose another model...'),
        again: t('Try again'),
        save: t('Save it all the same'),
      });
      if (how === undefined) return 'away';
      if (how === 'others') return 'others';
      if (how === 'save') return undefined;
    }
  }

  async #save(
    chosen: readonly string[],
    price: 'known' | 'free' | { prices: Parameters<typeof savePrices>[0] },
    ms?: number,
  ) {
    const { name, label, entry, key } = this.#candidate;
    const { secrets, checks } = this.#parts;
    if (key !== undefined) {
      await secrets.set(name, key);
      void vscode.commands.executeCommand('setContext', 'orchestrate.hasKey', true);
    }
    const usual = new Set(Object.values(vendorModels(entry.kind) ?? {}).flat());
    const own = chosen.some(id => !usual.has(id)) || usual.size === 0;
    // A vendor's usual models need no entry: what is usual grows newer by itself.
    if (own || ownNames().includes(name) || !knownProviders[name]) {
      const models = chosen.map(id => entry.models?.find(model => model.id === id) ?? { id });
      await saveProvider(name, { ...entry, models, ...(price === 'free' && { free: true }) });
    }
    if (typeof price === 'object') await savePrices(price.prices);
    if (userSetting('routes')?.default) {
      await saveInDefault(
        chosen.map(id => `${name}/${id}`),
        await this.#place(),
      );
    }
    checks.took([
      { provider: name, label, ok: ms !== undefined, step: 'completion', model: chosen[0] ?? '', ...ended(ms) },
    ]);
    const start = t('Start Session');
    const text =
      ms === undefined
        ? t('{0} is connected. {1} has not called a tool yet.', label, chosen[0] ?? '')
        : t('{0} is connected: {1} called a tool in {2}.', label, chosen[0] ?? '', showDuration(ms));
    const choice = await window.showInformationMessage(text, start);
    if (choice === start) await vscode.commands.executeCommand('orchestrate.startSession');
  }

  /** Where the user has put models in order, a new one has its place there. */
  async #place(): Promise<'first' | 'last'> {
    const first = { label: t('Ask it first') };
    const picked = await window.showQuickPick([first, { label: t('Ask it when the others fail') }], {
      title: t('You have a default route. Where does it belong?'),
      ignoreFocusOut: true,
    });
    return picked === first ? 'first' : 'last';
  }
}

const ended = (ms: number | undefined) => (ms === undefined ? { error: 'no-tool-call' as const } : { ms });

/** Undefined when the person cancelled. */
async function busy<T>(title: string, run: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const found = await window.withProgress(options, async (_progress, token) => {
    const cancelled = token.onCancellationRequested(() => over.abort());
    try {
      return await run(over.signal);
    } finally {
      cancelled.dispose();
    }
  });
  return over.signal.aborted ? undefined : found;
}
