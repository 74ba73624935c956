import { expect, test } from 'vitest';
import { findBody, parseFrames } from '../../../src/host/ssh/frames.ts';
import { createAnswerReader } from '../../../src/host/ssh/line/answer-reader.ts';

const answer = 'Welcome!\n\nvs1 hello\nthere\n6.1\n\nvs1 netns 7 ip\n[]\n\nvs1 end\n';

test('cuts an answer into frames, and leaves out what a login shell says before', () => {
  const frames = parseFrames(answer, 'vs1');
  expect(frames.map(({ words }) => words)).toEqual([['hello'], ['netns', '7', 'ip'], ['end']]);
  expect(findBody(frames, 'netns', '7')).toBe('[]\n');
});

test('takes a head for one only at the beginning of a line and with the right word', () => {
  const frames = parseFrames('\nvs1 a\nx vs1 b\nvs2 c\n', 'vs1');
  expect(frames).toEqual([{ words: ['a'], body: 'x vs1 b\nvs2 c\n' }]);
});

test('reads answers that come in pieces of any size, several in one piece too', () => {
  for (const size of [1, 2, 7, 1000]) {
    const reader = createAnswerReader('vs1');
    const whole = Buffer.from(`${answer}${answer}`);
    const answers = [];
    for (let at = 0; at < whole.length; at += size) answers.push(...reader.push(whole.subarray(at, at + size)));
    expect(answers).toHaveLength(2);
    for (const frames of answers) expect(findBody(frames, 'hello')).toBe('there\n6.1\n');
  }
});
