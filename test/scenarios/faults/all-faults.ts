/** Every fault that is tried on real engines. */

import { addressFaults } from './addresses.ts';
import { bridgeFaults } from './bridges.ts';
import type { Fault } from './fault.ts';
import { linkFaults } from './links.ts';
import { natFaults } from './nat.ts';
import { routeFaults } from './routes.ts';
import { ruleFaults } from './rules.ts';
import { serviceFaults } from './services.ts';
import { sysctlFaults } from './sysctls.ts';

export const allFaults: readonly Fault[] = [
  ...linkFaults,
  ...bridgeFaults,
  ...addressFaults,
  ...routeFaults,
  ...sysctlFaults,
  ...ruleFaults,
  ...natFaults,
  ...serviceFaults,
];
