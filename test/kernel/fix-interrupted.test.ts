import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { Change } from '../../src/fix/change.ts';
import { requires } from '../support/requires.ts';
import { type FixNetwork, makeCgroup, makeFixNetwork } from './fix-network.ts';

const killable = requires('root', 'tool:ip', 'tool:iptables', 'tool:nsenter', 'kernel:veth', 'kernel:cgroup_kill');
const root = requires('root', 'tool:ip', 'tool:iptables', 'tool:nsenter', 'kernel:veth', 'kernel:iptables-nft');

/** Every line of the journal (planned, two for each command, applied, checked, kept) and every command. */
const steps = 1 + 5 * 2 + 3 + 5;

/** Undoing, two for each command, undone. */
const undoSteps = 1 + 5 * 2 + 1;
const completionSteps = undoSteps + steps;

root.describe('a change in a netns of its own', () => {
  let network: FixNetwork;
  beforeEach(() => {
    network = makeFixNetwork();
  });
  afterEach(() => network.remove());

  root.test('is applied, and taken back byte for byte', async () => {
    const before = network.state();
    expect(await network.change('apply', '0')).toMatchObject({ state: 'verified' });
    expect(network.state()).not.toBe(before);
    expect(await network.change('undo')).toMatchObject({ state: 'undone' });
    expect(network.state()).toBe(before);
  });

  root.test(
    'killed at any step is found, and taken back byte for byte',
    async () => {
      const before = network.state();
      let survived = 0;
      for (let step = 1; step <= steps; step++) {
        const printed = await network.change('apply', '0', String(step));
        if (printed !== undefined) survived += 1;
        const last = (await network.journal()).at(-1);
        const known = last !== undefined && last.state !== 'undone';
        // Before its first line is on the disk nothing may have been touched.
        if (!known) expect(network.state(), `step ${step}`).toBe(before);
        else {
          expect(['interrupted', 'verified'], `step ${step}`).toContain(last.state);
          expect(await network.change('undo'), `step ${step}`).toMatchObject({ id: last.id, state: 'undone' });
        }
        expect(network.state(), `step ${step}`).toBe(before);
      }
      // All steps there are, and not one more.
      expect(survived).toBe(0);
      expect(await network.change('apply', '0', String(steps + 1))).toMatchObject({ state: 'verified' });
    },
    240_000,
  );

  root.test(
    'killed at any step can be completed, and then taken back byte for byte',
    async () => {
      const completeFrom = async (one: FixNetwork, first: number): Promise<void> => {
        const before = one.state();
        await one.change('apply', '0');
        const applied = one.state();
        await one.change('undo');
        for (let step = first; step <= steps; step += 2) {
          await one.change('apply', '0', String(step));
          const last = (await one.journal()).at(-1);
          if (last?.state === 'interrupted') {
            const completed = (await one.change('complete', last.id ?? '')) as Change;
            expect(completed, `step ${step}`).toMatchObject({ state: 'verified' });
            expect(completed.id).not.toBe(last.id);
          }
          expect(one.state(), `step ${step}`).toBe(applied);
          expect(await one.change('undo'), `step ${step}`).toMatchObject({ state: 'undone' });
          expect(one.state(), `step ${step}`).toBe(before);
        }
      };
      const other = makeFixNetwork();
      try {
        // Side by side: each netns has a lock of its own.
        await Promise.all([completeFrom(network, 2), completeFrom(other, 3)]);
      } finally {
        other.remove();
      }
    },
    360_000,
  );

  root.test(
    'whose completion is killed at any step is still found, and completed or taken back',
    async () => {
      const before = network.state();
      await network.change('apply', '0');
      const applied = network.state();
      await network.change('undo');
      await network.change('apply', '0', '8');
      // Every second: a step and the one before differ by one line of the journal or one command.
      for (let step = 1; step <= completionSteps; step += 2) {
        const last = (await network.journal()).at(-1);
        if (last?.state !== 'interrupted') {
          // Between the end of the old and the beginning of the new all is as it was before.
          expect(network.state(), `step ${step}`).toBe(before);
          await network.change('apply', '0', '8');
        }
        await network.change('complete', (await network.journal()).at(-1)?.id ?? '', String(step));
      }
      const last = (await network.journal()).at(-1);
      expect(await network.change('complete', last?.id ?? '')).toMatchObject({ state: 'verified' });
      expect(network.state()).toBe(applied);
      expect(await network.change('undo')).toMatchObject({ state: 'undone' });
      expect(network.state()).toBe(before);
    },
    360_000,
  );

  root.test(
    'whose undo is killed at any step is taken back in the end',
    async () => {
      const before = network.state();
      await network.change('apply', '0');
      for (let step = 1; step <= undoSteps; step++)
        expect(await network.change('undo', '', String(step)), `step ${step}`).toBeUndefined();
      const last = (await network.journal()).at(-1);
      if (last?.state !== 'undone') expect(await network.change('undo')).toMatchObject({ state: 'undone' });
      expect(network.state()).toBe(before);
    },
    360_000,
  );

  root.test('that was interrupted must be settled before another begins', async () => {
    await network.change('apply', '0', '5');
    const second = (await network.change('apply', '0')) as Change;
    expect(second.state).toBe('failed');
    expect(second.detail).toMatch(/^change [0-9a-f]{8} .* is interrupted/);
    expect((await network.journal()).map(({ state }) => state)).toEqual(['interrupted']);
  });

  root.test('is not taken back when what it touched has moved on', async () => {
    await network.change('apply', '0');
    network.run('iptables', '-A', 'INPUT', '-s', '192.0.2.3', '-j', 'DROP');
    const moved = network.state();
    const answer = (await network.change('undo')) as Change;
    expect(answer.state).toBe('failed');
    expect(answer.detail).toContain('chain INPUT of table filter (iptables) has changed since');
    expect(answer.detail).toContain('192.0.2.3');
    expect(network.state()).toBe(moved);
  });

  root.test('is still taken back when only other things moved on', async () => {
    await network.change('apply', '0');
    network.run('iptables', '-A', 'OUTPUT', '-d', '192.0.2.3', '-j', 'DROP');
    expect(await network.change('undo')).toMatchObject({ state: 'undone' });
    expect(network.run('iptables-save')).toContain('-A OUTPUT -d 192.0.2.3/32 -j DROP');
  });

  root.test('waits for another vethscope of the same netns, also for one with a journal of its own', async () => {
    const holder = network.hold();
    await holder.held;
    const refused = (await network.change('apply', '0')) as Change;
    expect(refused).toMatchObject({ state: 'failed', detail: expect.stringContaining('another vethscope') });
    await holder.release();
    expect(await network.change('apply', '0')).toMatchObject({ state: 'verified' });
  });

  root.test('of two at once one waits or gives up, and neither tramples the other', async () => {
    const [one, two] = (await Promise.all([network.change('apply', '0'), network.change('apply', '0')])) as Change[];
    // The second finds the work of the first done: its commands fail, and what it did is taken back.
    expect([one?.state, two?.state].filter((state) => state === 'verified')).toHaveLength(1);
    const verified = [one, two].find((change) => change?.state === 'verified');
    expect(await network.change('undo', verified?.id ?? '')).toMatchObject({ state: 'undone' });
  });
});

