/** A list as `ip -j` prints it; one that is none is empty. */

export const parseList = (text: string | undefined): readonly Readonly<Record<string, unknown>>[] => {
  try {
    return JSON.parse(text ?? '[]') as readonly Record<string, unknown>[];
  } catch {
    return [];
  }
};
