/** The document of a command that could not answer: `vethscope.error/1`. */
export interface ErrorDocument {
  readonly schema: 'vethscope.error/1';
  readonly command?: string;
  readonly exitCode: number;
  readonly error: string;
  readonly gaps: readonly never[];
}

export const errorDocument = (command: string | undefined, exitCode: number, error: string): ErrorDocument => ({
  schema: 'vethscope.error/1',
  ...(command === undefined ? {} : { command }),
  exitCode,
  error,
  gaps: [],
});
