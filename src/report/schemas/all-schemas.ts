/** Every document's schema by the name `vethscope schema` knows it by. */
import { z } from 'zod';
import { captureSchema } from './capture-schema.ts';
import { confirmSchema, fixSchema, journalSchema, undoSchema } from './change-schema.ts';
import { diffSchema } from './diff-schema.ts';
import { doctorSchema } from './doctor-schema.ts';
import { errorSchema } from './error-schema.ts';
import { graphSchema } from './graph-schema.ts';
import { listSchema } from './list-schema.ts';
import { locateSchema } from './locate-schema.ts';
import { measureSchema } from './measure-schema.ts';
import { recordSchema } from './record-schema.ts';
import { rulesSchema } from './rules-schema.ts';
import { matrixSchema, traceSchema } from './trace-schema.ts';
import { watchSchema } from './watch-schema.ts';

export const allSchemas = {
  capture: captureSchema,
  list: listSchema,
  locate: locateSchema,
  graph: graphSchema,
  rules: rulesSchema,
  record: recordSchema,
  trace: traceSchema,
  matrix: matrixSchema,
  watch: watchSchema,
  measure: measureSchema,
  diff: diffSchema,
  doctor: doctorSchema,
  fix: fixSchema,
  plumb: fixSchema,
  undo: undoSchema,
  confirm: confirmSchema,
  journal: journalSchema,
  error: errorSchema,
} as const;

/** JSON Schema (draft 2020-12) of a document; fields may be added without a new version, so others are allowed. */
export const jsonSchema = (name: keyof typeof allSchemas): unknown => z.toJSONSchema(allSchemas[name], { io: 'input' });
