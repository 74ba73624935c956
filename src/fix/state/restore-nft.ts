/** An nft document that brings one table back in one commit: only the chains that differ where the rest is the same. */

interface Block {
  readonly head: string;
  readonly body: readonly string[];
}

/** `chain NAME {` … `}` of a table as `nft -s list table` prints it. */
const blocksOf = (text: string): readonly Block[] => {
  const blocks: { head: string; body: string[] }[] = [];
  for (const line of text.split('\n').slice(1)) {
    const head = /^\t(\S.*) \{$/.exec(line)?.[1];
    if (head !== undefined) blocks.push({ head, body: [] });
    else if (/^\t\t/.test(line)) blocks.at(-1)?.body.push(line.trim());
  }
  return blocks;
};

const isChain = ({ head }: Block): boolean => head.startsWith('chain ');
const nameOf = ({ head }: Block): string => head.slice('chain '.length);
/** The hook's line cannot be changed while the chain is there. */
const hookOf = ({ body }: Block): string => body.find((line) => line.startsWith('type ')) ?? '';
const rest = (blocks: readonly Block[]): string =>
  JSON.stringify([blocks.filter((one) => !isChain(one)), blocks.filter(isChain).map((one) => [one.head, hookOf(one)])]);

export const restoreNftTable = (family: string, table: string, wanted: string, now: string): string => {
  const remove = `delete table ${family} ${table}\n`;
  if (wanted === 'absent') return remove;
  if (now === 'absent') return wanted;
  const [old, fresh] = [blocksOf(wanted), blocksOf(now)];
  if (rest(old) !== rest(fresh)) return `${remove}${wanted}`;
  const different = old.filter((block) => {
    const same = fresh.find(({ head }) => head === block.head);
    return isChain(block) && same?.body.join('\n') !== block.body.join('\n');
  });
  return different
    .map((block) => {
      const rules = block.body.filter((line) => line !== hookOf(block));
      const name = nameOf(block);
      return [
        `flush chain ${family} ${table} ${name}`,
        `table ${family} ${table} {`,
        ` chain ${name} {`,
        ...rules,
        ' }',
        '}',
        '',
      ].join('\n');
    })
    .join('');
};
