/** Applies, takes back and guards a change in the netns it runs in, and kills itself at a step that a test names. */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { type ApplyOptions, applyRemedy } from '../../src/fix/apply-remedy.ts';
import type { Plan } from '../../src/fix/change.ts';
import { completeChange } from '../../src/fix/complete-change.ts';
import { confirmChange } from '../../src/fix/confirm-change.ts';
import { openJournal } from '../../src/fix/journal/open-journal.ts';
import { undoChange } from '../../src/fix/undo-change.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { startDetached } from '../../src/host/state/start-detached.ts';
import { standGuard } from '../../src/session/stand-guard.ts';

const line = (text: string) => ({ argv: text.split(' ') });

/** Every kind of thing a remedy touches, in a netns with links va and vb and two INPUT rules. */
const commands = [
  'ip link set dev va up',
  'ip addr add 10.1.2.3/24 brd + dev va',
  'ip route add 10.9.0.0/16 via 10.1.2.4 dev va',
  'iptables -w -I INPUT 2 -s 10.9.9.9 -j DROP',
  'sysctl -w net.ipv4.conf.va.rp_filter=2',
].map(line);
const undo = [
  'sysctl -w net.ipv4.conf.va.rp_filter=0',
  'iptables -w -D INPUT -s 10.9.9.9 -j DROP',
  'ip route del 10.9.0.0/16 via 10.1.2.4 dev va',
  'ip addr del 10.1.2.3/24 dev va',
  'ip link set dev va down',
].map(line);
const plan: Plan = {
  finding: 'test',
  title: 'test',
  remedy: 1,
  commands,
  undo,
  shown: { commands: commands.map(({ argv }) => argv), undo: undo.map(({ argv }) => argv) },
};

const [, , what = '', first = '', second = ''] = process.argv;
const tell = (value: unknown): void => void writeSync(1, `${JSON.stringify(value)}\n`);

/** Counts steps; before the one named the process ends as by kill -9. After a step is before the next. */
let step = 0;
const killAt = Number(second || '0');
const pass = (): void => {
  step += 1;
  if (step === killAt) process.kill(process.pid, 'SIGKILL');
};

/** Counts every command of the plan and every line of the journal. */
const openCounted = async () => {
  const [real, journal] = [await openLocalHost(), openJournal()];
  const counted = new Set([...plan.commands, ...plan.undo].map(({ argv }) => argv.join(' ')));
  const host = Object.assign(Object.create(real), {
    change: async (command: (typeof commands)[number]) => {
      if (counted.has(command.argv.join(' '))) pass();
      return real.change(command);
    },
    close: () => real.close(),
  });
  const written = {
    ...journal,
    write: async (...args: Parameters<typeof journal.write>) => {
      pass();
      await journal.write(...args);
    },
  };
  return { host, journal: written };
};

const options = (seconds: number): ApplyOptions => ({
  recheck: async () => ({ findingGone: true }),
  arm: (id) => startDetached(['__revert', id]),
  ...(seconds === 0 ? {} : { confirmWithin: seconds }),
});

const apply = async (seconds: number): Promise<void> => {
  const { host, journal } = await openCounted();
  tell(await applyRemedy(host, journal, plan, options(seconds)));
  await host.close();
};

const complete = async (): Promise<void> => {
  const { host, journal } = await openCounted();
  tell(await completeChange(host, journal, first, options(0)));
  await host.close();
};

/** Holds the lock until its standard input ends. */
const hold = async (): Promise<void> => {
  const lock = await openJournal().lock(20_000);
  tell(lock !== undefined);
  await once(process.stdin.resume(), 'end');
  await lock?.release();
};

const takeBack = async (): Promise<void> => {
  const { host, journal } = await openCounted();
  tell(await undoChange(host, journal, first === '' ? undefined : first));
  await host.close();
};

switch (what) {
  case 'apply':
    await apply(Number(first));
    break;
  case 'hold':
    await hold();
    break;
  case 'complete':
    await complete();
    break;
  case 'undo':
    await takeBack();
    break;
  case 'confirm':
    tell(await confirmChange(openJournal(), first));
    break;
  case '__revert':
    process.on('SIGHUP', () => {});
    await standGuard(first, openLocalHost, new AbortController().signal);
    break;
}
