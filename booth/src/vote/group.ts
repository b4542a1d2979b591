/**
 * The group: the prime-order subgroup of edwards25519, written multiplicatively, generator g, order q, identity 1 (voting.md
 * section 2). The curve itself is `@noble/curves`.
 *
 * A browser's big numbers do not take the same time for all values. What can be done is done: no branch and no index depends
 * on a secret here, every exponent that is used with a table is a uniform number, and the library blinds those of g with the
 * platform's random numbers and reads the whole of a table.
 */

import { normalizeZ } from '@noble/curves/abstract/curve.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import * as hex from './hex.ts';
import { NoRandomness, type Randomness } from './random.ts';

const Point = ed25519.Point;

/** The name of the group in an election record. */
export const GROUP = 'Ed25519';

/** A member of the subgroup. */
export type Element = InstanceType<typeof Point>;

/** An element as it is written: 64 small hexadecimal digits. */
export type Encoded = string;

/** A number modulo q. */
export type Scalar = bigint;

/** The order of the group. */
export const ORDER: bigint = Point.Fn.ORDER;

/** Bits of one step of the tables: 65 steps of 8 elements, the least work for a page that makes a few ballots. */
const STEP_BITS = 4;

/** g. */
export const GENERATOR: Element = Point.BASE;

let generatorReady = false;

/** Builds the table of g, once. */
export function prepareGenerator(): void {
  if (generatorReady) return;
  GENERATOR.precompute(STEP_BITS, false);
  generatorReady = true;
}

/** Reads an element that may not be 1: canonical, on the curve, in the subgroup (V31); null for anything else. */
export function parseKey(text: string): Element | null {
  const bytes = hex.decode(text, 32)?.reverse();
  if (!bytes) return null;
  try {
    const point = Point.fromBytes(bytes);
    const good = hex.same(point.toBytes(), bytes) && point.isTorsionFree() && !point.is0();
    return good ? point : null;
  } catch {
    return null;
  }
}

/** The digits of many elements, with one field inversion for all. */
export function encodeAll(elements: Element[]): Encoded[] {
  return normalizeZ(Point, elements).map((point) => hex.encode(point.toBytes().reverse()));
}

/** g to a secret power that is uniform. */
export function generatorPower(exponent: Scalar): Element {
  return power(GENERATOR, exponent);
}

/** The election key y with a table of its multiples: a ballot raises nothing but g and y to powers. */
export class KeyTable {
  #ready = false;
  constructor(readonly element: Element) {}

  /** Builds the table, once: work for the time in which the voter reads. */
  prepare(): void {
    if (this.#ready) return;
    this.element.precompute(STEP_BITS, false);
    this.#ready = true;
  }

  /** y to a secret power that is uniform. */
  power(exponent: Scalar): Element {
    return power(this.element, exponent);
  }
}

function power(base: Element, exponent: Scalar): Element {
  // A uniform exponent is zero once in 2^252 ballots: the branch says nothing.
  if (exponent === 0n) return Point.ZERO;
  try {
    return base.multiply(exponent);
  } catch {
    // The exponent is in range. What is left is that the library wanted random bytes to blind it with, and there were none.
    throw new NoRandomness('failed');
  }
}

/** A fresh uniform number: 64 random bytes, read little-endian, modulo q. */
export function randomScalar(random: Randomness): Scalar {
  const block = random.block();
  const scalar = BigInt(`0x${hex.encode(block.reverse())}`) % ORDER;
  block.fill(0);
  return scalar;
}

/** A hash read as a big-endian number, modulo q. */
export function scalarFromHash(hash: Uint8Array): Scalar {
  return BigInt(`0x${hex.encode(hash)}`) % ORDER;
}

/** The value modulo q, from 0. */
export function mod(value: bigint): Scalar {
  // Two divisions instead of a test of the sign.
  return ((value % ORDER) + ORDER) % ORDER;
}

/** b if the bit is 1, otherwise a, by masks. */
export function select(a: Scalar, b: Scalar, bit: number): Scalar {
  return a ^ ((a ^ b) & -BigInt(bit));
}

/** 1 for zero, otherwise 0, without a branch. For whole numbers of at most 31 bits. */
export function isZero(value: number): number {
  return 1 ^ ((value | -value) >>> 31);
}
