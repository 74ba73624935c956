/** Line drawing and block characters as paths, so that lines join whatever the font does. */

/** Which of the four directions a character's strokes leave to. */
const strokes: Readonly<Record<string, string>> = {
  '─': 'lr',
  '│': 'ud',
  '┌': 'rd',
  '┐': 'ld',
  '└': 'ru',
  '┘': 'lu',
  '├': 'udr',
  '┤': 'udl',
  '┬': 'lrd',
  '┴': 'lru',
  '┼': 'lrud',
};

const blocks: Readonly<Record<string, readonly [number, number, number, number]>> = {
  '█': [0, 0, 1, 1],
  '▌': [0, 0, 0.5, 1],
  '▐': [0.5, 0, 0.5, 1],
  '▀': [0, 0, 1, 0.5],
  '▄': [0, 0.5, 1, 0.5],
};

/** SVG for the cell at x, y; undefined for characters the font draws. */
export const drawBox = (
  char: string,
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
): string | undefined => {
  const block = blocks[char];
  if (block !== undefined) {
    const [left, top, wide, high] = block;
    return `<rect x="${x + left * width}" y="${y + top * height}" width="${wide * width}" height="${high * height}" fill="${fill}"/>`;
  }
  const radius = 0.36 * width;
  if (char === '●') return `<circle cx="${x + width / 2}" cy="${y + height / 2}" r="${radius}" fill="${fill}"/>`;
  if (char === '○') {
    return `<circle cx="${x + width / 2}" cy="${y + height / 2}" r="${radius}" fill="none" stroke="${fill}" stroke-width="1.2"/>`;
  }
  const directions = strokes[char];
  if (directions === undefined) return undefined;
  const middleX = x + width / 2;
  const middleY = y + height / 2;
  const ends: Readonly<Record<string, string>> = {
    l: `M${x} ${middleY}H${middleX}`,
    r: `M${middleX} ${middleY}H${x + width}`,
    u: `M${middleX} ${y}V${middleY}`,
    d: `M${middleX} ${middleY}V${y + height}`,
  };
  return `<path d="${[...directions].map((direction) => ends[direction]).join('')}" stroke="${fill}" stroke-width="1.2" stroke-linecap="square"/>`;
};
