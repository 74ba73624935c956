/** Events of an engine: which matter, and what happens when the engine is restarted. */
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { eventsOfLine, followEngine } from '../../../src/host/engines/follow-engine.ts';
import type { HostEvent } from '../../../src/host/host.ts';
import { type FakeEngine, startFakeEngine } from '../../support/fake-engine.ts';

const line = (Type: string, Action: string, ID = 'c1', Attributes = {}) =>
  JSON.stringify({ Type, Action, Actor: { ID, Attributes } });

describe('a line of events', () => {
  test('about a container names it', () => {
    expect(eventsOfLine(line('container', 'start'), '/s')).toEqual([
      { kind: 'engine', socket: '/s', about: 'container', action: 'start', id: 'c1' },
    ]);
  });

  test('about joining a network names the network and the container', () => {
    expect(eventsOfLine(line('network', 'connect', 'n1', { container: 'c1' }), '/s')).toMatchObject([
      { about: 'network', id: 'n1' },
      { about: 'container', id: 'c1' },
    ]);
  });

  test.each([
    'exec_create: sh -c true',
    'exec_start: sh',
    'exec_die',
    'health_status: healthy',
    'attach',
    'resize',
    'top',
  ])('about %s is of no interest to networks', (action) => {
    expect(eventsOfLine(line('container', action), '/s')).toEqual([]);
  });

  test.each(['died', 'remove', 'rename', 'pause', 'die', 'destroy'])('about %s is', (action) => {
    expect(eventsOfLine(line('container', action), '/s')).toHaveLength(1);
  });

  test.each(['', '{', 'null', '7', '{"Type":7}', line('image', 'pull'), line('volume', 'mount')])(
    '%s says nothing',
    (text) => {
      expect(eventsOfLine(text, '/s')).toEqual([]);
    },
  );
});

describe('following an engine', () => {
  let engine: FakeEngine | undefined;
  afterEach(async () => {
    await engine?.stop();
    engine = undefined;
  });

  test('hears it, tells when it is lost, finds it again and asks for everything anew', async () => {
    const streams: ServerResponse[] = [];
    const events = (_: unknown, response: ServerResponse) => {
      response.writeHead(200);
      // Half a line now, half later: a stream is not cut where lines end.
      response.write(`${line('container', 'start')}\n{"Type":"container",`);
      streams.push(response);
    };
    engine = await startFakeEngine({ '/events': events });
    const heard: HostEvent[] = [];
    const following = followEngine({ kind: 'docker', socket: engine.socket }, (some) => heard.push(...some));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    streams[0]?.write('"Action":"die","Actor":{"ID":"c2"}}\n');
    await vi.waitFor(() =>
      expect(heard).toMatchObject([
        { id: 'c1', action: 'start' },
        { id: 'c2', action: 'die' },
      ]),
    );
    streams[0]?.destroy();
    await vi.waitFor(() =>
      expect(heard.slice(2, 4)).toMatchObject([
        { kind: 'gap', gap: { reason: 'vanished' } },
        { about: 'daemon', action: 'lost' },
      ]),
    );
    await vi.waitFor(
      () => expect(heard.slice(4)).toMatchObject([{ kind: 'resync' }, { id: 'c1', action: 'start' }]),
      5000,
    );
    await following.stop();
    expect(streams).toHaveLength(2);
  });

  test('ends at once when told, also while it waits to try again', async () => {
    const heard: HostEvent[] = [];
    const following = followEngine({ kind: 'docker', socket: '/nowhere/engine.sock' }, (some) => heard.push(...some));
    await vi.waitFor(() => expect(heard).not.toEqual([]));
    await following.stop();
    expect(heard).toMatchObject([{ kind: 'gap' }, { about: 'daemon' }]);
  });
});
