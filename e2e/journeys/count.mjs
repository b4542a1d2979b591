// A poll in which the last vote counts: voting again, closing by itself, shares, the signed result, and who checks it.

import assert from 'node:assert/strict';
import { Machine } from '../whitley.mjs';
import { staff } from './staff.mjs';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

/** Trackers of votes that count, and of the one that a later vote took the place of. */
const trackers = {};

journey('count: a member votes again, and the last vote counts; others vote', async ({ visit, service }) => {
  const member = await visit();
  const code = service.code('ashdown');
  await member.toCheck('ashdown', code, ['No', 'No']);
  await member.press('Cast my vote');
  await member.heading('Your vote is recorded');
  trackers.first = await member.tracker();
  await member.page.goto('about:blank');
  await member.go(`/v/ashdown#code=${code}`);
  await member.press('Start');
  await member.heading('You have already voted');
  await member.look('again-voted');
  await member.press('Vote again');
  await member.answer(['Yes', 'Leave this question blank']);
  await member.press('Cast my vote');
  await member.heading('Your vote is recorded');
  trackers.last = await member.tracker();
  assert.notEqual(trackers.last, trackers.first);
  for (const [unit, answers] of [['ashdown', ['Yes', 'Yes']], ['brecon', ['No', 'Yes']]]) {
    await member.toCheck(unit, service.code(unit), answers);
    await member.press('Cast my vote');
    await member.heading('Your vote is recorded');
  }
  const seen = async (tracker) => {
    await member.go(`/receipt?tracker=${encodeURIComponent(tracker)}`);
    return member.page.locator('main .panel').first().innerText();
  };
  assert.notEqual(await seen(trackers.first), await seen(trackers.last));
  await member.go(`/receipt?tracker=${encodeURIComponent(trackers.first)}`);
  await member.look('receipt-superseded');
});

journey('count: after the closing time nothing is taken; trustees bring shares, a wrong one is refused', async ({ visit, service }) => {
  const late = await visit();
  const closed = async () => {
    await late.go('/v/brecon');
    return late.page.getByText('The vote has closed.').waitFor({ timeout: 3_000 }).then(() => true, () => false);
  };
  for (let tries = 0; !(await closed()); tries++) {
    assert.ok(tries < 60, 'the vote does not close');
    await late.page.waitForTimeout(1_000);
  }
  assert.equal(await late.page.locator('#start').count(), 0);
  await late.look('vote-closed');

  const one = await staff({ visit, service }, 'trustee-1');
  for (let tries = 0; ; tries++) {
    await one.visitor.go('/desk/shares');
    if ((await one.visitor.page.locator('main pre').count()) > 0) break;
    if (tries === 0) await one.visitor.look('shares-not-yet');
    assert.ok(tries < 90, 'the ballots are not added up');
    await one.visitor.page.waitForTimeout(1_000);
  }
  await one.visitor.look('shares-due');
  const shared = async ({ visitor, machine }) => {
    await visitor.go('/desk/shares');
    await fetchAll(visitor, machine);
    machine.run(await visitor.page.locator('main pre').last().innerText());
    return machine.files().filter((name) => name.endsWith('.share.json')).map((name) => machine.at(name));
  };
  const files = await shared(one);
  assert.equal(files.length, 2);
  // Somebody else's share.
  const three = await staff({ visit, service }, 'trustee-3');
  await three.visitor.go('/desk/shares');
  assert.match(await three.visitor.bring(files[0]), /Not everything was taken/i);
  await three.visitor.look('shares-refused');
  assert.match(await one.visitor.bring(...files), /Done/);
  await one.visitor.look('shares-done');
  await three.visitor.bring(...(await shared(three)));
  assert.equal(await three.visitor.page.locator('.error-summary').count(), 0);
});

journey('count: officer and scrutineer sign, the result is verified and published', async ({ visit, service }) => {
  for (const role of ['officer', 'scrutineer']) {
    const { visitor, machine } = await staff({ visit, service }, role);
    await visitor.go('/desk/result');
    await visitor.look(`result-${role}-due`);
    await fetchAll(visitor, machine);
    machine.run(await visitor.page.locator('main pre').last().innerText());
    const says = await visitor.bring(...machine.files().filter((name) => name.endsWith('.result.json')).map((name) => machine.at(name)));
    assert.match(says, role === 'officer' ? /signed by the officer/ : /every check passed[\s\S]*every check passed/);
    await visitor.look(`result-${role}-signed`);
    await visitor.go('/desk');
    await visitor.look(`desk-${role}-counted`);
  }
});

journey('count: anybody reads the result; a journalist downloads and verifies it, and finds a changed byte', async ({ visit, service }) => {
  const journalist = await visit({ viewport: { width: 1200, height: 900 } });
  await journalist.go('/results');
  await journalist.look('results');
  await journalist.go('/results?lang=cy');
  await journalist.look('cy-results');
  await journalist.go('/results/ashdown');
  await journalist.look('result');
  const counts = await journalist.page.locator('main table').first().locator('td.n').allInnerTexts();
  assert.deepEqual(counts.slice(0, 2), ['2', '0'], 'yes, no: the member’s second vote, not the first');
  const machine = new Machine('journalist');
  const archive = await machine.fetch(journalist.page, journalist.page.locator('a[href$="/archive.bel"]').first());
  await machine.fetch(journalist.page, journalist.page.locator('a[href$="/companion.jsonl"]').first());
  assert.match(machine.run(`whitley-verify ${archive} --tracker '${trackers.last}'`), /counted|counts/i);
  machine.run(`sed '0,/"answer_proofs"\\|"proof"/s/"proof/"prooF/' ${archive} > changed.bel; cp ${archive.replace('.bel', '.companion.jsonl')} changed.companion.jsonl; ! cmp -s ${archive} changed.bel`);
  machine.run('whitley-verify changed.bel > changed.txt || test $? -ne 0 && ! whitley-verify changed.bel');
  await journalist.go('/results');
  await machine.fetch(journalist.page, journalist.page.locator('a[href="/poll.tar"]').first());
  const all = machine.run('mkdir all; cd all; tar -xf ../poll.tar; for archive in *.bel; do whitley-verify "$archive"; done; ls *.bel | wc -l');
  assert.match(all, /\n2\s*$/, 'both units');
  // Their own vote, long after.
  await journalist.go(`/receipt?tracker=${encodeURIComponent(trackers.last)}`);
  await journalist.look('receipt-counted');
  // What a member sees who comes too late.
  await journalist.go('/v/ashdown');
  await journalist.see('The vote has closed.');
  await journalist.go('/');
  await journalist.look('front-counted');
});

/** Fetches everything that the first step of a desk page links to. */
async function fetchAll(visitor, machine) {
  for (const link of await visitor.page.locator('main ol a[download]').all()) await machine.fetch(visitor.page, link);
}
