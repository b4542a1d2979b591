/**
 * That one of several claims about ciphertexts holds (voting.md section 7.1).
 *
 * Making the proof needs no power of anything but g and y: the voter knows r with α = g^r, β = y^r·g^m. For a claim of the
 * value M, take random a and c and commit to
 *
 *     A = g^a        B = y^a · g^((m − M)·c)        and later  z = a − r·c
 *
 * Then g^z·α^c = A and y^z·(β·g^(−M))^c = B for every claim, true or not. For the true one the last factor is 1 whatever c is,
 * so its c may still be chosen to make the sum come out. All claims are computed alike.
 */

import { type Encoded, isZero, mod, ORDER, randomScalar, type Scalar, select } from './group.ts';
import type { Powers } from './powers.ts';
import type { Randomness } from './random.ts';
import { challenge } from './transcript.ts';

/** A challenge and its response. */
export interface Proof {
  readonly challenge: Scalar;
  readonly response: Scalar;
}

/** As it stands in a ballot. */
export function writeProof({ challenge, response }: Proof): string {
  return `{"challenge":"${challenge}","response":"${response}"}`;
}

/** Several of them. */
export function writeProofs(proofs: Proof[]): string {
  return `[${proofs.map(writeProof).join(',')}]`;
}

/** w − c·secret: the response of a proof, which is public. */
export function respond(w: Scalar, c: Scalar, secret: Scalar): Scalar {
  return mod(w - c * secret);
}

/** One claim. `offset` is what the ciphertext holds less what is claimed; zero if the claim is true. */
export interface Claim {
  readonly r: Scalar;
  readonly offset: number;
}

/** A disjunction whose commitments are made and not yet hashed. */
export interface Committed {
  readonly branches: readonly { r: Scalar; a: Scalar; c: Scalar; holds: number }[];
  /** Where its commitments begin among the ballot's elements. */
  readonly first: number;
}

/** Draws the commitments A, B of each claim and appends them to `powers`. */
export function commit(claims: Claim[], powers: Powers, random: Randomness): Committed {
  const first = powers.number;
  const only = claims.length === 1;
  const branches = claims.map(({ r, offset }) => {
    const a = randomScalar(random);
    const c = randomScalar(random);
    powers.pushGenerator(a);
    // A single claim is true or there is no proof at all: its last factor is 1 for everybody.
    if (only) powers.pushKey(a);
    else powers.pushKeyTimesGenerator(a, mod(BigInt(offset) * c));
    return { r, a, c, holds: isZero(offset) };
  });
  return { branches, first };
}

/** Hashes the commitments and answers. `encoded` are the digits of all elements, in the order they were appended. */
export function answer({ branches, first }: Committed, prefix: string, encoded: Encoded[]): Proof[] {
  const hash = challenge(prefix, encoded.slice(first, first + 2 * branches.length));
  // The first claim that holds takes what the others leave of the hash.
  let taken = 0;
  let sum = 0n;
  const takes = branches.map(({ c, holds }) => {
    const take = holds & ~taken & 1;
    taken |= take;
    sum = (sum + select(c, 0n, take)) % ORDER;
    return take;
  });
  const rest = mod(hash - sum);
  return branches.map(({ r, a, c }, at) => {
    const chosen = select(c, rest, takes[at] ?? 0);
    return { challenge: chosen, response: respond(a, chosen, r) };
  });
}
