import { afterAll, beforeAll, expect } from 'vitest';
import { IMAGE } from '../lab/daemon.ts';
import { type LabHost, startLabHost } from '../lab/lab-host.ts';
import { askJson, PROGRAM } from '../lab/vethscope.ts';
import { requires } from '../support/requires.ts';

interface Document {
  readonly gaps: readonly { readonly source: string; readonly reason: string; readonly howToSee?: string }[];
  readonly rows: readonly Row[];
  readonly matches: readonly unknown[];
}

interface Row {
  readonly netns: { readonly inode: number; readonly name: string };
  readonly ifindex: number;
  readonly ifname: string;
  readonly kind: string;
  readonly name?: string;
  readonly peer?: { readonly ifindex: number; readonly netns: { readonly inode: number } };
}

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const keyOf = (row: { readonly ifindex: number; readonly netns: { readonly inode: number } }): string =>
  `${row.netns.inode}#${row.ifindex}`;

const docker = requires('docker');

docker.describe('on a host with Docker', () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await startLabHost({ docker: true });
    await host.docker('run', '-d', '--name', 'web', '-p', '8080:80', IMAGE);
  });
  afterAll(() => host?.stop());

  docker.test('a user without privileges sees what /proc tells, and what he does not see, by name', async () => {
    const { code, document } = await askJson<Document>(host, ['list', 'links'], { as: NOBODY });
    expect(code).toBe(0);
    expect(document.rows.map((row) => row.ifname)).toEqual(expect.arrayContaining(['lo', 'docker0']));
    expect(document.gaps.some((gap) => gap.reason === 'forbidden' && gap.howToSee !== undefined)).toBe(true);
  });

  docker.test(
    'a user without privileges is told that a container cannot be found, not that there is none',
    async () => {
      const { code, document } = await askJson<Document>(host, ['locate', 'web'], { as: NOBODY });
      expect(document.matches).toEqual([]);
      expect(code).toBe(3);
    },
  );

  docker.test('containers that come and go while we look leave a consistent picture', async () => {
    const churn = host.run(
      [
        'sh',
        '-c',
        `for i in $(seq 30); do docker run -d --rm --name churn$i ${IMAGE} sleep 0.$((i % 5)) || exit 1; done`,
      ],
      { timeoutMs: 110_000 },
    );
    let ended = false;
    void churn.finally(() => {
      ended = true;
    });
    let looks = 0;
    while (!ended) {
      const { code, document } = await askJson<Document>(host, ['list', 'links']);
      expect(code).toBe(0);
      const known = new Set(document.rows.map(keyOf));
      const dangling = document.rows.filter((row) => row.peer !== undefined && !known.has(keyOf(row.peer)));
      expect(dangling).toEqual([]);
      looks += 1;
    }
    await churn;
    expect(looks).toBeGreaterThan(5);
  });
});

const plain = requires('root', 'tool:unshare', 'tool:nsenter', 'tool:ip', 'kernel:bridge');

plain.describe('on a host without any engine', () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await startLabHost();
    await host.run(['ip', '-batch', '-'], {
      stdin: 'netns add left\nnetns add right\nlink add l0 netns left type veth peer name r0 netns right\n',
    });
  });
  afterAll(() => host?.stop());

  plain.test('the wiring is shown all the same, and no gap is made of the missing engine', async () => {
    const { code, document } = await askJson<Document>(host, ['list', 'links']);
    expect(code).toBe(0);
    const left = document.rows.find((row) => row.ifname === 'l0');
    const right = document.rows.find((row) => row.ifname === 'r0');
    expect(left?.peer && keyOf(left.peer)).toBe(right && keyOf(right));
    expect(document.gaps).toEqual([]);
  });

  /** What an engine's socket may do to whoever asks: code of a server that has `socket` (a connection) in scope. */
  const BEHAVIOURS: readonly (readonly [title: string, code: string, reason: string])[] = [
    ['says nothing', '', 'slow'],
    ['closes at once', 'socket.destroy()', 'invalid'],
    ['speaks another language', 'socket.end("220 mail.example ESMTP\\r\\n")', 'invalid'],
    ['answers with a web page', 'answer("text/html", "<html>hello</html>")', 'invalid'],
    ['breaks off in the middle of its JSON', 'answer("application/json", "{\\"Version\\":\\"2", 100)', 'invalid'],
    ['never ends its answer', 'setInterval(() => socket.write("a".repeat(65536)), 1)', 'invalid'],
  ];

  for (const [title, code, reason] of BEHAVIOURS) {
    plain.test(`an engine that ${title} is a gap, and the wiring is shown`, async () => {
      const server = `const answer = (type, body, length = body.length) =>
          socket.end('HTTP/1.1 200 OK\\r\\ncontent-type: ' + type + '\\r\\ncontent-length: ' + length + '\\r\\n\\r\\n' + body);
        socket.on('error', () => {}); socket.once('data', () => { ${code} });`;
      const script = `require('fs').rmSync('/run/docker.sock', { force: true });
        require('net').createServer((socket) => { ${server} }).listen('/run/docker.sock', () => console.log(process.pid))`;
      const start = [
        'sh',
        '-c',
        '"$@" >/run/engine.pid 2>&1 & until test -s /run/engine.pid; do sleep 0.05; done; cat /run/engine.pid',
      ];
      const pid = (await host.run([...start, 'sh', PROGRAM[0] ?? '', '-e', script])).stdout.trim();
      try {
        const { document } = await askJson<Document>(host, ['list', 'links']);
        expect(document.rows.map((row) => row.ifname)).toEqual(expect.arrayContaining(['l0', 'r0']));
        expect(document.gaps.map((gap) => gap.reason)).toContain(reason);
      } finally {
        await host.run(['sh', '-c', 'kill -9 "$0"; rm -f /run/docker.sock /run/engine.pid', pid]);
      }
    });
  }
});

plain.describe('on a host with a thousand netns', () => {
  const COUNT = 1000;
  plain.test('every pair of links is resolved, though all inner ends have the same ifindex', async () => {
    const host = await startLabHost();
    try {
      const numbers = Array.from({ length: COUNT }, (_, n) => n);
      const lines = numbers.map((n) => `netns add n${n}\nlink add v${n} type veth peer name eth0 netns n${n}`);
      await host.run(['ip', '-batch', '-'], { stdin: `${lines.join('\n')}\n`, timeoutMs: 120_000 });
      const { code, document } = await askJson<Document>(host, ['list', 'links']);
      expect(code).toBe(0);
      const names = new Map(document.rows.map((row) => [keyOf(row), `${row.netns.name} ${row.ifname}`]));
      const inner = document.rows.filter((row) => row.ifname === 'eth0');
      expect(inner).toHaveLength(COUNT);
      for (const row of inner) expect(row.peer && names.get(keyOf(row.peer))).toBe(`host v${row.netns.name.slice(1)}`);
      expect(new Set(inner.map((row) => row.ifindex)).size).toBe(1);
    } finally {
      await host.stop();
    }
  });
});
