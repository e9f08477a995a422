/**
 * Arrows between folders: protocol ← core ← {providers, rehearsal, node, dashboard}, node ← workers; runtime joins them into
 * sessions; server ← {editor, terminal} show them, by runtime's contract; webview-ui sees protocol only.
 */
const vscode = '^vscode$|node_modules/@types/vscode';
const sdks = 'node_modules/(@anthropic-ai/sdk|openai|@google/generative-ai)(/|$)';
const acp = 'node_modules/@agentclientprotocol/';
const mcp = 'node_modules/@modelcontextprotocol/';
const only = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { pathNot: to } });

/** The folders of core, each of which knows only those before it; what they all know stands beside them. */
const inCore = [
  'testing',
  'contract',
  'redact',
  'plan',
  'session',
  'routing',
  'doctor',
  'changes',
  'agent',
  'worker',
  'delivery',
  'team',
  'config',
  'station',
];
const later = folder => `^src/core/(${inCore.slice(inCore.indexOf(folder) + 1).join('|')})/`;
const coreOrder = inCore.slice(0, -1).map(folder => ({
  name: `core-${folder}-knows-only-what-is-before-it`,
  severity: 'error',
  // What a live session offers is typed with all of it.
  from: { path: `^src/core/${folder}/`, pathNot: '^src/core/session/live\\.ts$' },
  to: { path: later(folder) },
}));

module.exports = {
  forbidden: [
    ...coreOrder,
    {
      name: 'core-folders-are-listed',
      severity: 'error',
      from: { path: '^src/core/[^/]+/', pathNot: `^src/core/(${inCore.join('|')})/` },
      to: {},
    },
    {
      name: 'what-all-of-core-knows-knows-none-of-it',
      severity: 'error',
      from: { path: '^src/core/[^/]+$' },
      to: { path: '^src/core/[^/]+/' },
    },
    only('protocol-imports-zod-only', '^src/protocol/', '^src/protocol/|node_modules/zod/'),
    {
      name: 'core-knows-no-host',
      severity: 'error',
      from: { path: '^src/core/' },
      to: {
        path: `^src/(providers|rehearsal|workers|mcp|browser|node|dashboard|server|editor|terminal|runtime|extension|cli)|${vscode}`,
      },
    },
    { name: 'core-knows-no-node', severity: 'error', from: { path: '^src/core/' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'sdks-only-in-providers',
      severity: 'error',
      from: { path: '^(src|webview-ui)/', pathNot: '^src/providers/' },
      to: { path: sdks },
    },
    {
      name: 'acp-only-in-workers',
      severity: 'error',
      from: { path: '^(src|webview-ui)/', pathNot: '^src/workers/' },
      to: { path: acp },
    },
    {
      name: 'mcp-only-in-its-folder',
      severity: 'error',
      from: { path: '^(src|webview-ui)/', pathNot: '^src/mcp/' },
      to: { path: mcp },
    },
    {
      name: 'mcp-apart',
      severity: 'error',
      from: { path: '^src/mcp/' },
      to: {
        path: '^src/(providers|rehearsal|workers|browser|node|dashboard|server|editor|terminal|runtime|extension|cli)',
      },
    },
    {
      name: 'browser-apart',
      severity: 'error',
      from: { path: '^src/browser/' },
      to: {
        path: '^src/(providers|rehearsal|workers|mcp|node|dashboard|server|editor|terminal|runtime|extension|cli)',
      },
    },
    {
      name: 'workers-apart',
      severity: 'error',
      from: { path: '^src/workers/' },
      to: { path: '^src/(providers|rehearsal|mcp|browser|dashboard|server|editor|terminal|runtime|extension|cli)' },
    },
    {
      name: 'vscode-only-in-editor',
      severity: 'error',
      from: { path: '^(src|webview-ui)/', pathNot: '^src/(editor/|extension\\.ts$)' },
      to: { path: vscode },
    },
    {
      name: 'providers-apart',
      severity: 'error',
      from: { path: '^src/providers/' },
      to: { path: '^src/(rehearsal|workers|mcp|browser|node|dashboard|server|editor|terminal|runtime|extension|cli)' },
    },
    {
      name: 'rehearsal-apart',
      severity: 'error',
      from: { path: '^src/rehearsal/' },
      to: { path: '^src/(providers|workers|mcp|browser|node|editor|terminal|runtime|extension|cli)' },
    },
    {
      name: 'node-apart',
      severity: 'error',
      from: { path: '^src/node/' },
      to: { path: '^src/(providers|rehearsal|workers|mcp|browser|editor|terminal|runtime|extension|cli)' },
    },
    {
      name: 'editor-apart',
      severity: 'error',
      from: { path: '^src/editor/' },
      to: { path: '^src/(providers|rehearsal|workers|mcp|browser|terminal|extension|cli)' },
    },
    {
      name: 'terminal-apart',
      severity: 'error',
      from: { path: '^src/terminal/' },
      to: { path: '^src/(providers|rehearsal|workers|mcp|browser|editor|extension|cli)' },
    },
    {
      name: 'dashboard-apart',
      severity: 'error',
      from: { path: '^src/dashboard/' },
      to: { path: '^src/(providers|rehearsal|workers|mcp|browser|node|server|editor|terminal|extension|cli)' },
    },
    {
      name: 'server-apart',
      severity: 'error',
      from: { path: '^src/server/' },
      to: { path: '^src/(providers|rehearsal|workers|mcp|browser|editor|terminal|extension|cli)' },
    },
    {
      name: 'what-people-see-knows-the-contract',
      severity: 'error',
      from: { path: '^src/(dashboard|server|editor|terminal)/' },
      to: { path: '^src/runtime/', pathNot: '^src/runtime/contract\\.ts$' },
    },
    {
      name: 'runtime-joins-all-but-what-people-see',
      severity: 'error',
      from: { path: '^src/runtime/' },
      to: { path: '^src/(dashboard|server|editor|terminal|extension|cli)' },
    },
    {
      name: 'webview-sees-protocol-only',
      severity: 'error',
      from: { path: '^webview-ui/' },
      to: { path: '^src/', pathNot: '^src/protocol/' },
    },
    {
      name: 'product-knows-no-test',
      severity: 'error',
      from: { path: '^(src|webview-ui)/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^(src|webview-ui)/' },
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { path: '^(src|webview-ui|test|scripts)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
    },
  },
};
