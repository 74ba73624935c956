/** Words of one iptables-save line, and back: quoting as iptables-restore and iptables-save do it. */

export interface Word {
  readonly text: string;
  /** A quoted word is always a value, even `"!"` or `"-j"`. */
  readonly quoted: boolean;
}

/** Backslash escapes only inside double quotes, and the closing quote ends the word (iptables' add_param_to_argv). undefined: a quote stays open. */
export function splitWords(line: string): readonly Word[] | undefined {
  const words: Word[] = [];
  const end = line.length;
  let at = 0;
  while (at < end) {
    const code = line.charCodeAt(at);
    if (code === 32 || code === 9) {
      at++;
      continue;
    }
    let start = at;
    while (at < end && !isBreak(line.charCodeAt(at))) at++;
    if (line.charCodeAt(at) !== 34) {
      words.push({ text: line.slice(start, at), quoted: false });
      continue;
    }
    let text = line.slice(start, at);
    at++;
    start = at;
    while (at < end && line.charCodeAt(at) !== 34) {
      if (line.charCodeAt(at) === 92) {
        text += line.slice(start, at);
        start = at + 1;
        at++;
      }
      at++;
    }
    if (at >= end) return undefined;
    words.push({ text: text + line.slice(start, at), quoted: true });
    at++;
  }
  return words;
}

const isBreak = (code: number): boolean => code === 32 || code === 9 || code === 34;

/** Free text: bare when it has letters, digits, `_` and `-` only, as xtables_save_string prints it. */
export const quoteText = (text: string): string =>
  /^[-_0-9a-zA-Z]+$/.test(text) ? text : `"${text.replace(/["\\']/g, '\\$&')}"`;

/** A value that is normally printed bare: quoted only when it would not be read as one word. */
export const quoteValue = (text: string): string => (/^[^\s"]+$/.test(text) && text !== '!' ? text : quoteText(text));

/** A value that is always printed quoted. */
export const quoteAlways = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
