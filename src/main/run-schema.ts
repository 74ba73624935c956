/** `vethscope schema NAME`. */
import type { SchemaName } from '../cli-options.ts';
import { jsonSchema } from '../report/schemas/all-schemas.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';

export const runSchema: RunCommand = async ({ words, io }) => {
  io.stdout.write(`${JSON.stringify(jsonSchema(words[0] as SchemaName), null, 2)}\n`);
  return exitCodes.yes;
};
