import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/session.ts';
import { storyGraph } from '../../support/story-graph.ts';
import { type Driver, type DriverOptions, drive } from '../../support/ui-driver.ts';

const graph = storyGraph();

const counted = (id: string): Finding => ({
  id,
  check: id,
  severity: 'warning',
  subject: 'this host',
  title: `title of ${id}`,
  why: 'the counter rose by 7',
  evidence: [],
  remedies: [
    {
      n: 1,
      title: 'Raise it',
      changes: 'a limit',
      scope: 'host',
      risk: 'none',
      riskLevel: 'low',
      cutsConnection: false,
      persistence: 'lost at reboot',
      commands: [{ argv: ['sysctl', '-w', 'a.b=2'] }],
      undo: [],
      automatic: true,
      steps: [],
    },
  ],
  hides: [],
  references: [],
});

const start = (options: DriverOptions = {}): Driver =>
  drive(graph, { live: true, readOnly: true, diagnosed: true, ...options }).press('7');

const counting = (): Driver => start().press('d').send({ kind: 'counting', since: graph, at: '12:00:01' });

describe('d in the findings', () => {
  test('takes a first picture, then says what was lost since; reading is all it does', () => {
    const screen = counting();
    expect(screen.effects()).toEqual([{ kind: 'begin-count' }]);
    expect(screen.text()).toContain('counting since 12:00:01: let it happen, then press d again');
    expect(screen.press('d').effects()).toContainEqual({ kind: 'end-count', since: graph });
    screen.send({ kind: 'counted', answer: [counted('drops')], at: '12:00:31' }).press('g');
    expect(screen.text()).toMatch(/! counted from 12:00:01 to 12:00:31: 1 finding\n▌! title of drops/);
    expect(screen.text()).toContain('the counter rose by 7');
  });

  test('says that nothing was lost', () => {
    const screen = counting().press('d').send({ kind: 'counted', answer: [], at: '12:00:31' });
    expect(screen.text()).toContain('✓ counted from 12:00:01 to 12:00:31: nothing was lost');
  });

  test('keeps what was counted when the host changes, and shows it once if it is found anyway', () => {
    const screen = counting()
      .press('d')
      .send({ kind: 'counted', answer: [counted('drops')], at: '12:00:31' });
    screen.update(storyGraph()).diagnose();
    expect(screen.text()).toContain('title of drops');
    screen.send({
      kind: 'diagnosis',
      graph,
      diagnosis: { findings: [counted('drops')], folded: [], gaps: [] },
    });
    expect(screen.text().match(/^[▌ ]! title of drops/gm)).toHaveLength(1);
  });

  test('its remedies are read and copied, not applied: a fix starts from one picture', () => {
    const screen = counting()
      .press('d')
      .send({ kind: 'counted', answer: [counted('drops')], at: '12:00:31' });
    expect(screen.press('g', 'f').text()).toContain('fix: it was counted');
    expect(screen.text()).toContain('sysctl -w a.b=2');
  });

  test('does nothing on a recording, and not twice at once', () => {
    expect(start({ live: false }).press('d').text()).toContain('this is a recording: it does not change');
    const twice = start().press('d', 'd');
    expect(twice.effects()).toEqual([{ kind: 'begin-count' }]);
    expect(twice.text()).toContain('the host is being read');
  });
});
