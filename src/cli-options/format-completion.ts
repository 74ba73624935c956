/** Completion scripts for shells, made from the options table. */
import { commands, globalOptions, type OptionSpec, type Shell } from '../cli-options.ts';

const flags = (options: readonly OptionSpec[]): readonly string[] =>
  options.flatMap((option) => [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])]);

const names = commands.map((command) => command.name);

/** Options of all commands whose values are a fixed list. */
const choiceOptions = (): readonly OptionSpec[] =>
  [...globalOptions, ...commands.flatMap((command) => command.options)].filter(
    (option) => option.choices !== undefined,
  );

const bash = (): string => `# bash completion for vethscope: eval "$(vethscope completion bash)"
_vethscope() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= each
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $each in ${names.join('|')}) command=$each; break;; esac
  done
  case $before in
${choiceOptions()
  .map(
    (option) => `    --${option.name}) COMPREPLY=($(compgen -W '${option.choices?.join(' ')}' -- "$word")); return;;`,
  )
  .join('\n')}
    --recording|--engine-socket) COMPREPLY=($(compgen -f -- "$word")); return;;
  esac
  local words='${flags(globalOptions).join(' ')}'
  case $command in
    '') words="$words ${names.join(' ')}";;
${commands
  .map(
    (command) =>
      `    ${command.name}) words="$words ${[...flags(command.options), ...(command.choices ?? [])].join(' ')}";;`,
  )
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _vethscope vethscope
`;

const zshQuote = (text: string): string =>
  text.replaceAll("'", "'\\''").replaceAll('[', '\\[').replaceAll(']', '\\]').replaceAll(':', '\\:');

const zshOption = (option: OptionSpec): string => {
  const repeat = option.repeatable === true ? '*' : '';
  const action = option.choices === undefined ? '_files' : `(${option.choices.join(' ')})`;
  const value = option.value === undefined ? '' : `:${option.value}:${action}`;
  return `'${repeat}--${option.name}[${zshQuote(option.help)}]${value}'`;
};

const zsh = (): string => `#compdef vethscope
# zsh completion for vethscope: eval "$(vethscope completion zsh)"
_vethscope() {
  local state
  _arguments -C ${globalOptions.map(zshOption).join(' ')} '1:command:((${commands.map((command) => `${command.name}\\:"${zshQuote(command.help).replaceAll('"', '')}"`).join(' ')}))' '*::word:->words'
  case $words[1] in
${commands
  .filter((command) => command.choices !== undefined || command.options.length > 0)
  .map((command) => {
    const first = command.choices === undefined ? '' : ` '1:what:(${command.choices.join(' ')})'`;
    return `    ${command.name}) _arguments ${[...command.options, ...globalOptions].map(zshOption).join(' ')}${first};;`;
  })
  .join('\n')}
  esac
}
compdef _vethscope vethscope
`;

const fishOption = (option: OptionSpec, condition: string): string => {
  const short = option.short === undefined ? '' : ` -s ${option.short}`;
  const value =
    option.value === undefined ? '' : option.choices === undefined ? ' -r' : ` -x -a '${option.choices.join(' ')}'`;
  return `complete -c vethscope${condition} -l ${option.name}${short}${value} -d '${option.help.replaceAll("'", "\\'")}'`;
};

const fish = (): string =>
  `${[
    '# fish completion for vethscope: vethscope completion fish | source',
    'complete -c vethscope -f',
    ...globalOptions.map((option) => fishOption(option, '')),
    ...commands.flatMap((command) => {
      const inside = ` -n '__fish_seen_subcommand_from ${command.name}'`;
      return [
        `complete -c vethscope -n __fish_use_subcommand -a ${command.name} -d '${command.help.replaceAll("'", "\\'")}'`,
        ...command.options.map((option) => fishOption(option, inside)),
        ...(command.choices === undefined ? [] : [`complete -c vethscope${inside} -a '${command.choices.join(' ')}'`]),
      ];
    }),
  ].join('\n')}\n`;

const scripts: Readonly<Record<Shell, () => string>> = { bash, zsh, fish };

export const formatCompletion = (shell: Shell): string => scripts[shell]();
