/** Pages that list things are made from the things: UPDATE_EXPECTED=1 writes them anew. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gallery } from '../screenshots/gallery.ts';
import { shots } from '../screenshots/shots.ts';
import { formatHelp } from '../src/cli-options/format-help.ts';
import { commands } from '../src/cli-options.ts';
import { type Binding, keyName } from '../src/ui/keys/binding.ts';
import { keyTable } from '../src/ui/keys/key-table.ts';
import { expectDocument } from './support/expect-file.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const keysPage = (): string => {
  const groups = [...new Set(keyTable.map(({ group }) => group))];
  const row = ({ keys, label, help }: Binding): string =>
    `| ${keys.map((key) => `\`${cell(keyName(key, false))}\``).join(' ')} | ${cell(label)} | ${cell(help)} |`;
  const part = (group: string): string =>
    `## ${group}\n\n| keys | | does |\n| --- | --- | --- |\n${keyTable
      .filter((one) => one.group === group)
      .map(row)
      .join('\n')}\n`;
  return `# Keys\n\nMade from the key table that handling, footer and help read (\`key-table.ts\`).\n\n${groups.map(part).join('\n')}`;
};

const commandsPage = (): string =>
  `# Commands\n\nMade from the table of options (\`../cli-options.ts\`): what \`vethscope --help\` and \`vethscope COMMAND --help\` say.\n\n${[
    undefined,
    ...commands,
  ]
    .map((one) => `## vethscope${one === undefined ? '' : ` ${one.name}`}\n\n\`\`\`text\n${formatHelp(one)}\`\`\`\n`)
    .join('\n')}`;

test('the page of keys is what the key table says', () => {
  expectDocument('src/ui/keys/README.md', keysPage());
});

test('the page of commands is what the help says', () => {
  expectDocument('src/cli-options/README.md', commandsPage());
});

test('the gallery shows every picture there is, and no other', () => {
  expectDocument('screenshots/README.md', gallery(shots));
  expect(
    shots.flatMap(({ name }) => [`${name}.svg`, `${name}.png`]).filter((file) => !existsSync(`screenshots/${file}`)),
  ).toEqual([]);
});
