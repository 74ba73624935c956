/** bridged-frames-unfiltered: what it finds, and what it must not be confused with. */
import { bridgedFramesUnfiltered } from '../../../src/diagnose/checks/bridged-frames-unfiltered.ts';
import { testCheck } from '../test-check.ts';

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
