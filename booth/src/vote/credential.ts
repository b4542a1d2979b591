/**
 * Credentials: 128 secret bits on paper for the voter, one public element on the list (voting.md section 4).
 *
 * To voters a private credential is their *voting code*.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { BASE58 } from './election.ts';
import { encodeAll, type Encoded, generatorPower, type Scalar, scalarFromHash } from './group.ts';

const GROUPS = [5, 6, 5, 6];
const DIGITS = 22;

/** Why a text is not a credential. It does not repeat the text. */
export class CredentialFault extends Error {
  override name = 'CredentialFault';
  /**
   * @param why shape: not four groups of 5, 6, 5 and 6 with hyphens between; digit: a character that is none of base 58
   * @param place of that character, from 1, in the text as it is written
   */
  constructor(readonly why: 'shape' | 'digit', readonly place = 0) {
    super(
      why === 'shape'
        ? 'a credential has 22 characters in groups of 5, 6, 5 and 6 with hyphens between'
        : `character ${place} cannot occur in a credential (0, I, O and l never do)`,
    );
  }
}

/** Reads a credential as it is written, white space at the ends aside; throws {@link CredentialFault}. */
export function parseCredential(typed: string): string {
  const text = typed.trim();
  for (const [at, character] of [...text].entries()) {
    const hyphen = at === 5 || at === 12 || at === 18;
    if (hyphen !== (character === '-')) throw new CredentialFault('shape');
    if (!hyphen && !BASE58.includes(character)) throw new CredentialFault('digit', at + 1);
  }
  if (text.length !== 25) throw new CredentialFault('shape');
  return text;
}

/** What a voter typed: its digits, and what is wrong with them. */
export interface Typed {
  /** As it is written, if nothing is wrong. */
  readonly credential: string | null;
  /** Number of digits, white space and hyphens aside. */
  readonly digits: number;
  /** Characters that cannot occur: in which group, from 1, and where in it, from 1. */
  readonly wrong: readonly { readonly group: number; readonly place: number }[];
}

/** Reads a code as people type it: with or without hyphens, of any kind, and spaces. Capitals stay what they are. */
export function tidyCredential(typed: string): Typed {
  const digits = [...typed.replace(/[\s\u200b-\u200f\u2060\ufeff\p{Pd}\u2212_.]/gu, '')];
  const wrong: { group: number; place: number }[] = [];
  for (const [at, digit] of digits.entries()) {
    if (BASE58.includes(digit)) continue;
    let place = at;
    let group = 0;
    while (group < 3 && place >= (GROUPS[group] ?? 0)) place -= GROUPS[group++] ?? 0;
    wrong.push({ group: group + 1, place: place + 1 });
  }
  const fits = digits.length === DIGITS && wrong.length === 0;
  return { credential: fits ? grouped(digits.join('')) : null, digits: digits.length, wrong };
}

function grouped(digits: string): string {
  let from = 0;
  return GROUPS.map((length) => digits.slice(from, (from += length))).join('-');
}

/** The exponent s and the public credential g^s. */
export interface CredentialKey {
  readonly exponent: Scalar;
  readonly encoded: Encoded;
}

/** The signing key of a credential, as {@link parseCredential} gives it, in one election. */
export function credentialKey(credential: string, uuid: string): CredentialKey {
  const wide = new Uint8Array(64);
  for (const half of [0, 1]) {
    const input = new TextEncoder().encode(`derive_credential|${uuid}|${half}|${credential}`);
    wide.set(sha256(input), 32 * half);
    input.fill(0);
  }
  const exponent = scalarFromHash(wide);
  wide.fill(0);
  return { exponent, encoded: encodeAll([generatorPower(exponent)])[0] ?? '' };
}
