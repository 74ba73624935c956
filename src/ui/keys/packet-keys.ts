/** Keys of the packets: capture, follow, what is shown of them. */
import { moveToEnd } from '../state/move.ts';
import { next, say } from '../state/next.ts';
import {
  captureReason,
  changePackets,
  inPackets,
  isCapturing,
  nextTab,
  toggleCapture,
} from '../state/packets-state.ts';
import type { Binding } from './binding.ts';

export const packetKeys: readonly Binding[] = [
  {
    id: 'capture',
    keys: ['c'],
    group: 'Act',
    label: 'packets',
    help: 'see the packets of the selected thing, or at every point of the traced path; in the packets view: end, begin again',
    footer: 5.5,
    when: captureReason,
    action: toggleCapture,
  },
  {
    id: 'packets tab',
    keys: ['v'],
    group: 'Act',
    label: 'flows, losses',
    help: 'packets, then connections, talkers, and where packets vanish',
    footer: 0.1,
    when: inPackets,
    action: (state) => next(nextTab(state)),
  },
  {
    id: 'packets pause',
    keys: ['p'],
    group: 'Act',
    label: 'pause',
    help: 'the picture stands still while the capture goes on; again: to the newest packet',
    footer: 0.2,
    when: (state) => {
      const reason = inPackets(state);
      return reason !== true
        ? reason
        : isCapturing(state) || state.packets?.paused === true
          ? true
          : 'the capture has ended';
    },
    action: (state) => {
      const paused = state.packets?.paused === true;
      const changed = changePackets(state, () => ({ paused: !paused }));
      return next(paused ? moveToEnd(changed, 'last') : say(changed, 'paused: p goes on', 'dim'));
    },
  },
  {
    id: 'packets names',
    keys: ['N'],
    group: 'Act',
    label: 'names',
    help: 'names of containers in place of addresses, or addresses',
    when: inPackets,
    action: (state) => next(changePackets(state, ({ names }) => ({ names: !names }))),
  },
];