root.describe('a change that waits for its confirmation', () => {
  let network: FixNetwork;
  beforeEach(() => {
    network = makeFixNetwork();
  });
  afterEach(() => network.remove());

  const isBack = (before: string) =>
    vi.waitFor(() => expect(network.state()).toBe(before), { timeout: 40_000, interval: 200 });

  root.test(
    'is taken back when nobody confirms, though terminal and program are killed',
    async () => {
      const before = network.state();
      const running = network.begin('apply', '4');
      await vi.waitFor(() => expect(network.run('iptables-save')).toContain('10.9.9.9'), {
        timeout: 20_000,
        interval: 20,
      });
      await running.kill();
      await isBack(before);
      await vi.waitFor(async () => expect((await network.journal()).map(({ state }) => state)).toEqual(['undone']), {
        timeout: 20_000,
      });
    },
    90_000,
  );

  killable.test(
    'is taken back when the whole cgroup it began in is killed, as at the end of a login session',
    async () => {
      const before = network.state();
      const group = makeCgroup();
      try {
        const running = network.begin('apply', '4');
        group.move(running.pid);
        await vi.waitFor(() => expect(network.run('iptables-save')).toContain('10.9.9.9'), {
          timeout: 20_000,
          interval: 20,
        });
        group.kill();
        await running.printed.catch(() => undefined);
        await isBack(before);
      } finally {
        await group.remove();
      }
    },
    90_000,
  );

  root.test(
    'is taken back by itself when it was killed half way',
    async () => {
      const before = network.state();
      await network.change('apply', '2', '6');
      expect(network.state()).not.toBe(before);
      await isBack(before);
    },
    90_000,
  );

  root.test(
    'stays when it is confirmed in time',
    async () => {
      const change = (await network.change('apply', '3')) as Change;
      expect(change.state).toBe('awaiting-confirmation');
      expect(change.confirmBefore).toMatch(/^\d{4}-\d\d-\d\dT/);
      const applied = network.state();
      expect(await network.change('confirm', change.id ?? '')).toMatchObject({ state: 'verified' });
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(network.state()).toBe(applied);
      expect((await network.journal()).map(({ state }) => state)).toEqual(['verified']);
    },
    90_000,
  );

  root.test(
    'can be taken back at once',
    async () => {
      const before = network.state();
      const change = (await network.change('apply', '30')) as Change;
      expect(await network.change('undo', change.id ?? '')).toMatchObject({ state: 'undone' });
      expect(network.state()).toBe(before);
    },
    90_000,
  );
});
