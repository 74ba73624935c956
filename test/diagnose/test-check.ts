/** Tries one check: what it must find, and the look-alikes it must keep silent about. */
import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/diagnose/check.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Problem } from '../../src/diagnose/finding.ts';
import { buildHostView, type Earlier } from '../../src/diagnose/host-view.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { type Draft, healthyHost } from './healthy-host.ts';

type Change = (draft: Draft) => void;

export interface CheckTests {
  /** Story → how the healthy host is broken. */
  readonly finds: Readonly<Record<string, Change>>;
  /** Look-alike → how the healthy host is changed without being broken. */
  readonly ignores: Readonly<Record<string, Change>>;
  /** The finding is no root cause on its own, or another one comes first in these stories. */
  readonly notFirst?: readonly string[];
}

export function findWith(check: Check, change?: Change): readonly Problem[] {
  const snapshot = healthyHost(change);
  return check.find(buildHostView(buildGraph([snapshot]), snapshot, earlierFor(check)));
}

/** Checks that compare two pictures get the healthy host as the first. */
function earlierFor(check: Check): Earlier | undefined {
  const graph = buildGraph([healthyHost()]);
  const home = [...graph.netns.values()].find(({ facts }) => facts.isHost);
  return check.comparesPictures && home !== undefined ? { home, seconds: 5 } : undefined;
}

/** What every finding owes its reader. */
function expectComplete(problem: Problem): void {
  expect(problem.title).not.toMatch(/undefined|NaN|\[object/);
  expect(problem.why).not.toMatch(/undefined|NaN|\[object/);
  expect(problem.evidence.length).toBeGreaterThan(0);
  for (const { fact, source } of problem.evidence) expect(`${fact} | ${source}`).not.toMatch(/undefined|NaN|\[object/);
  for (const remedy of problem.remedies) {
    expect(remedy.persistence).not.toBe('');
    expect(remedy.risk).not.toBe('');
    expect(remedy.commands.length + remedy.steps.length).toBeGreaterThan(0);
    for (const { argv } of [...remedy.commands, ...remedy.undo]) {
      // argv, never a shell line.
      for (const word of argv) expect(word).toMatch(/^[^;&|<>`\n]+$/);
    }
    if (remedy.automatic) {
      expect(remedy.commands.length).toBeGreaterThan(0);
      // Rules of nft have a number only once they are there: the table itself is kept and put back.
      if (!remedy.commands.every(({ argv }) => argv[0] === 'nft')) expect(remedy.undo.length).toBeGreaterThan(0);
    }
  }
}

export function testCheck(check: Check, { finds, ignores, notFirst = [] }: CheckTests): void {
  describe(check.id, () => {
    test('keeps silent on a healthy host', () => {
      expect(findWith(check)).toEqual([]);
    });
    for (const [story, change] of Object.entries(finds)) {
      test(`finds: ${story}`, () => {
        const problems = findWith(check, change);
        expect(problems.length).toBeGreaterThan(0);
        for (const problem of problems) expectComplete(problem);
        const worst = problems[0]!.severity ?? check.severity;
        if (worst === 'info' || worst === 'security' || notFirst.includes(story)) return;
        const earlier = { graph: buildGraph([healthyHost()]), seconds: 5 };
        const found = diagnose(buildGraph([healthyHost(change)]), { earlier }).findings.filter(
          (finding) => finding.severity !== 'info',
        );
        expect(found.map((finding) => finding.check)[0]).toBe(check.id);
      });
    }
    for (const [lookAlike, change] of Object.entries(ignores)) {
      test(`is silent about ${lookAlike}`, () => {
        expect(findWith(check, change)).toEqual([]);
      });
    }
  });
}
