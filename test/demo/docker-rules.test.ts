import { describe, expect, test } from 'vitest';
import { dockerRules } from '../../src/demo/docker-rules.ts';
import { shop } from '../../src/demo/shop.ts';
import { findStory } from '../../src/demo/stories.ts';

describe('the rules of a demo world', () => {
  test('publish the port of a container', () => {
    expect(dockerRules(shop)).toContain('--dport 8080 -j DNAT --to-destination 172.30.0.2:80\n');
    expect(dockerRules(shop)).toContain(
      '-d 172.30.0.2/32 ! -i br-front -o br-front -p tcp -m tcp --dport 80 -j ACCEPT\n',
    );
  });

  test('let containers of one network talk, and not across networks', () => {
    expect(dockerRules(shop)).toContain('-A FORWARD -i br-back -o br-back -j ACCEPT\n');
    expect(dockerRules(shop)).toContain('-A DOCKER-ISOLATION-STAGE-2 -o br-back -j DROP\n');
  });

  test('drop between containers of a network with icc off', () => {
    const world = findStory('icc-off')?.hosts[0]?.world ?? shop;
    expect(dockerRules(world)).toContain('-A FORWARD -i br-back -o br-back -j DROP\n');
    expect(dockerRules(world)).toContain('-A FORWARD -i br-front -o br-front -j ACCEPT\n');
  });

  test("put the user's own rules before everything of the engine", () => {
    const lines = dockerRules(findStory('rule-drop')?.hosts[0]?.world ?? shop).split('\n');
    expect(lines.indexOf('-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 80 -j DROP')).toBe(
      lines.indexOf('-A DOCKER-USER -j RETURN') - 1,
    );
  });
});
