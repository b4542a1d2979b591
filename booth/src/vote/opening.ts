/**
 * The opening of a challenged ballot: what a second device needs to make the same bytes again and to see what is in them.
 *
 *     1.UUID.BASE64URL        bytes: credential C (32), seed (32), signature c (32), z (32), then the marks, a bit each
 *
 * The seed gives every random number of the ballot but that of the signature, which would give the credential away; so the
 * signature itself is in the opening. The voting code is not, and cannot be computed from it.
 */

import { type Ballot, makeBallot, remakeBallot } from './ballot.ts';
import type { CredentialKey } from './credential.ts';
import { type Election, isUuid } from './election.ts';
import { type Encoded, ORDER, type Scalar } from './group.ts';
import * as hex from './hex.ts';
import { type Choice, choiceOf, choicesOf, marks } from './question.ts';
import { Randomness, Seeded } from './random.ts';

const HEAD = 128;

/** A ballot that can still be cast or, instead, opened. */
export interface OpenableBallot extends Ballot {
  /** The text for the second device. After this the ballot must never be cast. */
  open(): string;
  /** Overwrites the seed. */
  wipe(): void;
}

/** Makes a ballot from fresh randomness: one block gives the seed of its numbers, the next the signature's. */
export function makeOpenable(election: Election, credential: CredentialKey, choices: readonly Choice[], platform: Randomness): OpenableBallot {
  const block = platform.block();
  const seed = block.slice(0, 32);
  block.fill(0);
  const source = new Seeded(seed);
  const ballot = makeBallot(election, credential, choices, new Randomness(source), platform);
  source.wipe();
  return {
    ...ballot,
    open() {
      const bits = election.questions.flatMap((question, at) => [...marks(question, choices[at] ?? [])]);
      const bytes = new Uint8Array(HEAD + Math.ceil(bits.length / 8));
      bytes.set(hex.decode(credential.encoded, 32) ?? [], 0);
      bytes.set(seed, 32);
      bytes.set(scalarBytes(ballot.signature.challenge), 64);
      bytes.set(scalarBytes(ballot.signature.response), 96);
      for (const [at, bit] of bits.entries()) bytes[HEAD + (at >> 3)] = (bytes[HEAD + (at >> 3)] ?? 0) | (bit << (at & 7));
      return `1.${election.uuid}.${hex.base64url(bytes)}`;
    },
    wipe() {
      seed.fill(0);
    },
  };
}

/** An opening as read, before its election is known. */
export interface Opening {
  readonly uuid: string;
  readonly credential: Encoded;
  /** Makes the ballot again; null if the opening does not fit the election. */
  remake(election: Election): { ballot: Ballot; choices: Choice[] } | null;
}

/** Reads an opening; null for anything that {@link OpenableBallot.open} would not have written. */
export function readOpening(text: string): Opening | null {
  const parts = text.split('.');
  const [version, uuid = '', digits = ''] = parts;
  const bytes = hex.fromBase64url(digits);
  if (parts.length !== 3 || version !== '1' || !isUuid(uuid) || !bytes || bytes.length <= HEAD || bytes.length > HEAD + 1300) return null;
  const [challenge, response] = [64, 96].map((from) => BigInt(`0x${hex.encode(bytes.slice(from, from + 32))}`)) as [Scalar, Scalar];
  if (challenge >= ORDER || response >= ORDER) return null;
  const credential = hex.encode(bytes.slice(0, 32));
  return {
    uuid,
    credential,
    remake(election) {
      const number = election.questions.reduce((sum, question) => sum + choicesOf(question), 0);
      if (election.uuid !== uuid || bytes.length !== HEAD + Math.ceil(number / 8)) return null;
      const bits = Uint8Array.from({ length: 8 * (bytes.length - HEAD) }, (_, at) => ((bytes[HEAD + (at >> 3)] ?? 0) >> (at & 7)) & 1);
      if (bits.slice(number).some((bit) => bit !== 0)) return null;
      let from = 0;
      try {
        const choices = election.questions.map((question) => choiceOf(question, bits.slice(from, (from += choicesOf(question)))));
        const random = new Randomness(new Seeded(bytes.slice(32, 64)));
        return { ballot: remakeBallot(election, credential, choices, random, { challenge, response }), choices };
      } catch {
        return null;
      }
    },
  };
}

function scalarBytes(scalar: Scalar): Uint8Array {
  return hex.decode(scalar.toString(16).padStart(64, '0'), 32) ?? new Uint8Array(32);
}
