import { type CommandSpec, commands } from './command-table.ts';
import { type Call, EXIT, print, type Terminal, UsageError } from './terminal.ts';

const optionsOf = (spec: CommandSpec) => [...Object.keys(spec.options ?? {}), 'help'].map(name => `--${name}`);

/** Scripts that complete commands and options, made from the same table as the help. */
export const completionScripts: Record<string, () => string> = {
  bash: () => `_orchestrate() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${Object.keys(commands).join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${Object.entries(commands)
  .map(([name, spec]) => `    ${name}) COMPREPLY=($(compgen -W "${optionsOf(spec).join(' ')}" -- "$current")) ;;`)
  .join('\n')}
  esac
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _orchestrate orchestrate`,
  zsh: () => `#compdef orchestrate
_orchestrate() {
  if (( CURRENT == 2 )); then
    local -a names=(
${Object.entries(commands)
  .map(([name, spec]) => `      '${name}:${spec.summary.replaceAll("'", "'\\''")}'`)
  .join('\n')}
    )
    _describe command names
    return
  fi
  case "$words[2]" in
${Object.entries(commands)
  .map(([name, spec]) => `    ${name}) compadd -- ${optionsOf(spec).join(' ')} ;;`)
  .join('\n')}
  esac
  _files
}
compdef _orchestrate orchestrate`,
  fish: () =>
    Object.entries(commands as Record<string, CommandSpec>)
      .flatMap(([name, spec]) => [
        `complete -c orchestrate -n __fish_use_subcommand -a ${name} -d "${spec.summary}"`,
        ...Object.entries(spec.options ?? {}).map(
          ([option, { help, value }]) =>
            `complete -c orchestrate -n "__fish_seen_subcommand_from ${name}" -l ${option}${value ? ' -r' : ''} -d "${help}"`,
        ),
      ])
      .join('\n'),
};

export async function completion(terminal: Terminal, call: Call): Promise<number> {
  const script = completionScripts[call.words[0] ?? ''];
  if (!script)
    throw new UsageError(`Which shell? Write: orchestrate completion ${Object.keys(completionScripts).join('|')}`);
  print(terminal, script());
  return EXIT.done;
}
