/** The answers of a host → the files of a recording. */

import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import { type FileTree, listFiles, recordingFormat, rulesetFiles } from './layout.ts';
import { formatSysctls } from './parse-sysctls.ts';
import type { RecordedAnswers } from './recorded-answers.ts';

export function formatRecording(answers: RecordedAnswers): FileTree {
  const { id: _, ...facts } = answers.facts;
  const local = (id: NetnsId) => id.slice(answers.host.length + 1);
  const gapsOf = (gaps: readonly Gap[]) =>
    gaps.map((gap) => (gap.netns === undefined ? gap : { ...gap, netns: local(gap.netns) }));
  const files = new Map<string, string>();
  files.set('host.json', whole({ format: recordingFormat, recordedAt: answers.recordedAt, facts }));
  files.set(
    'gaps.json',
    whole(Object.fromEntries(Object.entries(answers.gaps).map(([about, gaps]) => [about, gapsOf(gaps)]))),
  );
  let hidden = 0;
  for (const netns of answers.netns) {
    const folder = netns.inode > 0 ? `${netns.inode}` : `hidden-${++hidden}`;
    for (const [name, text] of netnsFiles(netns, local)) files.set(`netns/${folder}/${name}`, text);
  }
  for (const [index, engine] of answers.engines.entries()) {
    const folder = `engines/${engine.kind}-${index + 1}`;
    const { version, info, containers, networks, ...identity } = engine;
    files.set(`${folder}/engine.json`, whole(identity));
    files.set(`${folder}/version.json`, whole(version ?? null));
    files.set(`${folder}/info.json`, whole(info ?? null));
    files.set(`${folder}/containers.json`, whole(containers));
    files.set(`${folder}/networks.json`, whole(networks));
  }
  if (answers.openVswitch !== undefined) files.set('open-vswitch.json', whole(answers.openVswitch));
  for (const { fullId, resolvConf, hosts } of answers.containerFiles) {
    if (resolvConf !== undefined) files.set(`containers/${fullId}/resolv.conf`, resolvConf);
    if (hosts !== undefined) files.set(`containers/${fullId}/hosts`, hosts);
  }
  return files;
}

function netnsFiles(netns: Netns, local: (id: NetnsId) => string): FileTree {
  const { dev, inode, isHost, names, policyRules, sysctls, ipvs, conntrack, counters, ruleset } = netns;
  const files = new Map<string, string>();
  const holders = netns.holders.map((holder) =>
    holder.kind === 'nsid' ? { ...holder, seenFrom: local(holder.seenFrom) } : holder,
  );
  const nsids = netns.nsids.map((entry) =>
    entry.netns === undefined ? entry : { ...entry, netns: local(entry.netns) },
  );
  files.set(
    'netns.json',
    whole({ id: local(netns.id), dev, inode, isHost, names, holders, nsids, ...(ipvs && { ipvs }) }),
  );
  for (const [part, name] of Object.entries(listFiles)) {
    const facts = netns[part as keyof typeof listFiles];
    if (facts !== undefined) files.set(name, perLine(facts));
  }
  if (policyRules !== undefined) {
    files.set('rules.json', perLine(policyRules.filter(({ family }) => family === 'inet')));
    files.set('rules6.json', perLine(policyRules.filter(({ family }) => family === 'inet6')));
  }
  if (sysctls !== undefined) files.set('sysctls.txt', formatSysctls(sysctls));
  if (conntrack !== undefined) files.set('conntrack.json', whole(conntrack));
  if (counters !== undefined) files.set('counters.json', whole(counters));
  if (ruleset !== undefined) {
    files.set('ruleset.json', whole(ruleset.present));
    for (const [text, name] of Object.entries(rulesetFiles)) {
      const rules = ruleset[text as keyof typeof rulesetFiles];
      if (rules !== undefined) files.set(name, rules);
    }
  }
  return files;
}

function whole(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

/** One fact a line: readable, and two recordings can be compared with diff(1). */
function perLine(facts: readonly unknown[]): string {
  return facts.length === 0 ? '[]\n' : `[\n${facts.map((fact) => JSON.stringify(fact)).join(',\n')}\n]\n`;
}
