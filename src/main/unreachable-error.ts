/** A machine that could not be reached: told in one line, exit code 3. */
const marks = new WeakSet<Error>();

export const unreachableError = (message: string): Error => {
  const error = new Error(message);
  marks.add(error);
  return error;
};

export const isUnreachableError = (error: unknown): error is Error => error instanceof Error && marks.has(error);
