/** Reads the answers of a shell from a stream: each ends with an `end` frame. */
import { type Frame, parseFrames } from '../frames.ts';

export interface AnswerReader {
  /** The answers that are whole now. */
  push(chunk: Buffer): readonly (readonly Frame[])[];
}

/** Of one answer; a host with a thousand containers says some 30 MB. */
const mostBytes = 512 * 1024 * 1024;

/** Throws when an answer is longer than any can be. */
export const createAnswerReader = (token: string): AnswerReader => {
  const mark = Buffer.from(`\n${token} end\n`);
  let chunks: Buffer[] = [];
  let bytes = 0;
  let tail = Buffer.alloc(0);
  return {
    push: (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostBytes) throw new Error('it says more than any answer can be');
      // The mark can lie across two chunks; most chunks hold none of it.
      const seam = Buffer.concat([tail, chunk]);
      tail = Buffer.from(seam.subarray(Math.max(0, seam.length - mark.length + 1)));
      if (!seam.includes(mark)) return [];
      const answers: (readonly Frame[])[] = [];
      let rest = Buffer.concat(chunks);
      for (let at = rest.indexOf(mark); at >= 0; at = rest.indexOf(mark)) {
        answers.push(parseFrames(rest.toString('utf8', 0, at), token));
        // The line break before the next head may be the one that ended this.
        rest = rest.subarray(at + mark.length - 1);
      }
      chunks = [rest];
      bytes = rest.length;
      tail = Buffer.from(rest.subarray(Math.max(0, rest.length - mark.length + 1)));
      return answers;
    },
  };
};
