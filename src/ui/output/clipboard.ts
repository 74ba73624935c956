/** Text as the escape sequence that puts it into the terminal's clipboard (OSC 52), wherever that terminal is. */

/** xterm takes sequences of at most 100,000 bytes: that many bytes of text in base64. */
export const clipboardLimit = 74_994;

export const clipboardSequence = (text: string, insideTmux: boolean): string => {
  const sequence = `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;
  // tmux takes OSC 52 itself only with `set-clipboard on`, and passes it on only with `allow-passthrough on`: one of both may work.
  return insideTmux ? `${sequence}\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\` : sequence;
};
