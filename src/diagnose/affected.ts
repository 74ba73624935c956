/** Which objects a problem with a link, a network or a container breaks. */
import type { Affected } from './finding.ts';
import type { Attachment, BridgeNetwork } from './host-view.ts';

export const affectsAttachment = ({ container, inside, outside }: Attachment): readonly Affected[] => [
  container.id,
  ...(inside === undefined ? [] : [inside.id]),
  ...(outside === undefined ? [] : [outside.id]),
];

/** The network, its bridge, and everybody on it. */
export const affectsNetwork = ({ network, bridge, attachments }: BridgeNetwork): readonly Affected[] => [
  network.id,
  ...(bridge === undefined ? [] : [bridge.id]),
  ...attachments.flatMap(affectsAttachment),
];

/** `web`, `web and db`, `web, db and 5 more`. */
export function listNames(names: readonly string[], most = 3): string {
  const unique = [...new Set(names)];
  if (unique.length <= 1) return unique[0] ?? 'nobody';
  if (unique.length <= most) return `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`;
  return `${unique.slice(0, most - 1).join(', ')} and ${unique.length - most + 1} more`;
}

export const namesOn = ({ attachments }: BridgeNetwork): string =>
  listNames(attachments.map(({ container }) => container.facts.name));
