/** The shared vectors, as they lie in vectors/v1. Tests run in booth/. */

import { readdirSync, readFileSync } from 'node:fs';
import { credentialKey, type CredentialKey, type Election, readElection } from '../src/vote/index.ts';
import type { Choice } from '../src/vote/index.ts';

const FOLDER = '../vectors/v1';

export interface BallotVector {
  readonly seed: string;
  readonly uuid: string;
  readonly election_record: string;
  readonly election_hash: string;
  readonly credential: string;
  readonly choices: Choice[];
  readonly draws: { name: string; value: string }[];
  readonly transcripts: { proof: string; hash_input: string }[];
  readonly payload: string;
  readonly tracker: string;
}

export function vector<T>(name: string): T {
  return JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as T;
}

export const goodBallots: string[] = readdirSync(FOLDER).filter((name) => name.startsWith('ballot_') && !name.startsWith('ballot_bad_'));

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function open(name: string): { vector: BallotVector; election: Election; key: CredentialKey } {
  const read = vector<BallotVector>(name);
  const election = readElection(bytes(read.election_record));
  return { vector: read, election, key: credentialKey(read.credential, election.uuid) };
}
