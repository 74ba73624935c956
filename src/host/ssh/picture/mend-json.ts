/** Puts right what ip itself prints wrong. */

/** ip 6.1 leaves the zeros in front out: `8000.2:42:ac:…` (iplink_bridge.c). */
const bridgeIds = /"(bridge_id|root_id|designated_bridge|designated_root)":"([0-9a-f]{4}\.[0-9a-f:]+)"/g;

const padId = (id: string): string =>
  id.slice(0, 5) +
  id
    .slice(5)
    .split(':')
    .map((byte) => byte.padStart(2, '0'))
    .join(':');

/** Of JSON text as ip prints it. Inside a text of a hostile host a quote is escaped, so no key can be forged there. */
export const mendLinks = (json: string): string =>
  json.replace(bridgeIds, (_, key: string, id: string) => `"${key}":"${padId(id)}"`);

/** json_writer.c passes control characters on as they are, and puts a backslash before a single quote: JSON knows neither. */
export const mendJson = (line: string): string =>
  line
    .replace(/\\(.)/g, (pair: string, sign: string) => (sign === "'" ? "'" : pair))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[\u0000-\u001f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
