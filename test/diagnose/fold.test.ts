/** Consequences go under their cause; what a cause does not explain stays in sight. */
import { expect, test } from 'vitest';
import type { Check } from '../../src/diagnose/check.ts';
import type { Affected, Case, Severity } from '../../src/diagnose/finding.ts';
import { type Found, fold } from '../../src/diagnose/fold.ts';

const at = (...names: string[]) => names as unknown as Affected[];

function found(id: string, severity: Severity, affects: Affected[], hides?: readonly string[], cases?: Case[]): Found {
  const finding = {
    id,
    check: id,
    severity,
    subject: id,
    title: id,
    why: id,
    evidence: [],
    remedies: [],
    hides: [],
    references: [],
  };
  const check: Check = {
    id,
    severity,
    about: '',
    not: [],
    references: [],
    needs: [],
    find: () => [],
    ...(hides === undefined ? {} : { hides }),
  };
  return { finding, check, affects, ...(cases === undefined ? {} : { cases }) };
}

const roots = (...all: Found[]) => fold(all).roots.map((one) => [one.id, one.hides]);

test('a consequence that shares an object is folded', () => {
  expect(roots(found('cause', 'error', at('web'), ['effect']), found('effect', 'error', at('web')))).toEqual([
    ['cause', ['effect']],
  ]);
});

test('the same kind of problem elsewhere is not', () => {
  expect(roots(found('cause', 'error', at('web'), ['effect']), found('effect', 'error', at('db')))).toEqual([
    ['cause', []],
    ['effect', []],
  ]);
});

test('a remark hides no fault, and nothing hides an exposure', () => {
  expect(roots(found('remark', 'info', at('web'), ['fault']), found('fault', 'error', at('web')))).toEqual([
    ['remark', []],
    ['fault', []],
  ]);
  expect(roots(found('fault', 'error', at('web'), ['open']), found('open', 'security', at('web')))).toEqual([
    ['fault', []],
    ['open', []],
  ]);
});

test('a chain of causes folds under its first link', () => {
  expect(
    roots(found('a', 'error', at('web'), ['b']), found('b', 'error', at('web'), ['c']), found('c', 'error', at('web'))),
  ).toEqual([['a', ['b', 'c']]]);
});

test('two that name each other do not vanish together', () => {
  expect(roots(found('a', 'error', at('web'), ['b']), found('b', 'error', at('web'), ['a']))).toEqual([['a', ['b']]]);
});

const lost = (...affects: Affected[]): Case => ({ affects, kind: 'out', inReply: false, endsAt: 'elsewhere' });

test('a summary is folded only when the cause explains every case of it', () => {
  const cause = found('cause', 'error', at('web'), ['flows']);
  expect(
    roots(cause, found('flows', 'error', at('web', 'db'), undefined, [lost(...at('web')), lost(...at('web', 'db'))])),
  ).toEqual([['cause', ['flows']]]);
  expect(
    roots(cause, found('flows', 'error', at('web', 'db'), undefined, [lost(...at('web')), lost(...at('db'))])),
  ).toEqual([
    ['cause', []],
    ['flows', []],
  ]);
});

test('what a rule stops is folded only under what leads packets to rules', () => {
  const cause = found('cause', 'error', at('web'), ['flows']);
  const stopped = found('flows', 'error', at('web'), undefined, [{ ...lost(...at('web')), endsAt: 'rule' }]);
  const fold = (more: Partial<Check>) => roots({ ...cause, check: { ...cause.check, ...more } }, stopped);
  const alone = [
    ['cause', []],
    ['flows', []],
  ];
  expect(fold({})).toEqual(alone);
  expect(fold({ leadsTo: 'engine' })).toEqual(alone);
  expect(fold({ leadsTo: 'rule' })).toEqual([['cause', ['flows']]]);
  expect(fold({ leadsTo: 'rule', breaks: ['published'] })).toEqual(alone);
  expect(fold({ leadsTo: 'rule', breaksAnswers: true })).toEqual(alone);
});
