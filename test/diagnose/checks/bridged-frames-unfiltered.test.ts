/** bridged-frames-unfiltered: what it finds, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { bridgedFramesUnfiltered } from '../../../src/diagnose/checks/bridged-frames-unfiltered.ts';
import type { Draft } from '../healthy-host.ts';
import { findWith, testCheck } from '../test-check.ts';

testCheck(bridgedFramesUnfiltered, {
  finds: {
    'icc=false has no effect': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
      draft.rule('-A FORWARD -i br-app -o br-app -j ACCEPT', '-A FORWARD -i br-app -o br-app -j DROP');
      draft.host.sysctls!['bridge.bridge-nf-call-iptables'] = '0';
    },
    'br_netfilter is not loaded and the proxy is off': (draft) => {
      draft.engine.userlandProxy = false;
      for (const name of ['vethweb', 'vethdb'])
        draft.link(draft.host, name).linkinfo!.info_slave_data = { state: 'forwarding', hairpin: true };
      draft.host.sysctls!['ipv4.conf.br-app.route_localnet'] = '1';
      delete draft.host.sysctls!['bridge.bridge-nf-call-iptables'];
    },
  },
  ignores: {
    'icc on and the proxy on: nobody needs it': (draft) => {
      draft.host.sysctls!['bridge.bridge-nf-call-iptables'] = '0';
    },
    'docker_gwbridge, which has icc=false always': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
      draft.rule('-A FORWARD -i br-app -o br-app -j ACCEPT', '-A FORWARD -i br-app -o br-app -j DROP');
      draft.host.sysctls!['bridge.bridge-nf-call-iptables'] = '0';
      draft.app.name = 'docker_gwbridge';
    },
    'a network with fewer than two containers': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
      draft.rule('-A FORWARD -i br-app -o br-app -j ACCEPT', '-A FORWARD -i br-app -o br-app -j DROP');
      draft.host.sysctls!['bridge.bridge-nf-call-iptables'] = '0';
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
    },
    'a bridge that has it switched on for itself': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
      draft.rule('-A FORWARD -i br-app -o br-app -j ACCEPT', '-A FORWARD -i br-app -o br-app -j DROP');
      draft.host.sysctls!['bridge.bridge-nf-call-iptables'] = '0';
      draft.link(draft.host, 'br-app').linkinfo!.info_data = { nf_call_iptables: 1 };
    },
  },
});

const withoutIcc = (draft: Draft) => {
  draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
  draft.rule('-A FORWARD -i br-app -o br-app -j ACCEPT', '-A FORWARD -i br-app -o br-app -j DROP');
};

test('the remedy concerns this bridge alone', () => {
  const [problem] = findWith(bridgedFramesUnfiltered, (draft) => {
    withoutIcc(draft);
    draft.host.sysctls!['bridge.bridge-nf-call-iptables'] = '0';
  });
  const [remedy] = problem!.remedies;
  expect(remedy?.automatic).toBe(false);
  expect([...remedy!.commands, ...remedy!.undo].map(({ argv }) => argv.join(' '))).toEqual([
    'ip link set dev br-app type bridge nf_call_iptables 1',
    'ip link set dev br-app type bridge nf_call_iptables 0',
  ]);
});

test('the module, which filters every bridge of the host, is loaded by nobody but the operator', () => {
  const [problem] = findWith(bridgedFramesUnfiltered, (draft) => {
    withoutIcc(draft);
    delete draft.host.sysctls!['bridge.bridge-nf-call-iptables'];
  });
  expect(problem?.remedies.map(({ automatic }) => automatic)).toEqual([false]);
});
