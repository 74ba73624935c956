/** argv → the command, its words and options, or one line that says what is wrong. */
import { type CommandSpec, commands, findCommand, globalOptions, type OptionSpec } from '../cli-options.ts';

export interface Parsed {
  /** Absent: the screen. */
  readonly command?: CommandSpec;
  readonly words: readonly string[];
  /** Switches are `true`; the rest every value given, in order. */
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

export interface UsageError {
  readonly error: string;
}

const findOption = (flag: string, command: CommandSpec | undefined): OptionSpec | undefined => {
  const options = [...globalOptions, ...(command?.options ?? [])];
  if (flag.startsWith('--')) return options.find((option) => `--${option.name}` === flag);
  return options.find((option) => option.short !== undefined && `-${option.short}` === flag);
};

const knows = (command: CommandSpec | undefined): string =>
  command === undefined
    ? '`vethscope --help` lists what there is'
    : `\`vethscope ${command.name} --help\` lists what there is`;

const badValue = (option: OptionSpec, value: string): string | undefined =>
  option.choices === undefined || option.choices.includes(value)
    ? undefined
    : `--${option.name} ${value}: not one of ${option.choices.join(', ')} (choose one of them)`;

const checkWords = (command: CommandSpec, words: readonly string[]): string | undefined => {
  const usage = `vethscope ${command.name} ${command.usage}`.trim();
  const [first] = words;
  if (first !== undefined && command.choices !== undefined && !command.choices.includes(first))
    return `${command.name} ${first}: no such thing (choose one of ${command.choices.join(', ')})`;
  if (words.length < command.minWords) return `${command.name}: something is missing (usage: ${usage})`;
  if (words.length > command.maxWords)
    return `${command.name} ${words[command.maxWords]}: one word too many (usage: ${usage})`;
  return undefined;
};

/** The command is the first word that is no option; options may stand anywhere, `--` ends them. */
export const parseArguments = (argv: readonly string[]): Parsed | UsageError => {
  let command: CommandSpec | undefined;
  const words: string[] = [];
  const switches = new Set<string>();
  const values = new Map<string, string[]>();
  let optionsEnded = false;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (optionsEnded || word === '-' || !word.startsWith('-')) {
      if (command !== undefined) words.push(word);
      else {
        command = findCommand(word);
        if (command === undefined)
          return { error: `${word}: no such command (there are ${commands.map((one) => one.name).join(', ')})` };
      }
      continue;
    }
    if (word === '--') {
      optionsEnded = true;
      continue;
    }
    const [flag, inline] = word.startsWith('--') && word.includes('=') ? split(word) : [word, undefined];
    const option = findOption(flag, command);
    if (option === undefined) return { error: `${flag}: no such option (${knows(command)})` };
    if (option.value === undefined) {
      if (inline !== undefined) return { error: `${flag}: takes no value (leave out =${inline})` };
      switches.add(option.name);
      continue;
    }
    const value = inline ?? argv[++at];
    if (value === undefined) return { error: `${flag}: its value is missing (${flag} ${option.value})` };
    const bad = badValue(option, value);
    if (bad !== undefined) return { error: bad };
    const given = values.get(option.name);
    if (given !== undefined && option.repeatable !== true) return { error: `${flag}: given twice (leave one out)` };
    values.set(option.name, [...(given ?? []), value]);
    if (option.words === undefined) continue;
    const second = argv[++at];
    if (second === undefined) return { error: `${flag}: its second word is missing (${flag} ${option.value})` };
    values.set(option.name, [...(given ?? []), value, second]);
  }
  const parsed = { ...(command === undefined ? {} : { command }), words, switches, values };
  const wrong =
    command === undefined || switches.has('help') || switches.has('version') ? undefined : checkWords(command, words);
  return wrong === undefined ? parsed : { error: wrong };
};

const split = (word: string): readonly [string, string] => {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
};
