/** What the page asks the service and what it may answer. Nothing else is ever sent. */

import { type Election, readElection } from '../vote/index.ts';

/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 30_000;

/** What the service says about an election beside its record. */
export interface Info {
  readonly unit: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly state: 'before' | 'open' | 'closed' | 'counted';
  readonly revote: 'last' | 'one';
  readonly recommendation: string | null;
  readonly statement: string;
  /** In Welsh, by question. */
  readonly welsh: readonly ({ readonly text: string; readonly answers: readonly string[] } | null)[];
  readonly challenge: boolean;
}

/** No answer, or none that can be used. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
  constructor(readonly why: 'offline' | 'busy' | 'service' | 'election', readonly afterSeconds: number | null = null) {
    super(why);
  }
}

async function ask(path: string, body: string | null): Promise<{ status: number; bytes: Uint8Array; retryAfter: number | null }> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const answer = await fetch(path, {
      method: body === null ? 'GET' : 'POST',
      headers: body === null ? {} : { 'content-type': 'application/json' },
      body,
      cache: 'no-store',
      // No cookie: a session of the staff on this device has nothing to do with a vote.
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      signal: stop.signal,
    });
    const seconds = Number(answer.headers.get('retry-after') ?? 'none');
    const retryAfter = Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 300) : null;
    return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()), retryAfter };
  } catch {
    throw new NoAnswer('offline');
  } finally {
    clearTimeout(timer);
  }
}

type Json = Record<string, unknown>;

function json(bytes: Uint8Array): Json {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    // Falls through.
  }
  throw new NoAnswer('service');
}

/** Whether to ask again later: too many requests, or a service that is busy or starting anew. */
function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}

/** The election, checked against what the service says about it, and against the fingerprint that came with the voter's link. */
export async function fetchElection(uuid: string, fingerprint: string | null): Promise<{ election: Election; info: Info }> {
  const [record, about] = await Promise.all([ask(`/e/${uuid}/election.json`, null), ask(`/e/${uuid}/info.json`, null)]);
  for (const { status, retryAfter } of [record, about]) {
    if (isBusy(status)) throw new NoAnswer('busy', retryAfter);
    if (status !== 200) throw new NoAnswer('service');
  }
  let election: Election;
  try {
    election = readElection(record.bytes);
  } catch {
    throw new NoAnswer('election');
  }
  const fields = json(about.bytes);
  const asked = fields['questions'];
  if (election.uuid !== uuid || fields['uuid'] !== uuid || fields['fingerprint'] !== election.fingerprint || !Array.isArray(asked)) throw new NoAnswer('election');
  if (fingerprint !== null && fingerprint !== election.fingerprint) throw new NoAnswer('election');
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  const questions = asked as Json[];
  const fits = election.questions.every(({ text, answers }, at) => questions[at]?.['text'] === text && same(questions[at]?.['answers'], answers));
  if (!fits || questions.length !== election.questions.length) throw new NoAnswer('election');
  const info = readInfo(fields, questions, election);
  if (!info) throw new NoAnswer('service');
  return { election, info };
}

function readInfo(fields: Json, questions: Json[], election: Election): Info | null {
  const { unit, opens_at: opensAt, closes_at: closesAt, state, revote, recommendation, statement } = fields;
  const isText = (value: unknown): value is string => typeof value === 'string';
  const isInstant = (value: unknown): value is string => isText(value) && !Number.isNaN(Date.parse(value));
  if (!isText(unit) || !isText(statement) || !isInstant(opensAt) || !isInstant(closesAt)) return null;
  if (state !== 'before' && state !== 'open' && state !== 'closed' && state !== 'counted') return null;
  if (revote !== 'last' && revote !== 'one') return null;
  if (recommendation !== null && !isText(recommendation)) return null;
  const welsh = questions.map(({ text_cy: text, answers_cy: answers }, at) => {
    const whole = isText(text) && Array.isArray(answers) && answers.length === election.questions[at]?.answers.length && answers.every(isText);
    return whole ? { text, answers: answers as string[] } : null;
  });
  return { unit, opensAt, closesAt, state, revote, recommendation, statement, welsh, challenge: fields['challenge'] === true };
}

/** What the service knows of a public credential. */
export interface CredentialState {
  readonly state: 'ready' | 'voted' | 'void' | 'replaced' | 'unknown';
  readonly mayVote: boolean;
}

/** Asks for it. Only the public half of the voting code is sent. */
export async function credentialState(uuid: string, credential: string): Promise<CredentialState> {
  const { status, bytes, retryAfter } = await ask(`/e/${uuid}/credential`, JSON.stringify({ credential }));
  if (isBusy(status)) throw new NoAnswer('busy', retryAfter);
  if (status !== 200) throw new NoAnswer('service');
  const { state, may_vote: mayVote } = json(bytes);
  if (state !== 'ready' && state !== 'voted' && state !== 'void' && state !== 'replaced' && state !== 'unknown') throw new NoAnswer('service');
  return { state, mayVote: state === 'ready' || (state === 'voted' && mayVote === true) };
}

/** Why a ballot was not recorded, for good. */
export type Refusal = 'alreadyVoted' | 'void' | 'replaced' | 'unknown' | 'superseded' | 'challenged' | 'closed' | 'notOpen' | 'notValid';

/** What came of sending a ballot. */
export type Cast = { readonly tracker: string; readonly again: boolean } | { readonly refused: Refusal };

const REFUSALS: Record<string, Refusal> = {
  'already-voted': 'alreadyVoted',
  void: 'void',
  replaced: 'replaced',
  unknown: 'unknown',
  superseded: 'superseded',
  challenged: 'challenged',
  closed: 'closed',
  'not-open': 'notOpen',
  'not-valid': 'notValid',
};

/** Sends a ballot. Throws {@link NoAnswer} whenever it is not certain what became of it: then the same bytes may be sent again. */
export async function castBallot(uuid: string, payload: string): Promise<Cast> {
  const { status, bytes, retryAfter } = await ask(`/e/${uuid}/cast`, payload);
  if (isBusy(status)) throw new NoAnswer('busy', retryAfter);
  if (status === 413 || status === 415) return { refused: 'notValid' };
  const { tracker, again, why } = json(bytes);
  if (status === 200 && typeof tracker === 'string') return { tracker, again: again === true };
  const refused = status === 400 || status === 403 || status === 409 ? REFUSALS[String(why)] : undefined;
  if (refused) return { refused };
  throw new NoAnswer('service');
}

/** Has a ballot recorded as opened. `false`: the service does not say so. */
export async function challengeBallot(uuid: string, payload: string, tracker: string): Promise<boolean> {
  const { status, bytes, retryAfter } = await ask(`/e/${uuid}/challenge`, payload);
  if (isBusy(status)) throw new NoAnswer('busy', retryAfter);
  return status === 200 && json(bytes)['tracker'] === tracker;
}
