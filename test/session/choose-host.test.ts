/** With several hosts a change goes to the one its commands are meant for. */
import { expect, test } from 'vitest';
import type { Finding, Remedy } from '../../src/diagnose/finding.ts';
import type { Host } from '../../src/host/host.ts';
import { hostOf } from '../../src/session/choose-fix.ts';

const hosts = ['swa', 'swb'].map((id) => ({ id })) as unknown as readonly Host[];
const remedyOf = (...commands: readonly object[]) => ({ commands }) as unknown as Remedy;
const seenOn = (netns: string) => ({ evidence: [{ netns }] }) as unknown as Finding;

test('a command in a host’s own netns says which host; else the netns or the evidence does', () => {
  expect(hostOf(hosts, seenOn('swa|0:1'), remedyOf({ argv: ['ip'], host: 'swb' }))?.id).toBe('swb');
  expect(hostOf(hosts, seenOn('swa|0:1'), remedyOf({ argv: ['ip'], netns: 'swb|0:2' }))?.id).toBe('swb');
  expect(hostOf(hosts, seenOn('swa|0:1'), remedyOf({ argv: ['ip'] }))?.id).toBe('swa');
});
