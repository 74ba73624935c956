/** Cuts what the other machine's shell printed into its frames. */

export interface Frame {
  /** What its head says after the token: `netns 4026531833 ip`. */
  readonly words: readonly string[];
  /** Without the line break that the next head begins with. */
  readonly body: string;
}

/** Text before the first head belongs to nobody: what a login shell prints. */
export const parseFrames = (text: string, token: string): readonly Frame[] => {
  const frames: Frame[] = [];
  const head = `\n${token} `;
  let at = `\n${text}`.indexOf(head);
  const whole = `\n${text}`;
  while (at >= 0) {
    const bodyAt = whole.indexOf('\n', at + head.length);
    if (bodyAt < 0) break;
    const next = whole.indexOf(head, bodyAt);
    const body = whole.slice(bodyAt + 1, next < 0 ? undefined : next);
    frames.push({ words: whole.slice(at + head.length, bodyAt).split(' '), body });
    at = next;
  }
  return frames;
};

export const findBody = (frames: readonly Frame[], ...words: readonly string[]): string | undefined =>
  frames.find((frame) => words.every((word, index) => frame.words[index] === word))?.body;
