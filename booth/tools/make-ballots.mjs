// Makes ballots with the booth's own code, for tests of whoever judges them. Needs node and nothing else (no npm install).
//
//   node booth/tools/make-ballots.mjs ELECTION.json CREDENTIALS.txt ANSWERS… [--seed TEXT]
//
// CREDENTIALS.txt has one private credential a line. Each of ANSWERS is one ballot's: the questions separated by `;`, in each the
// numbers of the answers from 0 separated by commas, or `none`, or `blank`; for example '0;blank' or '1;0,2'. The credentials take
// them in turn. With --seed all numbers are drawn from one seeded stream, in order (voting.md 7.5 and 12): never for a real vote.
// Writes one ballot a line. Exit status 2: a fault of the input.

import { readFileSync } from 'node:fs';
import { credentialKey, makeBallot, parseCredential, Platform, Randomness, readElection, Seeded } from '../dist/vote.mjs';

const words = process.argv.slice(2);
const at = words.indexOf('--seed');
const [, seed] = at < 0 ? [] : words.splice(at, 2);
const [electionFile, credentialsFile, ...answers] = words;

function fault(text) {
  console.error(text);
  process.exit(2);
}

if (answers.length === 0 || (at >= 0 && seed === undefined)) fault('make-ballots.mjs ELECTION.json CREDENTIALS.txt ANSWERS… [--seed TEXT]');

function choices(text) {
  return text.split(';').map((one) => {
    if (one === 'blank') return 'blank';
    return one === 'none' ? [] : one.split(',').map((digits) => (/^\d{1,3}$/.test(digits) ? Number(digits) : fault(`${text}: ${one} is no answer`)));
  });
}

try {
  const election = readElection(readFileSync(electionFile));
  const random = new Randomness(seed === undefined ? new Platform() : new Seeded(seed));
  const lines = readFileSync(credentialsFile, 'utf8').split('\n').filter((line) => line.trim() !== '');
  const read = (line, at) => {
    try {
      return parseCredential(line);
    } catch (why) {
      return fault(`${credentialsFile}:${at + 1}: ${why.message}`);
    }
  };
  const ballots = lines.map(read).map((credential, at) => makeBallot(election, credentialKey(credential, election.uuid), choices(answers[at % answers.length]), random));
  process.stdout.write(ballots.map(({ payload }) => `${payload}\n`).join(''));
} catch (why) {
  fault(why.message);
}
