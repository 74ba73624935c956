/** Puts right what iproute2 prints that is no JSON. */

/**
 * json_writer.c (jsonw_puts) escapes line breaks and tabs, passes other control characters on as they are, and puts a backslash before a single quote.
 * Line breaks can so only stand between values, where they may stay.
 */
export const mendJson = (text: string): string =>
  text
    .replace(/\\(.)/gs, (pair: string, sign: string) => (sign === "'" ? "'" : pair))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
