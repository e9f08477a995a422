import type { Config } from '../../protocol/config.ts';

/** A CLI agent that we know how to start and how to keep calm. */
interface KnownWorker {
  /** As people know it. */
  label: string;
  command: string;
  args: readonly string[];
  /** Against updating itself, sending telemetry, and trying again in silence for minutes. */
  env: Readonly<Record<string, string>>;
  /** Defaults that can only stand in a file, and the variable that names it; the user's own settings go before. */
  defaults?: { variable: string; settings: object };
  /** The adapter starts this program of the user's, when it is told where it is. */
  program?: { command: string; variable: string };
  /**
   * It asks before it acts, and each session begins with a proof of it: adapters change their minds on how they start.
   * `mode`: the protocol's mode in which it does, where it has modes. `held`: that in which it neither asks nor holds its
   * commands by itself, for one that cannot do so within our sandbox.
   */
  asks?: { mode?: string; held?: string };
  /** How its user logs in. */
  login?: string;
  /**
   * Its settings, in the home folder. Held, it works with a copy: what it writes there, such as commands to be run when it
   * is started the next time, comes to nothing.
   */
  settings?: readonly string[];
  /** Of these, its logins, which it renews when they have run out. */
  logins?: readonly string[];
  /** Where its vendor answers. */
  network?: readonly string[];
  /** Without a login it offers models whose names begin so, and no others. */
  loginless?: string;
  /** Sent along with each new session, under the given key. */
  meta?: Readonly<Record<string, unknown>>;
  /** Takes a limit of dollars of its own. */
  keepsBudget?: boolean;
  /** Always tells tokens when a model answered. */
  tellsUsage?: boolean;
  getIt: string;
}

const GEMINI_LIKE = {
  general: { enableAutoUpdate: false, disableAutoUpdate: true, maxAttempts: 2 },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
};

const KNOWN: Readonly<Record<string, KnownWorker>> = {
  claude: {
    label: 'Claude Code',
    command: 'claude-agent-acp',
    args: [],
    env: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      CLAUDE_CODE_MAX_RETRIES: '1',
    },
    program: { command: 'claude', variable: 'CLAUDE_CODE_EXECUTABLE' },
    // The user's settings may allow writes and commands in silence; without them it asks.
    meta: { claudeCode: { options: { settingSources: [] } } },
    // When no mode is set, it decides on its own what it asks about.
    asks: { mode: 'default' },
    keepsBudget: true,
    tellsUsage: true,
    login: 'claude auth login',
    settings: ['.claude', '.claude.json'],
    logins: ['.claude/.credentials.json'],
    network: ['*.anthropic.com', 'claude.ai', '*.claude.com'],
    getIt: 'npm install -g @agentclientprotocol/claude-agent-acp',
  },
  codex: {
    label: 'Codex',
    command: 'codex-acp',
    args: [],
    env: { INITIAL_AGENT_MODE: 'read-only' },
    // Its own sandbox cannot be had inside of another one, and without it no command of it runs.
    asks: { mode: 'read-only', held: 'agent-full-access' },
    program: { command: 'codex', variable: 'CODEX_PATH' },
    tellsUsage: true,
    login: 'codex login',
    settings: ['.codex'],
    logins: ['.codex/auth.json'],
    network: ['*.openai.com', 'chatgpt.com'],
    getIt: 'npm install -g @agentclientprotocol/codex-acp',
  },
  gemini: {
    label: 'Gemini CLI',
    command: 'gemini',
    args: ['--acp', '--skip-trust'],
    env: { GEMINI_TELEMETRY_ENABLED: 'false' },
    asks: { mode: 'default' },
    defaults: { variable: 'GEMINI_CLI_SYSTEM_DEFAULTS_PATH', settings: GEMINI_LIKE },
    login: 'gemini',
    settings: ['.gemini'],
    logins: ['.gemini/oauth_creds.json'],
    network: ['*.googleapis.com', 'accounts.google.com'],
    getIt: 'npm install -g @google/gemini-cli',
  },
  opencode: {
    label: 'OpenCode',
    command: 'opencode',
    args: ['acp'],
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify({ autoupdate: false, permission: { edit: 'ask', bash: 'ask' } }),
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    },
    asks: {},
    login: 'opencode auth login',
    settings: ['.local/share/opencode', '.config/opencode', '.cache/opencode', '.local/state/opencode'],
    logins: ['.local/share/opencode/auth.json'],
    // It speaks to whichever vendor its user chose; others are named in the settings.
    network: ['opencode.ai', 'models.dev', '*.anthropic.com', '*.openai.com', '*.googleapis.com', 'openrouter.ai'],
    loginless: 'opencode/',
    getIt: 'npm install -g opencode-ai',
  },
  qwen: {
    label: 'Qwen Code',
    command: 'qwen',
    args: ['--acp'],
    env: {},
    asks: { mode: 'default' },
    defaults: { variable: 'QWEN_CODE_SYSTEM_DEFAULTS_PATH', settings: GEMINI_LIKE },
    login: 'qwen',
    settings: ['.qwen'],
    logins: ['.qwen/oauth_creds.json'],
    network: ['*.aliyuncs.com', '*.qwen.ai'],
    getIt: 'npm install -g @qwen-code/qwen-code',
  },
};

export const isKnownWorker = (name: string): boolean => Object.hasOwn(KNOWN, name);

/** How a CLI agent is started. */
export interface ConfiguredWorker extends Omit<KnownWorker, 'getIt'> {
  name: string;
  /** Variables of the user's environment that it gets beside what every command gets. */
  passEnv: readonly string[];
  /** Written down by the user, not only known to us. */
  explicit: boolean;
  /** Whether it is held where that can be. */
  sandboxed: boolean;
  /** More files and folders of its own, which it may write. */
  folders: readonly string[];
  settings: readonly string[];
  logins: readonly string[];
  network: readonly string[];
  getIt?: string;
}

/** The known CLI agents with the user's entries over and beside them, without those that cannot be started. */
export function configuredWorkers(config: Config): ConfiguredWorker[] {
  const own = config.workers ?? {};
  return [...new Set([...Object.keys(KNOWN), ...Object.keys(own)])].flatMap(name => {
    const known = isKnownWorker(name) ? KNOWN[name] : undefined;
    const entry = own[name];
    const command = entry?.command ?? known?.command;
    if (entry?.disabled || command === undefined) return [];
    // Another program does not understand our arguments for the known one.
    const args = entry?.args ?? (entry?.command === undefined ? known?.args : undefined) ?? [];
    return [
      {
        label: name,
        ...known,
        name,
        command,
        args,
        env: { ...known?.env, ...entry?.env },
        passEnv: entry?.passEnv ?? [],
        explicit: entry !== undefined,
        sandboxed: entry?.sandbox !== 'off',
        folders: entry?.folders ?? [],
        settings: known?.settings ?? [],
        logins: known?.logins ?? [],
        network: [...(known?.network ?? []), ...(entry?.network ?? [])],
      },
    ];
  });
}
