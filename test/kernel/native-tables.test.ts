/** Tables of iptables' names that a person made with nft: what the kernel does by them is what the trace says. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { requires } from '../support/requires.ts';
import { runMain } from '../support/run-main.ts';

const { test } = requires('root', 'tool:unshare', 'tool:nft', 'tool:iptables-nft-save', 'kernel:iptables-nft');

const own = (name: string, type: string, prio: number, ...rules: readonly string[]) =>
  `chain ${name} {\ntype ${type} hook output priority ${prio}\n${rules.join('\n')}\n}\n`;
const connect = 'tcp dport 80 dnat to 10.9.0.1:8080';

/** Listens at 10.9.0.1:8080 in a netns of its own, connects to port 80, records. */
const script = (rules: string, folder: string): string => `
mount -t tmpfs none /run
ip link set lo up && ip addr add 10.9.0.1/32 dev lo
nft -f - <<'EOF'
${rules}
EOF
${process.execPath} -e '
  const net = require("net"), { spawnSync } = require("child_process");
  net.createServer((s) => s.end()).listen(8080, "10.9.0.1", () => {
    const say = (text) => () => {
      spawnSync(process.execPath, ["test/support/collect-here.ts", ${JSON.stringify(folder)}]);
      console.log(text);
      process.exit();
    };
    const socket = net.connect({ host: "10.9.0.1", port: 80, timeout: 1500 });
    socket.on("connect", say("connected")).on("error", say("refused")).on("timeout", say("silent"));
  });'
`;

test.each([
  [
    'a base chain of its own',
    `table ip nat {\n${own('out', 'nat', -100, `counter ${connect}`)}}`,
    'connected',
    'delivered',
  ],
  [
    'a rule in a chain of iptables’ name',
    `table ip nat {\n${own('OUTPUT', 'nat', -100, connect)}}`,
    'connected',
    'delivered',
  ],
  [
    'a rule iptables-save prints without its range',
    `table ip filter {\n${own('OUTPUT', 'filter', 0, 'ip daddr 10.9.0.2-10.9.0.9 drop')}}\ntable ip nat {\n${own('out', 'nat', -100, connect)}}`,
    'connected',
    'delivered',
  ],
  [
    'a rule iptables-save prints only half of',
    `table ip filter {\n${own('OUTPUT', 'filter', 0, 'tcp dport 80 meta mark set 4', 'meta mark 4 drop')}}`,
    'silent',
    'dropped',
  ],
])('%s', async (_, rules, kernel, outcome) => {
  const folder = mkdtempSync(join(tmpdir(), 'vethscope-'));
  try {
    const flags = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const ran = spawnSync('unshare', [...flags, 'sh', '-s'], { input: script(rules, folder), encoding: 'utf8' });
    expect(ran.stdout.trim(), ran.stderr).toBe(kernel);
    const trace = await runMain(['trace', 'host', '10.9.0.1:80', '--recording', folder, '--json']);
    expect(JSON.parse(trace.stdout)).toMatchObject({ outcome });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
