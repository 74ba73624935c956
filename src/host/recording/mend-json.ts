/** Puts right what iproute2 prints that is no JSON. */

/**
 * json_writer.c (jsonw_puts) escapes line breaks and tabs, passes other control characters on as they are, and puts a backslash before a single quote.
 * Line breaks can so only stand between values, where they may stay.
 */
export const mendJson = (text: string): string =>
  text
    .replace(/\\(.)/gs, (pair: string, sign: string) => (sign === "'" ? "'" : pair))
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

/** undefined: not even mended is it JSON. */
export const parseMended = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  for (const mend of [(whole: string) => whole, mendJson]) {
    try {
      return JSON.parse(mend(text));
    } catch {
      // Mended it may be.
    }
  }
  return undefined;
};

/** The objects of a list; [] where the text is no list. */
export const parseObjects = (text: string | undefined): readonly Readonly<Record<string, unknown>>[] => {
  const json = parseMended(text);
  return Array.isArray(json) ? json.filter((item) => typeof item === 'object' && item !== null) : [];
};
