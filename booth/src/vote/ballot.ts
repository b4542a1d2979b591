/**
 * A ballot: choices encrypted, proved to be within the limits, and signed with the voter's credential (voting.md section 7).
 *
 *     {"election_uuid":…,"election_hash":φ,"credential":C,"answers":[…],"signature":{"hash":h,"proof":{…}}}
 *
 * Nothing here branches on a choice.
 */

import type { CredentialKey } from './credential.ts';
import type { Election } from './election.ts';
import { type Encoded, randomScalar, type Scalar } from './group.ts';
import { Powers } from './powers.ts';
import { answer, type Claim, commit, type Committed, type Proof, respond, writeProof, writeProofs } from './proof.ts';
import { type Choice, ChoiceFault, marks, type Question } from './question.ts';
import type { Randomness } from './random.ts';
import { challenge, fingerprint, prefix } from './transcript.ts';

/** A finished ballot. */
export interface Ballot {
  /** The bytes that are cast (all of them ASCII). */
  readonly payload: string;
  /** What the voter keeps: SHA-256 of the payload in unpadded base 64. */
  readonly tracker: string;
  /** Of the signature at the end. */
  readonly signature: Proof;
}

/**
 * Encrypts, proves and signs. `signing` gives the one random number of the signature: with it and the ballot anybody can compute
 * the credential's exponent, so it stays apart from those that a challenge opens.
 */
export function makeBallot(
  election: Election,
  credential: CredentialKey,
  choices: readonly Choice[],
  random: Randomness,
  signing: Randomness = random,
): Ballot {
  const { body, powers } = makeBody(election, credential.encoded, choices, random);
  const w = randomScalar(signing);
  powers.pushGenerator(w);
  const encoded = powers.encode();
  const unsigned = body(encoded);
  const hash = fingerprint(unsigned);
  const c = challenge(prefix.ballot(hash), encoded.slice(-1));
  return signed(unsigned, hash, { challenge: c, response: respond(w, c, credential.exponent) });
}

/** The ballot again from the same random numbers and its signature, which is not checked here. */
export function remakeBallot(election: Election, credential: Encoded, choices: readonly Choice[], random: Randomness, signature: Proof): Ballot {
  const { body, powers } = makeBody(election, credential, choices, random);
  const unsigned = body(powers.encode());
  return signed(unsigned, fingerprint(unsigned), signature);
}

function signed(unsigned: string, hash: string, signature: Proof): Ballot {
  const payload = `${unsigned.slice(0, -1)},"signature":{"hash":"${hash}","proof":${writeProof(signature)}}}`;
  return { payload, tracker: fingerprint(payload), signature };
}

/** All but the signature; the bytes follow from the digits of all elements. */
function makeBody(election: Election, credential: Encoded, choices: readonly Choice[], random: Randomness) {
  const { questions, uuid, fingerprint: φ } = election;
  if (choices.length !== questions.length) throw new ChoiceFault('there must be one choice for each question');
  const powers = new Powers(election.key);
  const secrets = questions.map((question, at) => encrypt(question, choices[at] ?? [], powers, random));
  const committed = questions.map((question, at) => commitAnswer(question, secrets[at] as Secrets, powers, random));
  // S0 binds every proof of the ballot to the election and the credential (V35).
  const binding = `${φ}|${credential}`;
  const body = (encoded: Encoded[]): string =>
    `{"election_uuid":"${uuid}","election_hash":"${φ}","credential":"${credential}",` +
    `"answers":[${committed.map((answer) => writeAnswer(answer, binding, encoded)).join(',')}]}`;
  return { body, powers };
}

/** What must stay secret of one encrypted answer. */
interface Secrets {
  /** The exponent of each choice. */
  readonly r: Scalar[];
  /** 0 or 1 for each choice. */
  readonly m: Uint8Array;
  /** Sums over all choices but the blank one. */
  readonly rSum: Scalar;
  readonly mSum: number;
  /** Where its ciphertexts begin among the ballot's elements. */
  readonly first: number;
}

function encrypt(question: Question, choice: Choice, powers: Powers, random: Randomness): Secrets {
  const m = marks(question, choice);
  const blank = Number(question.blank);
  const first = powers.number;
  const r: Scalar[] = [];
  let rSum = 0n;
  let mSum = 0;
  for (const [at, mark] of m.entries()) {
    const exponent = randomScalar(random);
    r.push(exponent);
    powers.pushGenerator(exponent);
    powers.pushKeyTimesGenerator(exponent, BigInt(mark));
    if (at >= blank) {
      rSum += exponent;
      mSum += mark;
    }
  }
  if (blank === 0) {
    const end = powers.number;
    powers.pushEverySecond(first, end);
    powers.pushEverySecond(first + 1, end);
  }
  return { r, m, rSum, mSum, first };
}

/** The disjunctions of one answer, committed. */
interface CommittedAnswer {
  readonly individual: Committed[];
  readonly overall: Committed;
  readonly blank: Committed | null;
  /** Where its ciphertexts begin and end. Without a blank choice their product follows. */
  readonly first: number;
  readonly end: number;
}

function commitAnswer(question: Question, { r, m, rSum, mSum, first }: Secrets, powers: Powers, random: Randomness): CommittedAnswer {
  const claim = (exponent: Scalar, held: number, claimed: number): Claim => ({ r: exponent, offset: held - claimed });
  const individual = r.map((exponent, at) => {
    const held = m[at] ?? 0;
    return commit([claim(exponent, held, 0), claim(exponent, held, 1)], powers, random);
  });
  const sums = Array.from({ length: question.max - question.min + 1 }, (_, at) => claim(rSum, mSum, question.min + at));
  const [rBlank, mBlank] = [r[0] ?? 0n, m[0] ?? 0];
  const overall = commit(question.blank ? [claim(rBlank, mBlank, 1), ...sums] : sums, powers, random);
  const blank = question.blank ? commit([claim(rBlank, mBlank, 0), claim(rSum, mSum, 0)], powers, random) : null;
  return { individual, overall, blank, first, end: first + 2 * r.length };
}

/** Answers all challenges and writes the answer. */
function writeAnswer({ individual, overall, blank, first, end }: CommittedAnswer, binding: string, encoded: Encoded[]): string {
  const digits = encoded.slice(first, end);
  // S: all choices in order. Only this binds the order of the answers.
  const statement = `${binding}|${digits.join(',')}`;
  const pairs = individual.map((_, at): [Encoded, Encoded] => [digits[2 * at] ?? '', digits[2 * at + 1] ?? '']);
  const choices = pairs.map(([alpha, beta]) => `{"alpha":"${alpha}","beta":"${beta}"}`).join(',');
  const proofs = individual.map((one, at) => writeProofs(answer(one, prefix.oneOf(binding, ...(pairs[at] ?? ['', ''])), encoded))).join(',');
  const before = blank ? prefix.blankOrLimits(statement) : prefix.oneOf(statement, encoded[end] ?? '', encoded[end + 1] ?? '');
  const ends = blank ? `,"blank_proof":${writeProofs(answer(blank, prefix.blankAlone(statement), encoded))}` : '';
  return `{"choices":[${choices}],"individual_proofs":[${proofs}],"overall_proof":${writeProofs(answer(overall, before, encoded))}${ends}}`;
}
