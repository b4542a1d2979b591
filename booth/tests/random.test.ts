/** Randomness fails closed (R10). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBallot, makeOpenable, NoRandomness, Platform, Randomness, Seeded, type Source } from '../src/vote/index.ts';
import { open } from './vectors.ts';

/** Runs with another generator in place of the platform's. */
function withCrypto<T>(crypto: unknown, work: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true, writable: true });
  try {
    return work();
  } finally {
    if (before) Object.defineProperty(globalThis, 'crypto', before);
  }
}

const { election, key } = open('ballot_yes.json');
const make = (): unknown => makeOpenable(election, key, [[0]], new Randomness(new Platform()));
const refuses = (why: NoRandomness['why'], crypto: unknown): void => withCrypto(crypto, () => assert.throws(make, (fault) => fault instanceof NoRandomness && fault.why === why));
const generator = (fill: (bytes: Uint8Array) => void) => ({
  getRandomValues(bytes: Uint8Array): Uint8Array {
    fill(bytes);
    return bytes;
  },
});

test('a missing generator', () => {
  refuses('missing', undefined);
  refuses('missing', {});
  refuses('missing', { getRandomValues: 'gone' });
});

test('a generator that throws, at once or half-way', () => {
  refuses('failed', generator(() => { throw new Error('no entropy'); }));
  // Wherever in the making of a ballot: at its draws, or where the library blinds an exponent.
  for (let last = 1; last < 12; last++) {
    let calls = 0;
    const source = new Seeded('half-way');
    refuses('failed', generator((bytes) => {
      if (calls++ === last) throw new Error('no entropy');
      source.fill(bytes as Uint8Array<ArrayBuffer>);
    }));
    assert.equal(calls, last + 1);
  }
});

test('a generator that does nothing, is constant, has equal halves, or repeats', () => {
  refuses('stuck', generator(() => undefined));
  for (const byte of [0, 7, 255]) refuses('stuck', generator((bytes) => bytes.fill(byte)));
  refuses('stuck', generator((bytes) => { for (let at = 0; at < bytes.length; at++) bytes[at] = at % 32; }));
  let blocks = 0;
  refuses('stuck', generator((bytes) => {
    if (bytes.length === 64) blocks++;
    for (let at = 0; at < bytes.length; at++) bytes[at] = at;
  }));
  assert.equal(blocks, 2);
});

test('a generator that goes in a circle: the second ballot of a page is refused', () => {
  // The first ballot takes two blocks; the next two are the same again.
  let blocks = 0;
  const circle = generator((bytes) => new Seeded(`block ${bytes.length === 64 ? blocks++ % 2 : 2}`).fill(bytes as Uint8Array<ArrayBuffer>));
  withCrypto(circle, () => {
    const platform = new Randomness(new Platform());
    assert.ok(makeOpenable(election, key, [[0]], platform).tracker);
    assert.throws(() => makeOpenable(election, key, [[1]], platform), NoRandomness);
  });
});

test('a source that fails at any draw gives no ballot', () => {
  let needed = 0;
  const counting: Source = { fill: (() => { const seeded = new Seeded('any draw'); return (bytes) => { needed++; seeded.fill(bytes); }; })() };
  makeBallot(election, key, [[0]], new Randomness(counting));
  assert.equal(needed, 13);
  for (let last = 0; last < needed; last++) {
    const seeded = new Seeded('any draw');
    let drawn = 0;
    const failing: Source = {
      fill(bytes) {
        if (drawn++ === last) throw new NoRandomness('failed');
        seeded.fill(bytes);
      },
    };
    assert.throws(() => makeBallot(election, key, [[0]], new Randomness(failing)), NoRandomness);
  }
});

test('two ballots of the same answers have nothing random in common', () => {
  const platform = new Randomness(new Platform());
  const digits = (payload: string): string[] => (payload.match(/"[0-9a-f]{64}"|"\d{60,}"/g) ?? []).filter((text) => !text.includes(key.encoded));
  const [one, other] = [makeOpenable(election, key, [[0]], platform), makeOpenable(election, key, [[0]], platform)].map((ballot) => digits(ballot.payload)) as [string[], string[]];
  assert.ok(one.length > 15);
  assert.ok(one.every((text) => !other.includes(text)));
});
