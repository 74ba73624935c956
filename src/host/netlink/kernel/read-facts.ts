/** What a netns tells besides rtnetlink lists: sysctls, sockets, conntrack, which rulesets exist. */
import type { Gap } from '../../../model/gap.ts';
import type { Netns } from '../../../model/netns.ts';
import type { NetnsPart } from '../../host.ts';
import type { Arena } from './arena.ts';
import type { Visit } from './visit.ts';

export const readOtherFacts = (
  _parts: readonly NetnsPart[],
  _visit: Visit,
  _isHost: boolean,
  _arena: Arena,
  _gaps: Gap[],
): Partial<Netns> => ({});
