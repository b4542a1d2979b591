/**
 * The election record: what is asked, under which key, and φ, the hash that binds every ballot to it (voting.md section 5).
 *
 * One spelling only (R11): the record is parsed, checked, and written again; what comes out must be the bytes that came in. So
 * repeated, unknown or misplaced fields, white space, and other spellings of numbers and texts are refused.
 */

import { GROUP, KeyTable, parseKey } from './group.ts';
import { type Question, questionFault } from './question.ts';
import { fingerprint } from './transcript.ts';

/** One election: one balloting unit of a poll. */
export interface Election {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly questions: readonly Question[];
  readonly key: KeyTable;
  /** φ. */
  readonly fingerprint: string;
}

/** Why there is no election. */
export class ElectionFault extends Error {
  override name = 'ElectionFault';
}

/** Longest record that is read. 100 questions of 100 answers of 100 bytes fit. */
export const MOST_BYTES = 1_048_576;

/** Most questions (V14). */
export const MOST_QUESTIONS = 100;

/** The digits of base 58, in order of value. */
export const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Whether this names an election: 14 to 64 digits of base 58 (V13). */
export function isUuid(text: string): boolean {
  return text.length >= 14 && text.length <= 64 && [...text].every((digit) => BASE58.includes(digit));
}

/** Reads a record. */
export function readElection(bytes: Uint8Array): Election {
  if (bytes.length > MOST_BYTES) throw new ElectionFault(`the election record is longer than ${MOST_BYTES} bytes`);
  let record: string;
  let value: unknown;
  try {
    record = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(record);
  } catch {
    throw new ElectionFault('the election record is not JSON in UTF-8');
  }
  const fields = object(value, 'the record');
  if (fields['version'] !== 1 || fields['group'] !== GROUP) {
    throw new ElectionFault('the election is of another version or group than 1 and Ed25519');
  }
  const uuid = text(fields, 'uuid');
  if (!isUuid(uuid)) throw new ElectionFault('uuid has not 14 to 64 digits of base 58');
  const name = text(fields, 'name');
  if (name.trim() === '') throw new ElectionFault('the election has no name');
  const description = text(fields, 'description');
  const questions = list(fields, 'questions').map(readQuestion);
  if (questions.length === 0 || questions.length > MOST_QUESTIONS) throw new ElectionFault(`there must be 1 to ${MOST_QUESTIONS} questions`);
  const digits = text(fields, 'public_key');
  const people = ['administrator', 'credential_authority'].filter((field) => field in fields);
  const written =
    `{"version":1,"description":${quoted(description)},"name":${quoted(name)},"group":"${GROUP}","public_key":${quoted(digits)},` +
    `"questions":[${questions.map(writtenQuestion).join(',')}],"uuid":"${uuid}"` +
    `${people.map((field) => `,"${field}":${quoted(text(fields, field))}`).join('')}}`;
  if (written !== record) throw new ElectionFault('the election record is not written as it must be: its fields, their order or their spelling differ');
  const key = parseKey(digits);
  if (!key) throw new ElectionFault('public_key is not a key of the group');
  return { uuid, name, description, questions, key: new KeyTable(key), fingerprint: fingerprint(bytes) };
}

function readQuestion(value: unknown): Question {
  const fields = object(value, 'a question');
  const blank = 'blank' in fields;
  // Only `true` is ever written. (Another program's `false` would come out as a difference.)
  if (blank && fields['blank'] !== true) throw new ElectionFault('blank is not true');
  const answers = list(fields, 'answers').map((answer) => {
    if (typeof answer !== 'string') throw new ElectionFault('an answer is not text');
    return answer;
  });
  const question = { text: text(fields, 'question'), answers, blank, min: count(fields, 'min'), max: count(fields, 'max') };
  const fault = questionFault(question);
  if (fault) throw new ElectionFault(fault);
  return question;
}

function writtenQuestion({ text, answers, blank, min, max }: Question): string {
  return `{"answers":[${answers.map(quoted).join(',')}]${blank ? ',"blank":true' : ''},"min":${min},"max":${max},"question":${quoted(text)}}`;
}

/** `JSON.stringify` escapes what voting.md section 2 escapes, and halves of characters, which no UTF-8 holds. */
function quoted(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new ElectionFault('a text has half a character');
  return JSON.stringify(text);
}

type Fields = Record<string, unknown>;

function object(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ElectionFault(`${what} is not an object`);
  return value as Fields;
}

function text(fields: Fields, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value !== 'string') throw new ElectionFault(`${name} is not text`);
  return value;
}

function list(fields: Fields, name: string): unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new ElectionFault(`${name} is not a list`);
  return value;
}

function count(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw new ElectionFault(`${name} is not a number`);
  return value;
}
