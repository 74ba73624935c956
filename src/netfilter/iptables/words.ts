/** Words of one iptables-save line, and back: quoting as iptables-restore and iptables-save do it. */

/** A quoted word keeps one `"` in front: it is always a value, even `"!"` or `"-j"`. No bare word begins like that. */
export type Word = string;

export const wordText = (word: Word): string => (word.charCodeAt(0) === 34 ? word.slice(1) : word);

/** Backslash escapes only inside double quotes, and the closing quote ends the word (iptables' add_param_to_argv). undefined: a quote stays open. */
export function splitWords(line: string): readonly Word[] | undefined {
  if (!line.includes('"')) return line.split(/[ \t]+/);
  const words: Word[] = [];
  const end = line.length;
  let at = 0;
  while (at < end) {
    const code = line.charCodeAt(at);
    if (code === 32 || code === 9) {
      at++;
      continue;
    }
    const start = at;
    while (at < end && !isBreak(line.charCodeAt(at))) at++;
    if (line.charCodeAt(at) !== 34) {
      words.push(line.slice(start, at));
      continue;
    }
    const quoted = readQuoted(line, at + 1);
    if (quoted === undefined) return undefined;
    words.push(`"${line.slice(start, at)}${quoted.text}`);
    at = quoted.end;
  }
  return words;
}

const isBreak = (code: number): boolean => code === 32 || code === 9 || code === 34;

function readQuoted(line: string, from: number): { readonly text: string; readonly end: number } | undefined {
  let text = '';
  let start = from;
  for (let at = from; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === 34) return { text: text + line.slice(start, at), end: at + 1 };
    if (code !== 92) continue;
    text += line.slice(start, at);
    at++;
    start = at;
  }
  return undefined;
}

/** Free text: bare when it has letters, digits, `_` and `-` only, as xtables_save_string prints it. */
export const quoteText = (text: string): string =>
  /^[-_0-9a-zA-Z]+$/.test(text) ? text : `"${text.replace(/["\\']/g, '\\$&')}"`;

/** A value that is normally printed bare: quoted only when it would not be read as one word. */
export const quoteValue = (text: string): string => (/^[^\s"]+$/.test(text) && text !== '!' ? text : quoteText(text));

/** A value that is always printed quoted. */
export const quoteAlways = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
