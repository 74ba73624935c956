/** The page of pictures, made from the list of what is photographed. */
import type { Shot } from './shots.ts';

const keyName = (key: string): string => (key === '\r' ? 'Enter' : key === '\t' ? 'Tab' : key === ' ' ? 'Space' : key);

const entry = (shot: Shot): string => {
  const keys = shot.keys.length === 0 ? '' : ` Keys: ${shot.keys.map((key) => `\`${keyName(key)}\``).join(' ')}.`;
  return `## ${shot.title}\n\n${`${shot.says}${keys}`.trim()}\n\n![${shot.title}](${shot.name}.svg)\n`;
};

export const gallery = (shots: readonly Shot[]): string =>
  `# Gallery\n\nReal runs of the program on recorded hosts, made by \`npm run screenshots\`. Each picture is there as SVG and as PNG.\n\n${shots.map(entry).join('\n')}`;
