/** direct-access-dropped: what it finds between two pictures, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { directAccessDropped } from '../../../src/diagnose/checks/direct-access-dropped.ts';
import { buildHostView } from '../../../src/diagnose/host-view.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { healthyHost } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const protectedHost = (packets: number, more = '') =>
  healthyHost((draft) => {
    draft.rule(
      ':OUTPUT ACCEPT [0:0]\nCOMMIT\n*nat',
      `:OUTPUT ACCEPT [0:0]\n[${packets}:${packets * 60}] -A PREROUTING -d 172.20.0.2/32 ! -i br-app -j DROP\n${more}COMMIT\n*nat`,
    );
  });

function findBetween(first: ReturnType<typeof healthyHost>, second: ReturnType<typeof healthyHost>) {
  const before = buildGraph([first]);
  const home = [...before.netns.values()].find(({ facts }) => facts.isHost)!;
  return directAccessDropped.find(buildHostView(buildGraph([second]), second, { home, seconds: 5 }));
}

test('packets dropped between two pictures are told, with how many', () => {
  const [problem] = findBetween(protectedHost(3), protectedHost(9));
  expect(problem?.evidence[0]?.fact).toBe('6 packets for 172.20.0.2/32 dropped in 5 s');
  expect(findBetween(protectedHost(9), protectedHost(9))).toEqual([]);
});

test('a rule that is new counts nothing yet', () => {
  expect(findBetween(healthyHost(), protectedHost(4))).toEqual([]);
});

testCheck(directAccessDropped, {
  finds: {},
  ignores: {
    'rules that count nothing': (draft) => {
      draft.addRule('raw', '[0:0] -A PREROUTING -d 172.20.0.2/32 ! -i br-app -j DROP');
    },
    'published ports': (draft) => {
      draft.addRule('raw', '[9:540] -A PREROUTING -i eth0 -p tcp -m tcp --dport 8080 -j ACCEPT');
    },
  },
});
