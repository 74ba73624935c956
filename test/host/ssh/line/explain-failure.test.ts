import { expect, test } from 'vitest';
import { explainFailure } from '../../../../src/host/ssh/line/explain-failure.ts';

test('tells the reason of a failure, and not what was said around it', () => {
  const address = { text: 'ssh://web', host: 'web' };
  const changed =
    '@@@@@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@@@@@@\nIt is also possible\nHost key verification failed.\r\n';
  expect(explainFailure(address, changed, 255)).toBe(
    'ssh://web: REMOTE HOST IDENTIFICATION HAS CHANGED (its key is not the one known: find out why before going on)',
  );
  expect(explainFailure(address, 'Host key verification failed.\r\n', 255)).toBe(
    'ssh://web: Host key verification failed (connect once with ssh web and compare its key)',
  );
  expect(explainFailure(address, 'ssh: connect to host web port 22: Connection timed out\r\n', 255)).toBe(
    'ssh://web: connect to host web port 22: Connection timed out (is it reachable from here?)',
  );
  expect(explainFailure(address, '', 1)).toBe('ssh://web: ssh ended with exit code 1 (make `ssh web` work first)');
});
