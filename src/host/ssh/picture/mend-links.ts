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
