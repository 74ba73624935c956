/** JSON values one after the other, as several answers to one connection come; what is no JSON in between is passed over. */

/** The end of the value that begins at `start` with a bracket; -1: it does not end. */
const endOfValue = (text: string, start: number): number => {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') {
      at = endOfString(text, at);
      if (at < 0) return -1;
    } else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
};

const endOfString = (text: string, start: number): number => {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return -1;
};

export const parseJsonValues = (text: string): readonly unknown[] => {
  const values: unknown[] = [];
  for (let at = text.search(/[[{]/); at >= 0 && at < text.length; ) {
    const end = endOfValue(text, at);
    if (end < 0) break;
    try {
      values.push(JSON.parse(text.slice(at, end)));
    } catch {
      // Words of a tool in brackets.
    }
    const next = text.slice(end).search(/[[{]/);
    at = next < 0 ? -1 : end + next;
  }
  return values;
};
