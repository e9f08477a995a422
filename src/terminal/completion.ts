import { own } from '../core/own.ts';
import { type Call, EXIT, print, type Terminal, UsageError } from './terminal.ts';

/** The program itself says what may stand there: `:files` and `:folders` are for the shell to look up. */
export const completionScripts: Record<string, string> = {
  bash: `_orchestrate() {
  local current="\${COMP_WORDS[COMP_CWORD]}" value rest
  COMPREPLY=()
  while IFS=$'\\t' read -r value rest; do
    case "$value" in
      :files) compopt -o filenames 2>/dev/null; while read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current") ;;
      :folders) compopt -o filenames 2>/dev/null; while read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$current") ;;
      *) COMPREPLY+=("$value") ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _orchestrate orchestrate`,
  zsh: `#compdef orchestrate
_orchestrate() {
  local line value
  local -a offers
  for line in "\${(@f)$("$words[1]" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :files) _files ;;
      :folders) _files -/ ;;
      ?*)
        value="\${line%%$'\\t'*}"
        if [[ "$line" == *$'\\t'* ]]; then offers+=("\${value//:/\\\\:}:\${line#*$'\\t'}"); else offers+=("\${value//:/\\\\:}"); fi ;;
    esac
  done
  (( $#offers )) && _describe 'orchestrate' offers
}
compdef _orchestrate orchestrate`,
  fish: `function __orchestrate_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':folders'
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c orchestrate -f -a '(__orchestrate_complete)'`,
};

export async function completion(terminal: Terminal, call: Call): Promise<number> {
  const script = own(completionScripts, call.words[0] ?? '');
  if (!script)
    throw new UsageError(`Which shell? Write: orchestrate completion ${Object.keys(completionScripts).join('|')}`);
  print(terminal, script);
  return EXIT.done;
}
