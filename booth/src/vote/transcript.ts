/** What is hashed, byte for byte (voting.md section 3.1). */

import { sha256 } from '@noble/hashes/sha2.js';
import { type Encoded, type Scalar, scalarFromHash } from './group.ts';
import { base64 } from './hex.ts';

const UTF8 = new TextEncoder();

/** SHA-256 of a record's bytes in unpadded base 64: fingerprints and trackers that people compare. */
export function fingerprint(record: string | Uint8Array): string {
  return base64(sha256(typeof record === 'string' ? UTF8.encode(record) : record));
}

/** The prefixes of version 1 that a voter needs. Each use has its own word. */
export const prefix = {
  /** A ciphertext holds one of several values. */
  oneOf: (context: string, alpha: Encoded, beta: Encoded): string => `prove|${context}|${alpha},${beta}|`,
  /** Blank is not chosen, or nothing else is. */
  blankAlone: (context: string): string => `bproof0|${context}|`,
  /** Blank is chosen, or as many others as allowed. */
  blankOrLimits: (context: string): string => `bproof1|${context}|`,
  /** The ballot's signature. */
  ballot: (hash: string): string => `sig|${hash}|`,
};

/** H(P; A_1, …, A_n). */
export function challenge(before: string, commitments: Encoded[]): Scalar {
  return scalarFromHash(sha256(UTF8.encode(before + commitments.join(','))));
}
