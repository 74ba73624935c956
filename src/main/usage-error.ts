/** Something the user can mend: told in one line, exit code 2. */
const marks = new WeakSet<Error>();

export const usageError = (message: string): Error => {
  const error = new Error(message);
  marks.add(error);
  return error;
};

export const isUsageError = (error: unknown): error is Error => error instanceof Error && marks.has(error);
