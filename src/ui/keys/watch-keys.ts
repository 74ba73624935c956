/** Keys of the watch: opening it, arming it, ending it. */
import { armReason, openWatch, toggleWatch } from '../state/watch-actions.ts';
import type { Binding } from './binding.ts';

export const watchKeys: readonly Binding[] = [
  {
    id: 'watch',
    keys: ['K'],
    group: 'Act',
    label: 'watch',
    help: "the kernel's own account: in a trace, of that flow, rule by rule; elsewhere of everything it drops. Nothing is added before a",
    when: (state) => (state.session.graph === undefined ? 'nothing was read yet' : true),
    action: openWatch,
  },
  {
    id: 'arm',
    keys: ['a'],
    group: 'Act',
    label: 'arm, end',
    help: 'in the watch view: begin to watch, adding what is announced there; again: end it',
    footer: 0,
    when: armReason,
    action: toggleWatch,
  },
];
