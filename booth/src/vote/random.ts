/**
 * Randomness is an argument, and it fails closed (R10).
 *
 * Every value is drawn through {@link Randomness}, which refuses a source that is missing, fails, stands still or repeats
 * itself. Nothing is encrypted then. The booth knows one source, {@link Platform}; {@link Seeded} spreads 32 bytes of it over
 * one ballot, and makes rehearsals and test vectors.
 */

import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { encode } from './hex.ts';

/** Where random bytes come from. */
export interface Source {
  /** Fills the buffer with fresh bytes, or throws. */
  fill(bytes: Uint8Array<ArrayBuffer>): void;
}

/** The source failed. Nothing was made with what it gave. */
export class NoRandomness extends Error {
  override name = 'NoRandomness';
  constructor(readonly why: 'missing' | 'failed' | 'stuck') {
    super(
      {
        missing: 'this device has no source of randomness; nothing was made',
        failed: 'the source of randomness failed; nothing was made',
        stuck: 'the source of randomness repeats itself; nothing was made',
      }[why],
    );
  }
}

/** The platform's generator. */
export class Platform implements Source {
  fill(bytes: Uint8Array<ArrayBuffer>): void {
    const generator = globalThis.crypto as Crypto | undefined;
    if (typeof generator?.getRandomValues !== 'function') throw new NoRandomness('missing');
    try {
      generator.getRandomValues(bytes);
    } catch {
      throw new NoRandomness('failed');
    }
  }
}

/**
 * A stream of bytes from a seed: block i is SHA-512 of `whitley seeded source`, the seed, and i as eight bytes, big-endian.
 * Who knows the seed knows all that was drawn.
 */
export class Seeded implements Source {
  #seed: Uint8Array;
  #block = 0;

  constructor(seed: Uint8Array | string) {
    this.#seed = typeof seed === 'string' ? new TextEncoder().encode(seed) : seed.slice();
  }

  fill(bytes: Uint8Array<ArrayBuffer>): void {
    for (let at = 0; at < bytes.length; at += 64) {
      const counter = new Uint8Array(8);
      new DataView(counter.buffer).setUint32(4, this.#block++);
      const block = sha512.create().update(LABEL).update(this.#seed).update(counter).digest();
      bytes.set(block.subarray(0, Math.min(64, bytes.length - at)), at);
      block.fill(0);
    }
  }

  /** Overwrites the seed. */
  wipe(): void {
    this.#seed.fill(0);
  }
}

const LABEL = new TextEncoder().encode('whitley seeded source');

/** Draws blocks of 64 bytes from a source and refuses obvious repetition. */
export class Randomness {
  #source: Source;
  /** Hashes of all blocks so far: a generator that goes in a circle is found however long the circle is. */
  #seen = new Set<string>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** 64 fresh bytes. */
  block(): Uint8Array {
    const block = new Uint8Array(64);
    this.#source.fill(block);
    let constant = 0;
    let halves = 0;
    for (let at = 0; at < 64; at++) constant |= (block[at] ?? 0) ^ (block[0] ?? 0);
    for (let at = 0; at < 32; at++) halves |= (block[at] ?? 0) ^ (block[at + 32] ?? 0);
    const hash = encode(sha256(block));
    if (constant === 0 || halves === 0 || this.#seen.has(hash)) {
      block.fill(0);
      throw new NoRandomness('stuck');
    }
    this.#seen.add(hash);
    return block;
  }
}
