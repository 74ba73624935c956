/** The help, made from the options table. */
import { type CommandSpec, commands, globalOptions, type OptionSpec } from '../cli-options.ts';

const width = 80;

/** Broken between words, and behind the `|` of a usage. */
const wrap = (text: string, room: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.match(/[^ |]+\|?|\|| +/g) ?? []) {
    if (line.trim() !== '' && line.length + piece.trimEnd().length > room) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else line += piece;
  }
  return [...lines, line];
};

/** A left column and a text beside it, wrapped. */
const entry = (left: string, text: string, indent: number): string => {
  const lines = wrap(text, width - indent);
  const start = `  ${left}`;
  const first =
    start.length + 2 > indent ? `${start}\n${' '.repeat(indent)}${lines[0]}` : `${start.padEnd(indent)}${lines[0]}`;
  return [first, ...lines.slice(1).map((rest) => ' '.repeat(indent) + rest)].join('\n');
};

const optionLeft = ({ name, short, value }: OptionSpec): string =>
  `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;

const optionLines = (options: readonly OptionSpec[]): string =>
  options.map((one) => entry(optionLeft(one), one.help, 28)).join('\n');

const exitLine = `Exit codes: 0 yes or done, 1 no, 2 wrong usage, 3 cannot tell, 4 a change was refused, failed or taken back, 130 interrupted.`;

const paragraph = (text: string): string => wrap(text, width).join('\n');

const endpoints = paragraph(
  'An ENDPOINT is the name of a container, the beginning of its id, a compose service, container:NAME, netns:NAME, netns:INODE, pid:N, host, outside, or an address.',
);

const commandHelp = (command: CommandSpec): string => {
  const own = command.options.length === 0 ? '' : `\nOptions of ${command.name}:\n${optionLines(command.options)}\n`;
  const where = /ENDPOINT|FROM/.test(command.usage) ? `\n${endpoints}\n` : '';
  const name = `vethscope ${command.name} `;
  const usage = wrap(command.usage, width - name.length).join(`\n${' '.repeat(name.length)}`);
  return (
    `${name}${usage}`.trimEnd() +
    `\n\n${entry('', command.help, 2).trimStart()}\n${own}${where}\nOptions:\n${optionLines(globalOptions)}\n`
  );
};

const overview = (): string =>
  `${paragraph('vethscope: who is wired to whom on a container host, and why a packet does not arrive')}

  vethscope                 the screen (on a terminal)
  vethscope COMMAND …       one answer, as text or with --json

Commands:
${commands.map((one) => entry(`${one.name} ${one.choices === undefined ? one.usage : ''}`.trimEnd(), one.help, 20)).join('\n')}

Options:
${optionLines(globalOptions)}

${paragraph(exitLine)}
\`vethscope COMMAND --help\` tells more of one command.
`;

export const formatHelp = (command?: CommandSpec): string =>
  command === undefined ? overview() : commandHelp(command);
