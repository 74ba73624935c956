import { expect, test } from 'vitest';
import type { Diagnosis, Finding, Remedy } from '../../src/diagnose/finding.ts';
import type { Host } from '../../src/host/host.ts';
import { findReason, hostOf } from '../../src/session/choose-fix.ts';

const finding = (check: string, remedies: readonly Partial<Remedy>[] = [], more: Partial<Finding> = {}): Finding => ({
  id: `${check}:x`,
  check,
  severity: 'error',
  subject: 'x',
  title: check,
  why: '',
  evidence: [],
  remedies: remedies as readonly Remedy[],
  hides: [],
  references: [],
  ...more,
});
const diagnosis = (findings: readonly Finding[], folded: readonly Finding[] = []): Diagnosis => ({
  findings,
  folded,
  gaps: [],
});
const ends = { from: 'web', to: 'db' };
const chosen = (of: Diagnosis) => {
  const found = findReason(of, ends);
  return 'error' in found ? found.error : found.check;
};

test('a root cause that can be mended comes before the symptom it hides', () => {
  expect(chosen(diagnosis([finding('veth-down', [{ automatic: true }])], [finding('connection', [{}])]))).toBe(
    'veth-down',
  );
});

test('a rule that stops several is opened for this connection, not for those it was found with', () => {
  const rule = finding('flow-blocked', [{ automatic: true }]);
  expect(chosen(diagnosis([rule], [finding('connection', [{ automatic: true }])]))).toBe('connection');
  expect(chosen(diagnosis([rule]))).toBe('flow-blocked');
});

test('what vethscope can do itself comes before what it can only tell', () => {
  expect(chosen(diagnosis([finding('a', [{ automatic: false }]), finding('b', [{ automatic: true }])]))).toBe('b');
  expect(chosen(diagnosis([finding('a'), finding('b', [{ automatic: false }])]))).toBe('b');
});

test('where nothing explains it but its own step, what else is wrong is no way out', () => {
  const other = finding('masquerade-missing', [{ automatic: true }]);
  expect(chosen(diagnosis([finding('connection', [{ automatic: false }]), other]))).toBe('connection');
  expect(chosen(diagnosis([finding('connection'), other]))).toBe('connection');
});

test('remarks are no reason', () => {
  expect(chosen(diagnosis([finding('a', [{ automatic: true }], { severity: 'info' })]))).toContain('nothing wrong');
});

const hosts = ['swa', 'swb'].map((id) => ({ id })) as unknown as readonly Host[];
const remedyOf = (...commands: readonly object[]) => ({ commands }) as unknown as Remedy;
const seenOn = (netns: string) => ({ evidence: [{ netns }] }) as unknown as Finding;

test('a command in a host’s own netns says which host; else the netns or the evidence does', () => {
  expect(hostOf(hosts, seenOn('swa|0:1'), remedyOf({ argv: ['ip'], host: 'swb' }))?.id).toBe('swb');
  expect(hostOf(hosts, seenOn('swa|0:1'), remedyOf({ argv: ['ip'], netns: 'swb|0:2' }))?.id).toBe('swb');
  expect(hostOf(hosts, seenOn('swa|0:1'), remedyOf({ argv: ['ip'] }))?.id).toBe('swa');
});
