/** A short id that nobody guesses and everybody can type. */
import { randomBytes } from 'node:crypto';

export const randomId = (): string => randomBytes(4).toString('hex');
