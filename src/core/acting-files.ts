import { foldedPath } from './paths.ts';

/** Files by which tools run something, or take permissions, without anybody calling them by name. */
interface ActingKind {
  /** What the tool does with it, for the person who is asked. */
  says: string;
  /** Of the folded path. */
  files: RegExp;
}

/** At the top or in any folder. */
const at = (names: string) => new RegExp(`(^|/)(${names.replace(/\s+/g, '|')})$`);
const below = (folders: string) => new RegExp(`(^|/)(${folders.replace(/\s+/g, '|')})/`);

const KINDS = {
  /** In no copy for a CLI agent: whom it trusts and what it starts is the user's to say, and no workspace's. */
  agent: {
    says: 'A CLI agent takes commands, servers and permissions from it when it starts in this folder.',
    files: new RegExp(
      `${below(String.raw`\.claude \.codex \.gemini \.qwen \.opencode \.agents \.aws`).source}|${at(String.raw`\.mcp\.json opencode\.jsonc?`).source}`,
    ),
  },
  assistant: {
    says: 'AI assistants take instructions, servers and tools from it.',
    files: new RegExp(
      `${below(String.raw`\.cursor \.windsurf \.continue \.roo \.kilocode \.kiro \.amazonq \.clinerules \.amp \.augment \.trae \.junie \.goose \.factory \.warp \.copilot \.openhands \.devin \.jules \.github/(agents|skills|chatmodes|prompts|hooks|instructions|copilot)`).source}|` +
        at(
          String.raw`mcp\.json \.aider\.conf\.ya?ml \.continuerc\.json \.?crush\.json \.goosehints \.(cursor|windsurf|cline)rules`,
        ).source,
    ),
  },
  editor: {
    says: 'VS Code, or another editor, reads it when the folder opens, and runs what it names.',
    files: new RegExp(
      `${below(String.raw`\.vscode \.idea \.run \.fleet \.zed \.vs \.theia \.nova \.helix \.externaltoolbuilders`).source}|` +
        at(
          String.raw`.+\.code-workspace \.exrc \.n?vimrc \.lvimrc \.nvim\.lua \.emacs \.dir-locals(-2)?\.el \.sublime-project .+\.sublime-project \.project omnisharp\.json \.luarc\.jsonc?`,
        ).source,
    ),
  },
  container: {
    says: 'Editors and services build a container from it and run its commands when the folder is opened there.',
    files: new RegExp(
      `${below(String.raw`\.devcontainer \.idx \.gitpod \.codesandbox`).source}|${at(String.raw`\.?devcontainer\.json \.gitpod\.ya?ml \.gitpod\.dockerfile \.replit \.stackblitzrc`).source}`,
    ),
  },
  pipeline: {
    says: 'A service runs it, with the secrets it keeps, once it is pushed.',
    files: new RegExp(
      `${below(String.raw`\.(github|gitea|forgejo)/(workflows|actions) \.gitlab \.circleci \.buildkite \.woodpecker \.teamcity \.semaphore \.azure-pipelines \.tekton \.builds`).source}|` +
        at(
          String.raw`\.gitlab-ci\.ya?ml \.travis\.ya?ml jenkinsfile(\..+)? .+\.jenkinsfile azure-pipelines(-.+)?\.ya?ml bitbucket-pipelines\.ya?ml \.drone\.ya?ml \.woodpecker\.ya?ml \.?appveyor\.ya?ml cloudbuild\.ya?ml \.cirrus\.ya?ml \.(drone|cirrus)\.star buildspec\.ya?ml codemagic\.ya?ml bitrise\.ya?ml wercker\.ya?ml \.build\.ya?ml netlify\.toml vercel\.json render\.ya?ml railway\.(json|toml) fly\.toml \.do/app\.ya?ml \.github/dependabot\.ya?ml renovate\.json5? \.renovaterc(\.json5?)?`,
        ).source,
    ),
  },
  hook: {
    says: 'Git runs it, or what it names, at the next commit, merge or checkout.',
    files: new RegExp(
      `${below(String.raw`\.husky \.?git-?hooks \.lefthook`).source}|` +
        at(
          String.raw`\.?lefthook(-local)?\.(ya?ml|toml|json) \.pre-commit-config\.ya?ml \.pre-commit-hooks\.ya?ml \.overcommit\.ya?ml \.simple-git-hooks\.c?js(on)? \.lintstagedrc(\..+)? lint-staged\.config\..+ \.huskyrc(\..+)? husky\.config\..+ \.?hooks/(pre|post|commit|prepare|applypatch|update|push)(-\w+)+`,
        ).source,
    ),
  },
  git: {
    says: 'Git takes from it which programs filter files, where parts come from, or how it behaves.',
    files: at(String.raw`\.gitattributes \.gitmodules \.gitconfig \.lfsconfig \.git-blame-ignore-revs \.gitreview`),
  },
  package: {
    says: 'The package manager takes from it where packages come from and which code it loads, whatever it is called for.',
    files: new RegExp(
      `${below(String.raw`node_modules/\.bin \.yarn \.mvn \.cargo gradle/wrapper`).source}|` +
        at(
          String.raw`\.npmrc \.yarnrc(\.ya?ml)? \.?pnpmfile\.[cm]?js pnpm-workspace\.ya?ml \.?bunfig\.toml pip\.conf pip\.ini \.pypirc uv\.toml poetry\.toml rust-toolchain(\.toml)? gradle\.properties \.(jvm|sbt)opts global\.json \.bazelversion tools/bazel \.bazelrc \.condarc \.bundle/config gradlew(\.bat)? mvnw(\.cmd)? init\.gradle(\.kts)? nuget\.config`,
        ).source,
    ),
  },
  profile: {
    says: 'A shell, interpreter or debugger runs it whenever it starts, here or at home.',
    files: at(
      String.raw`\.(bash_?(rc|profile|login|logout|aliases|env)|profile|login|logout|z(shrc|shenv|profile|login|logout)|[kc]shrc|tcshrc|mkshrc|inputrc|xinitrc|xprofile|screenrc|tmux\.conf) config\.fish .*profile\.ps1 \.envrc \.(mise|rtx)(\.local)?\.toml mise(\..+)?\.toml \.mise/.+ \.config/mise/.+ mise/config(\.\w+)?\.toml \.tool-versions \.autoenv(\.\w+)? \.(gdb|lldb)init(-.+)? \.pdbrc(\.py)? \.irbrc \.pryrc \.pythonrc(\.py)? (site|user)customize\.py site-packages/.+\.pth \.rprofile \.renviron \.octaverc \.erlang \.arcconfig \.psqlrc \.sqliterc \.ghci \.iex\.exs \.ocamlinit autorun\.inf \.watchmanconfig`,
    ),
  },
} as const satisfies Record<string, ActingKind>;

/** What a tool does by itself with a file at this path, in a sentence; undefined where none does anything. */
export function actsBy(path: string): string | undefined {
  const folded = foldedPath(path);
  return Object.values<ActingKind>(KINDS).find(({ files }) => files.test(folded))?.says;
}

export const isAgentSetting = (path: string): boolean => KINDS.agent.files.test(foldedPath(path));
