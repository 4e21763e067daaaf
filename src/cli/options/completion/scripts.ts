// Completion scripts. All three shells call `esp-portal __complete`.

/** First word of a command line for completions. */
export const COMPLETE_REQUEST = '__complete';

/** Scripts by shell; the first line of each says how to use it. */
export const COMPLETION_SCRIPTS = {
  bash: `# In ~/.bashrc: eval "$(esp-portal completion bash)"
_esp_portal() {
  local IFS=$'\\n'
  COMPREPLY=($(esp-portal ${COMPLETE_REQUEST} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _esp_portal esp-portal`,
  zsh: `# In ~/.zshrc, after compinit: eval "$(esp-portal completion zsh)"
_esp_portal() {
  local -a found
  found=("\${(@f)$(esp-portal ${COMPLETE_REQUEST} "\${(@)words[2,CURRENT]}" 2>/dev/null | cut -f 1)}")
  if [[ -n $found[1] ]]; then
    compadd -- $found
  else
    _files
  fi
}
compdef _esp_portal esp-portal`,
  fish: `# esp-portal completion fish > ~/.config/fish/completions/esp-portal.fish
function __esp_portal
  set -l words (commandline -opc) (commandline -ct)
  esp-portal ${COMPLETE_REQUEST} $words[2..-1] 2>/dev/null
end
complete -c esp-portal -a '(__esp_portal)'`,
} as const;
