import { describe, expect, test } from 'vitest';
import type { ProbeChoice } from '../../../src/diagnose/probe-questions.ts';
import type { Finding } from '../../../src/session.ts';
import { storyGraph } from '../../support/story-graph.ts';
import { type Driver, type DriverOptions, drive } from '../../support/ui-driver.ts';

const graph = storyGraph();
const [container] = graph.containers.values();

const questionTo = (to: string) => ({ from: 'web', to, text: `web → ${to}`, container: container! });
const choice: ProbeChoice = { questions: [questionTo('db'), questionTo('cache')], left: 3 };

const failed: Finding = {
  id: 'probe-failed:web:db',
  check: 'probe-failed',
  severity: 'error',
  subject: 'web',
  title: 'web → db fails, and nothing that was read says why',
  why: 'nobody answered',
  evidence: [],
  remedies: [],
  hides: [],
  references: [],
};

const start = (options: DriverOptions = {}): Driver =>
  drive(graph, { live: true, readOnly: false, diagnosed: true, ...options }).press('7');

const planned = (): Driver => start().press('L').send({ kind: 'probe-plan', choice });

const sent = (screen: Driver) => screen.effects().filter(({ kind }) => kind === 'probe');

describe('L in the findings', () => {
  test('shows what would be tried, and sends nothing before y', () => {
    const screen = planned();
    expect(screen.text()).toMatch(/web → db +db\n.*web → cache/);
    expect(screen.text()).toContain('3 more kinds of connections are left out');
    expect(sent(screen)).toEqual([]);
    expect(sent(screen.press('enter', 'a', 'L'))).toEqual([]);
    expect(screen.press('esc').state().mend).toBeUndefined();
    expect(sent(screen.press('y'))).toEqual([]);
  });

  test('sends what was shown, tells how far it is, and can be ended', () => {
    const screen = planned().press('y');
    expect(sent(screen)).toEqual([{ kind: 'probe', choice }]);
    screen.send({ kind: 'probe-progress', progress: 'web → db', sent: 1 });
    expect(screen.text()).toContain('trying 1 of 2: web → db');
    expect(screen.press('L').effects()).toContainEqual({ kind: 'stop-probe' });
    expect(screen.text()).toContain('ending after this one');
  });

  test('puts what failed first among the findings, with its reason', () => {
    const screen = planned()
      .press('y')
      .send({ kind: 'probed', answer: { findings: [failed], gaps: [], asked: 2 }, at: '12:00:01' })
      .press('g');
    expect(screen.text()).toMatch(/✗ tried 2 connections at 12:00:01: 1 failed\n▌✗ web → db fails/);
    expect(screen.text()).toContain('nobody answered');
  });

  test('says that all is well, or why nothing was tried', () => {
    const well = planned().press('y');
    well.send({ kind: 'probed', answer: { findings: [], gaps: [], asked: 2 }, at: '12:00:01' });
    expect(well.text()).toContain('✓ tried 2 connections at 12:00:01: none fails that should work');
    const refused = planned()
      .press('y')
      .send({ kind: 'probed', answer: { error: 'no root' }, at: '12:00:01' });
    expect(refused.text()).toContain('not tried: no root');
  });

  test('is refused on a recording and where nothing may be sent', () => {
    expect(start({ live: false }).press('L').text()).toContain('this is a recording: no packet can be sent there');
    expect(start({ readOnly: true }).press('L').text()).toContain('read-only: it sends packets');
    expect(start({ readOnly: true }).press('L').effects()).toEqual([]);
  });

  test('has nothing to confirm where nothing can be tried', () => {
    const screen = start().press('L');
    screen.send({ kind: 'probe-plan', choice: { questions: [], left: 0 } }).press('y');
    expect(screen.text()).toContain('There is nothing to try');
    expect(sent(screen)).toEqual([]);
  });
});
