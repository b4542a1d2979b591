/** The making side against the shared vectors, and against what must be refused. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MOST_BYTES } from '../src/vote/election.ts';
import { encodeAll, GENERATOR, isZero, mod, ORDER, parseKey, randomScalar, select } from '../src/vote/group.ts';
import * as hex from '../src/vote/hex.ts';
import {
  type Choice,
  credentialKey,
  ElectionFault,
  makeBallot,
  makeOpenable,
  parseCredential,
  Platform,
  Randomness,
  readElection,
  readOpening,
  Seeded,
  tidyCredential,
} from '../src/vote/index.ts';
import { bytes, goodBallots, open, vector } from './vectors.ts';

test('every ballot of the vectors comes out byte for byte', () => {
  assert.equal(goodBallots.length, 5);
  for (const name of goodBallots) {
    const { vector, election, key } = open(name);
    assert.equal(election.fingerprint, vector.election_hash, name);
    const random = new Randomness(new Seeded(vector.seed));
    const ballot = makeBallot(election, key, vector.choices, random);
    assert.equal(ballot.payload, vector.payload, name);
    assert.equal(ballot.tracker, vector.tracker, name);
    // Not one number more or fewer was drawn.
    const again = new Randomness(new Seeded(vector.seed));
    for (const { name: draw, value } of vector.draws) assert.equal(randomScalar(again).toString(), value, `${name}: ${draw}`);
    assert.equal(randomScalar(again), randomScalar(random), name);
  }
});

test('the seeded source gives the numbers of the vectors', () => {
  const { seed, scalars } = vector<{ seed: string; scalars: string[] }>('random.json');
  const random = new Randomness(new Seeded(seed));
  assert.deepEqual(scalars.map(() => randomScalar(random).toString()), scalars);
});

interface Credentials {
  uuid: string;
  credentials: { private: string; exponent: string; public: string }[];
  refused: string[];
}

test('credentials of the vectors, and texts that are none', () => {
  const { uuid, credentials, refused } = vector<Credentials>('credentials.json');
  for (const credential of credentials) {
    const key = credentialKey(parseCredential(` ${credential.private}\n`), uuid);
    assert.equal(key.exponent.toString(), credential.exponent);
    assert.equal(key.encoded, credential.public);
    assert.equal(tidyCredential(credential.private).credential, credential.private);
  }
  assert.ok(refused.length >= 6);
  for (const text of refused) {
    assert.throws(() => parseCredential(text), { name: 'CredentialFault' }, text);
    // What is refused for its shape may be a code typed in another way; what has wrong digits never is.
    const typed = tidyCredential(text);
    assert.ok(typed.credential === null || typed.credential === parseCredential(typed.credential));
  }
});

test('a code is read as people type it', () => {
  const code = 'Vp5ZM-6jSDf7-5X6va-oTrXbR';
  for (const typed of ['Vp5ZM6jSDf75X6vaoTrXbR', ' Vp5ZM 6jSDf7 5X6va oTrXbR ', 'Vp5ZM–6jSDf7—5X6va‑oTrXbR', 'Vp5ZM\u00a06jSDf7\t5X6va\noTrXbR', 'V-p-5-Z-M6jSDf75X6vaoTrXbR.']) {
    assert.equal(tidyCredential(typed).credential, code, typed);
  }
  assert.deepEqual(tidyCredential('Vp5ZM-6jSDf7-5X6va-oTrXb'), { credential: null, digits: 21, wrong: [] });
  assert.deepEqual(tidyCredential('0p5ZM-6jSDfO-5X6va-oTrXbl').wrong, [{ group: 1, place: 1 }, { group: 2, place: 6 }, { group: 4, place: 6 }]);
  assert.equal(tidyCredential('').digits, 0);
  // Capitals are not changed: another code comes out.
  assert.notEqual(tidyCredential(code.toLowerCase()).credential, code);
  // A character of two halves counts once.
  assert.deepEqual(tidyCredential(`😀${code.slice(1)}`).wrong, [{ group: 1, place: 1 }]);
});

test('elements: canonical, in the subgroup, not 1', () => {
  assert.equal(encodeAll([GENERATOR])[0], '6666666666666666666666666666666666666666666666666666666666666658');
  assert.ok(parseKey(encodeAll([GENERATOR])[0] ?? ''));
  const refused = [
    '', '66', 'ABCDEF0000000000000000000000000000000000000000000000000000000000',
    '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed', // y = p, another spelling of 0
    `8${'1'.padStart(63, '0')}`, // 1 with the sign bit
    '2'.padStart(64, '0'), // no point
    '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec', // −1, of order 2
    '1'.padStart(64, '0'), // 1
  ];
  for (const text of refused) assert.equal(parseKey(text), null, text);
});

test('elections: one spelling, our version, group and limits', () => {
  const { vector: yes } = open('ballot_yes.json');
  const two = open('ballot_two_questions.json').vector.election_record;
  const record = yes.election_record;
  const key = /"public_key":"(\w+)"/.exec(record)?.[1] ?? '';
  const with_people = record.replace(/}$/, ',"administrator":"A","credential_authority":"B"}');
  assert.equal(readElection(bytes(with_people)).uuid, yes.uuid);
  const odd = record.replace('Test data.', 'a \\"quoted\\" \\\\ \\u0001\\n\u2028 – ŵ 😀');
  assert.equal(readElection(bytes(odd)).description, 'a "quoted" \\ \u0001\n\u2028 – ŵ 😀');
  const many = (number: number): string => record.replace('["Yes","No"]', `[${Array.from({ length: number }, (_, at) => `"A${at}"`).join(',')}]`);
  assert.equal(readElection(bytes(many(100))).questions[0]?.answers.length, 100);
  const swap = (from: string, to: string): string => {
    assert.ok(record.includes(from), from);
    return record.replace(from, to);
  };
  const refused: [string, string][] = [
    ['version 2', swap('"version":1', '"version":2')],
    ['version as text', swap('"version":1', '"version":"1"')],
    ['version 1.0', swap('"version":1', '"version":1.0')],
    ['another group', swap('Ed25519', 'BELENIOS-2048')],
    ['a space', swap('{"version"', '{ "version"')],
    ['a line end', `${record}\n`],
    ['a mark at the beginning', `\ufeff${record}`],
    ['an unknown field', swap('}],"uuid"', '}],"more":1,"uuid"')],
    ['a field twice', swap('"version":1,', '"version":1,"version":1,')],
    ['another order', record.replace('"description":"Test data.","name":"Vectors"', '"name":"Vectors","description":"Test data."')],
    ['an escaped letter', swap('Vectors', '\\u0056ectors')],
    ['an escaped slash', swap('Test data.', 'a\\/b')],
    ['half a character', swap('Test data.', '\\ud800')],
    ['blank false', swap('"min":1', '"blank":false,"min":1')],
    ['blank 1', two.replace('"blank":true', '"blank":1')],
    ['min above max', swap('"min":1', '"min":2')],
    ['max 0', record.replace('"min":1,"max":1', '"min":0,"max":0')],
    ['max above the answers', swap('"max":1', '"max":3')],
    ['min −1', swap('"min":1', '"min":-1')],
    ['min −0', swap('"min":1', '"min":-0')],
    ['min 1e0', swap('"min":1', '"min":1e0')],
    ['one answer', swap('["Yes","No"]', '["Yes"]')],
    ['101 answers', many(101)],
    ['equal answers', swap('["Yes","No"]', '["Yes","Yes "]')],
    ['equal answers but for white space of Unicode', swap('["Yes","No"]', '["Yes","Yes\u0085"]')],
    ['an empty answer', swap('["Yes","No"]', '["Yes"," "]')],
    ['an answer that is a number', swap('["Yes","No"]', '["Yes",1]')],
    ['no question text', swap('Are you prepared to take part in a strike?', ' ')],
    ['no questions', record.replace(/"questions":\[.*\],"uuid"/, '"questions":[],"uuid"')],
    ['101 questions', record.replace(/"questions":\[(.*)\],"uuid"/, (_, one: string) => `"questions":[${Array.from({ length: 101 }, () => one).join(',')}],"uuid"`)],
    ['no name', swap('"Vectors"', '""')],
    ['a short uuid', swap(yes.uuid, yes.uuid.slice(1))],
    ['a uuid with 0', swap(yes.uuid, `0${yes.uuid.slice(1)}`)],
    ['the key 1', swap(key, '1'.padStart(64, '0'))],
    ['a key of order 2', swap(key, '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec')],
    ['a key in capitals', swap(key, key.toUpperCase())],
    ['a prototype', swap('"version":1', '"__proto__":{},"version":1')],
    ['no object', '[]'],
    ['nothing', ''],
    ['too long', swap('Test data.', 'x'.repeat(MOST_BYTES))],
  ];
  for (const [what, changed] of refused) assert.throws(() => readElection(bytes(changed)), ElectionFault, what);
  assert.throws(() => readElection(Uint8Array.of(...bytes(record).slice(0, 20), 0xff)), ElectionFault);
});

test('choices that the question does not allow are refused', () => {
  const { election, key, vector } = open('ballot_two_questions.json');
  const make = (...choices: Choice[]): string => makeBallot(election, key, choices, new Randomness(new Seeded(vector.seed))).tracker;
  assert.ok(make([0], [0, 1]));
  for (const bad of [[], [[0]], [[0], [0, 1, 2]], [[0], []], [[0], [0, 0]], [[0], [3]], [[0], [-1]], [[0], [0.5]], ['blank', [0]], [[0, 1], [0]], [[0], [0], [0]]] as Choice[][]) {
    assert.throws(() => make(...bad), { name: 'ChoiceFault' }, JSON.stringify(bad));
  }
});

test('base 64 as in RFC 4648 without padding, and in addresses', () => {
  for (const [text, expected] of [['', ''], ['f', 'Zg'], ['fo', 'Zm8'], ['foo', 'Zm9v'], ['foob', 'Zm9vYg']] as const) assert.equal(hex.base64(bytes(text)), expected);
  for (let length = 0; length < 70; length++) {
    const some = Uint8Array.from({ length }, (_, at) => (at * 37 + length * 11) & 255);
    assert.deepEqual(hex.fromBase64url(hex.base64url(some)), some);
  }
  for (const bad of ['A', 'Zh', 'Zg=', 'Z g', 'é', 'AAAAA']) assert.equal(hex.fromBase64url(bad), null, bad);
});

test('numbers modulo q, masks', () => {
  assert.equal(mod(-1n), ORDER - 1n);
  assert.equal(mod(ORDER), 0n);
  assert.deepEqual([select(5n, 9n, 0), select(5n, 9n, 1), select(0n, ORDER - 1n, 1)], [5n, 9n, ORDER - 1n]);
  assert.deepEqual([0, 1, -1, 100, -100, 2 ** 30, -(2 ** 31)].map(isZero), [1, 0, 0, 0, 0, 0, 0]);
});

test('a challenged ballot can be made again from its opening, and from nothing else', () => {
  const { election, key, vector } = open('ballot_two_questions.json');
  const platform = new Randomness(new Platform());
  for (const choices of [[[1], [0, 2]], [[0], 'blank'], [[0], [1]]] as Choice[][]) {
    const ballot = makeOpenable(election, key, choices, platform);
    const opening = ballot.open();
    const read = readOpening(opening);
    assert.equal(read?.credential, key.encoded);
    const made = read?.remake(election);
    assert.equal(made?.ballot.payload, ballot.payload);
    assert.equal(made?.ballot.tracker, ballot.tracker);
    assert.deepEqual(made?.choices, choices);
    assert.ok(!opening.includes(vector.credential));
    // Another election, and other marks than those in the ballot.
    assert.equal(read?.remake(open('ballot_yes.json').election), null);
    const digits = opening.split('.')[2] ?? '';
    const raw = hex.fromBase64url(digits) ?? new Uint8Array();
    for (let at = 0; at < raw.length; at += choices[1] === 'blank' ? 3 : 16) {
      const changed = raw.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const other = readOpening(`1.${election.uuid}.${hex.base64url(changed)}`)?.remake(election);
      assert.notEqual(other?.ballot.tracker ?? '', ballot.tracker, `byte ${at}`);
    }
    ballot.wipe();
    assert.notEqual(readOpening(ballot.open())?.remake(election)?.ballot.tracker ?? '', ballot.tracker);
  }
  for (const bad of ['', '1', '1..', `2.${election.uuid}.AAAA`, `1.${election.uuid}.AAAA`, `1.${election.uuid}.${'A'.repeat(171)}`, `1.<script>.${'A'.repeat(176)}`]) assert.equal(readOpening(bad), null, bad);
});

test('the exponent of the credential does not follow from an opening', () => {
  // The number of the signature is drawn apart: drawing one more from the disclosed seed does not give it.
  const { election, key } = open('ballot_yes.json');
  const ballot = makeOpenable(election, key, [[0]], new Randomness(new Platform()));
  const raw = hex.fromBase64url(ballot.open().split('.')[2] ?? '') ?? new Uint8Array();
  const disclosed = new Randomness(new Seeded(raw.slice(32, 64)));
  const { challenge, response } = ballot.signature;
  for (let draw = 0; draw < 40; draw++) assert.notEqual(mod(response + challenge * key.exponent), randomScalar(disclosed));
});

test('length says nothing of the choice: it varies with the random numbers alone', () => {
  // Scalars are written in base 10: one in seven has a digit fewer than most, whatever was chosen. All else has a fixed length.
  // With 46 scalars a ballot's length has a standard deviation of 2.5, the mean of 60 ballots a standard error of 0.3.
  const { election, key } = open('ballot_two_questions.json');
  const random = new Randomness(new Seeded('lengths'));
  const kinds: Choice[][] = [[[0], [0]], [[1], [0, 2]], [[1], 'blank']];
  const sample = kinds.map((choices) => Array.from({ length: 60 }, () => makeBallot(election, key, choices, random).payload));
  const means = sample.map((payloads) => payloads.reduce((sum, payload) => sum + payload.length, 0) / payloads.length);
  const packed = sample.map((payloads) => payloads.reduce((sum, payload) => sum + gzipSync(payload).length, 0) / payloads.length);
  console.log(`mean length by choice: ${means.map((mean) => mean.toFixed(2)).join(', ')}; compressed: ${packed.map((mean) => mean.toFixed(2)).join(', ')}`);
  assert.ok(Math.max(...means) - Math.min(...means) < 1.5);
  assert.ok(Math.max(...packed) - Math.min(...packed) < 4);
  // Without the digits of the scalars every ballot is the same text but for hexadecimal digits.
  const bare = (payload: string): string => payload.replace(/"(challenge|response)":"\d+"/g, '"$1":""').replace(/"[0-9a-f]{64}"/g, '"E"').replace(/"hash":"[^"]*"/, '"hash":""');
  assert.equal(new Set(sample.flat().map(bare)).size, 1);
});

test('make-ballots.mjs: the vectors by seed, faults with a place', () => {
  const { vector } = open('ballot_two_questions.json');
  const folder = mkdtempSync(join(tmpdir(), 'make-ballots-'));
  try {
    const [election, credentials] = [join(folder, 'election.json'), join(folder, 'credentials.txt')];
    writeFileSync(election, vector.election_record);
    writeFileSync(credentials, `${vector.credential}\n`);
    const run = (...words: string[]) => spawnSync(process.execPath, ['tools/make-ballots.mjs', ...words], { encoding: 'utf8' });
    const made = run(election, credentials, '1;0,2', '--seed', vector.seed);
    assert.equal(made.stderr, '');
    assert.equal(made.stdout, `${vector.payload}\n`);
    assert.equal(run(election, credentials, '1;blank').stdout.length > 1000, true);
    assert.equal(run(election, credentials, '1').status, 2);
    assert.equal(run(election, credentials, '1;x').status, 2);
    writeFileSync(credentials, `${vector.credential}\nnonsense\n`);
    const bad = run(election, credentials, '1;blank');
    assert.equal(bad.status, 2);
    assert.match(bad.stderr, /credentials\.txt:2: /);
    assert.equal(bad.stdout, '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
