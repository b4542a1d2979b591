/** The making side of a ballot, as `crates/vote` has it: docs/spec/voting.md sections 2 to 7. */
export { type Ballot, makeBallot } from './ballot.ts';
export { CredentialFault, type CredentialKey, credentialKey, parseCredential, tidyCredential, type Typed } from './credential.ts';
export { type Election, ElectionFault, isUuid, readElection } from './election.ts';
export { encodeAll, GENERATOR, parseKey, prepareGenerator, randomScalar, scalarFromHash } from './group.ts';
export { makeOpenable, type OpenableBallot, type Opening, readOpening } from './opening.ts';
export { type Choice, ChoiceFault, choicesOf, type Question } from './question.ts';
export { NoRandomness, Platform, Randomness, Seeded, type Source } from './random.ts';
export { fingerprint } from './transcript.ts';
