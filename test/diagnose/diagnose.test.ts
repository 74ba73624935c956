/** A healthy host has nothing to report; consequences fold under their cause. */
import { expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { loadRecording } from '../support/load-recording.ts';
import { healthyHost } from './healthy-host.ts';

const aboveInfo = (snapshot: Parameters<typeof buildGraph>[0][number]) =>
  diagnose(buildGraph([snapshot]))
    .findings.filter((finding) => finding.severity !== 'info')
    .map((finding) => `${finding.id}: ${finding.title}`);

test('a healthy host has nothing to report', () => {
  expect(diagnose(buildGraph([healthyHost()]))).toEqual({ findings: [], folded: [], gaps: [] });
});

test.each([
  'docker-28-standard',
  'docker-28-noproxy',
  'docker-26-standard',
  'docker-20-standard',
  'docker-20-legacy',
  'docker-20.10.5-standard',
])('the healthy host of recording %s has nothing above a remark', async (name) => {
  expect(aboveInfo(await loadRecording(name))).toEqual([]);
});

test('a bridge that is down hides what follows from it', () => {
  const found = diagnose(
    buildGraph([
      healthyHost((draft) => {
        draft.link(draft.host, 'br-app').flags = ['BROADCAST', 'MULTICAST'];
        draft.link(draft.host, 'br-app').operstate = 'DOWN';
      }),
    ]),
  );
  expect(found.findings.map((finding) => finding.id)).toEqual(['bridge-down:br-app']);
  expect(found.findings[0]!.hides).toEqual(found.folded.map((finding) => finding.id));
  expect(found.folded.length).toBeGreaterThan(0);
});

test('facts that were not read leave checks undecided, and a gap says so', () => {
  const found = diagnose(
    buildGraph([
      healthyHost((draft) => {
        delete draft.host.ruleset;
      }),
    ]),
  );
  expect(found.findings).toEqual([]);
  expect(found.gaps.map((gap) => gap.source)).toEqual(['doctor: ruleset']);
  expect(found.gaps[0]!.detail).toMatch(/masquerade-missing/);
});

test('ids are the same from run to run and unique', () => {
  const broken = () =>
    diagnose(
      buildGraph([
        healthyHost((draft) => {
          draft.webContainer.state = 'paused';
          draft.dbContainer.state = 'paused';
        }),
      ]),
    ).findings.map((finding) => finding.id);
  expect(broken()).toEqual(['container-not-serving:db', 'container-not-serving:web']);
  expect(broken()).toEqual(broken());
});
