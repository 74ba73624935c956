/** An encrypted overlay between two hosts: dockerd's rules, and firewalls that let in UDP but no ESP. */
import { expect, test } from 'vitest';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { tracePacket } from '../../../src/trace/trace-packet.ts';
import { type HostDraft, type HostsChange, type HostsDraft, twoHosts } from '../../diagnose/two-hosts.ts';

/** VNI 1, on flannel's port, with the words of dockerd's rules. */
const vni = '-m u32 --u32 "0x0>>0x16&0x3c@0xc&0xffffff00=0x100"';

const encrypt = (draft: HostDraft, number = vni): void => {
  draft.rule(`-A INPUT -p udp -m policy --dir in --pol none -m udp --dport 8472 ${number} -j DROP`);
  draft.rule(`-A INPUT -p udp -m policy --dir in --pol ipsec -m udp --dport 8472 ${number} -j ACCEPT`);
  const mangle = `*mangle\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p udp -m udp --dport 8472 ${number} -j MARK --set-xmark 0xd0c4e3/0xffffffff\nCOMMIT\n`;
  Object.assign(draft.host.ruleset!, { iptablesNft: `${mangle}${draft.host.ruleset!.iptablesNft}` });
};

const encryptBoth = ({ a, b }: HostsDraft, number = vni): void => {
  for (const one of [a, b]) encrypt(one, number);
};

const trace = (change: HostsChange): Trace => {
  const answer = tracePacket(buildGraph(twoHosts('flannel', change)), { from: 'web1', to: 'web2:80' });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

test('whether the keys stand is not among the facts: the outcome is open, and says what to look at', () => {
  const found = trace(encryptBoth);
  expect(found.outcome).toBe('unknown');
  expect(found.explanation).toContain(
    "whether dockerd's IPsec policy and keys from 10.77.0.11 to 10.77.0.12 stand on both hosts (ip xfrm policy, ip xfrm state)",
  );
});

test('an overlay of another number is not encrypted by those rules', () => {
  const other = vni.replace('0x100', '0x200');
  expect(trace((draft) => encryptBoth(draft, other)).outcome).toBe('delivered');
});

test('packets that leave in the clear are dropped by the host that wants them encrypted', () => {
  const found = trace(({ b }) => encrypt(b));
  expect(found.outcome).toBe('dropped');
  expect(found.decidedBy?.evidence.rule?.rule).toContain('--pol none');
});

test('a host that lets in UDP but no ESP drops them in any case', () => {
  const found = trace(({ a, b }) => {
    b.rule('-A INPUT -p esp -j DROP');
    encryptBoth({ a, b });
  });
  expect(found.outcome).toBe('dropped');
  expect(found.decidedBy?.evidence.rule?.rule).toContain('-p esp');
});

test('a check names the rule that stops ESP', () => {
  const { findings } = diagnose(
    buildGraph(
      twoHosts('flannel', ({ a, b }) => {
        b.rule('-A INPUT -p esp -j DROP');
        encryptBoth({ a, b });
      }),
    ),
  );
  expect(findings[0]).toMatchObject({ check: 'tunnel-blocked', title: expect.stringContaining('filter INPUT rule 1') });
});
