/** address-pools-used-up: what it finds, and what it must not be confused with. */
import { addressPoolsUsedUp } from '../../../src/diagnose/checks/address-pools-used-up.ts';
import { makeNetwork } from '../../graph/make-snapshot.ts';
import { type Draft, mutable } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

/** Networks without containers, as compose leaves them behind. */
function addNetworks(draft: Draft, subnets: readonly string[]): void {
  for (const [n, subnet] of subnets.entries())
    draft.engine.networks.push(mutable(makeNetwork(`left-${n}`, { subnets: [{ subnet }], driver: 'macvlan' })));
}

const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => n + from);

testCheck(addressPoolsUsedUp, {
  finds: {
    'all subnets of the default pools are taken': (draft) => {
      addNetworks(draft, [
        ...range(15, 17).map((n) => `172.${n}.0.0/16`),
        ...range(16).map((n) => `192.168.${n * 16}.0/20`),
      ]);
    },
    'the one subnet of a small pool is taken': (draft) => {
      draft.engine.addressPools = [{ base: '172.20.0.0/16', size: 16 }];
    },
    'a network of the host covers the pool': (draft) => {
      draft.engine.addressPools = [{ base: '10.77.0.0/24', size: 26 }];
    },
  },
  ignores: {
    'networks with subnets outside the pools': (draft) => {
      addNetworks(
        draft,
        range(40).map((n) => `10.99.${n}.0/24`),
      );
    },
    'pools with room': (draft) => {
      draft.engine.addressPools = [{ base: '10.0.0.0/8', size: 24 }];
    },
    'routes by a gateway': (draft) => {
      draft.engine.addressPools = [{ base: '10.88.0.0/24', size: 26 }];
      draft.host.routes!.push({
        type: 'unicast',
        dst: '10.88.0.0/24',
        gateway: '10.77.0.1',
        dev: 'eth0',
        table: 'main',
        protocol: 'static',
        scope: 'global',
        flags: [],
      });
    },
  },
});
