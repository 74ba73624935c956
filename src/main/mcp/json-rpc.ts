/** JSON-RPC 2.0 as the Model Context Protocol uses it: one message a line, in and out. */

export type Id = string | number | null;

export interface RpcError {
  readonly code: number;
  readonly message: string;
}

export type Response =
  | { readonly jsonrpc: '2.0'; readonly id: Id; readonly result: unknown }
  | { readonly jsonrpc: '2.0'; readonly id: Id; readonly error: RpcError };

export const errorCodes = {
  parse: -32_700,
  invalid: -32_600,
  noMethod: -32_601,
  params: -32_602,
  ours: -32_603,
} as const;

const codes = new WeakMap<Error, number>();

/** What a handler throws to refuse a request with a code of its own. */
export const requestError = (code: number, message: string): Error => {
  const error = new Error(message);
  codes.set(error, code);
  return error;
};

export type Handler = (method: string, params: Readonly<Record<string, unknown>>) => Promise<unknown>;

const fail = (id: Id, code: number, message: string): Response => ({ jsonrpc: '2.0', id, error: { code, message } });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** undefined: a notification, which is not answered, whatever comes of it. */
const answerOne = async (message: unknown, handle: Handler): Promise<Response | undefined> => {
  if (!isRecord(message)) return fail(null, errorCodes.invalid, 'a request is an object');
  const { id, method, params = {}, jsonrpc } = message;
  // Answers to requests of ours: there are none.
  if (method === undefined && ('result' in message || 'error' in message)) return undefined;
  const known: Id = typeof id === 'string' || typeof id === 'number' ? id : null;
  if (jsonrpc !== '2.0' || typeof method !== 'string')
    return fail(known, errorCodes.invalid, 'no JSON-RPC 2.0 request');
  if (!isRecord(params)) return id === undefined ? undefined : fail(known, errorCodes.params, 'params is an object');
  try {
    const result = await handle(method, params);
    return id === undefined ? undefined : { jsonrpc: '2.0', id: known, result };
  } catch (error) {
    if (id === undefined) return undefined;
    const code = (error instanceof Error ? codes.get(error) : undefined) ?? errorCodes.ours;
    return fail(known, code, error instanceof Error ? error.message : String(error));
  }
};

/** One line in, at most one line out. A batch is answered as one. */
export const answerLine = async (line: string, handle: Handler): Promise<string | undefined> => {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return JSON.stringify(fail(null, errorCodes.parse, 'this line is no JSON'));
  }
  if (!Array.isArray(message)) {
    const answer = await answerOne(message, handle);
    return answer === undefined ? undefined : JSON.stringify(answer);
  }
  if (message.length === 0) return JSON.stringify(fail(null, errorCodes.invalid, 'an empty batch'));
  const answers: Response[] = [];
  for (const one of message) {
    const answer = await answerOne(one, handle);
    if (answer !== undefined) answers.push(answer);
  }
  return answers.length === 0 ? undefined : JSON.stringify(answers);
};
