/**
 * Whether this browser computes as it must: one ballot of the shared vectors (`ballot_no`) is made again from its seed. It also
 * warms the engine up before the voter's own ballot. A changed built-in shows here, if it changes the outcome.
 */

import { credentialKey, makeBallot, NoRandomness, Randomness, readElection, Seeded } from '../vote/index.ts';

const RECORD =
  '{"version":1,"description":"Test data.","name":"Vectors","group":"Ed25519","public_key":"c938df3080b1c51821297a70386a0208f0c95525605509a9789f0d105457e3de",' +
  '"questions":[{"answers":["Yes","No"],"min":1,"max":1,"question":"Are you prepared to take part in a strike?"}],"uuid":"TYR1je3z8seAkP"}';
const TRACKER = '+/yrj11/cCnEBlxJ8jUxOmuPMt5TvGDHV9bucBRZ5Bs';

/** Whether the vector comes out. Throws {@link NoRandomness}: the library blinds exponents. */
export function computesRightly(): boolean {
  try {
    const election = readElection(new TextEncoder().encode(RECORD));
    const key = credentialKey('PwrsA-jwSTdc-1QtV5-PrAzpf', election.uuid);
    election.key.prepare();
    return makeBallot(election, key, [[1]], new Randomness(new Seeded('ballot_no'))).tracker === TRACKER;
  } catch (fault) {
    if (fault instanceof NoRandomness) throw fault;
    return false;
  }
}
