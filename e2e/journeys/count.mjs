// A poll in which the last vote counts: voting again, closing by itself, shares, the signed result, and who checks it.

import assert from 'node:assert/strict';
import { doSteps, staff } from '../staff.mjs';
import { Machine } from '../whitley.mjs';

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

journey('count: after the closing time nothing is taken; trustees bring shares, somebody else’s is refused', async (walk) => {
  const late = await walk.visit();
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

  const one = await staff(walk, 'trustee-1');
  await one.visitor.go('/desk/shares');
  if ((await one.visitor.commands()).length === 0) await one.visitor.look('shares-not-yet');
  await addedUp(one.visitor);
  await one.visitor.look('shares-due');
  const files = (await doSteps(one)).filter((name) => name.endsWith('.share.json')).map((name) => one.machine.at(name));
  assert.equal(files.length, 2);
  const three = await staff(walk, 'trustee-3');
  await three.visitor.go('/desk/shares');
  assert.match(await three.visitor.bring(files[0]), /This is the share of trustee 1; you are trustee 3/);
  await three.visitor.look('shares-refused');
  assert.match(await one.visitor.bring(...files), /Done[\s\S]*on the board[\s\S]*on the board/);
  await one.visitor.look('shares-done');
  await three.visitor.go('/desk/shares');
  const others = (await doSteps(three)).filter((name) => name.endsWith('.share.json')).map((name) => three.machine.at(name));
  assert.doesNotMatch(await three.visitor.bring(...others), /Not everything was taken/i);
});

journey('count: officer and scrutineer sign, the result is verified and published', async (walk) => {
  for (const role of ['officer', 'scrutineer']) {
    const person = await staff(walk, role);
    await person.visitor.go('/desk/result');
    if (role === 'officer') await person.visitor.look('result-due');
    const made = (await doSteps(person)).filter((name) => name.endsWith('.result.json'));
    assert.equal(made.length, 2);
    const says = await person.visitor.bring(...made.map((name) => person.machine.at(name)));
    assert.match(says, role === 'officer' ? /signed by the officer/ : /every check passed[\s\S]*every check passed/);
    await person.visitor.look(`result-signed-${role}`);
  }
});

journey('count: anybody reads the result; a journalist downloads and verifies it, and finds a changed byte', async ({ visit }) => {
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
  const companion = await machine.fetch(journalist.page, journalist.page.locator('a[href$="/companion.jsonl"]').first());
  // The program takes a tracker in hexadecimal digits; pages show it in base64.
  const hex = (tracker) => Buffer.from(tracker.replace(/\s/g, ''), 'base64').toString('hex');
  machine.run(`whitley-verify ${archive} --companion ${companion} --tracker ${hex(trackers.last)}`);
  assert.match(machine.run(`whitley-verify ${archive} --companion ${companion} --tracker ${hex(trackers.first)}`, 1), /V39/);
  // A letter of a ballot's proof, a letter of the signed counts: each is found.
  machine.run(`sed '0,/"challenge":"[1-8]/s/"challenge":"[1-8]/"challenge":"9/' ${archive} > changed.bel; ! cmp -s ${archive} changed.bel`);
  assert.match(machine.run(`whitley-verify changed.bel --companion ${companion}`, 1), /fail/i);
  machine.run(`sed '$s/"counted":"*[0-9]/"counted":9/' ${companion} > changed.jsonl; ! cmp -s ${companion} changed.jsonl`);
  assert.match(machine.run(`whitley-verify ${archive} --companion changed.jsonl`, 1), /fail/i);
  await journalist.go('/results');
  await machine.fetch(journalist.page, journalist.page.locator('a[href="/poll.tar"]').first());
  const all = machine.run('mkdir all; cd all; tar -xf ../poll.tar; for unit in *.bel; do whitley-verify "$unit" --companion "${unit%.bel}.companion.jsonl" > /dev/null; done; ls *.bel | wc -l');
  assert.match(all, /\b2\s*$/, 'both units');
  // Their own vote, long after.
  await journalist.go(`/receipt?tracker=${encodeURIComponent(trackers.last)}`);
  await journalist.look('receipt-counted');
  await journalist.go('/v/ashdown');
  await journalist.see('The vote has closed.');
  await journalist.go('/');
  await journalist.look('front-counted');
});

journey('count: officer and scrutineer agree until when the roll is kept; before that day nobody erases it', async (walk) => {
  const officer = await staff(walk, 'officer');
  const scrutineer = await staff(walk, 'scrutineer');
  const { visitor } = officer;
  await visitor.go('/desk');
  await visitor.follow('Erase the roll');
  await visitor.heading('Erase the roll');
  await visitor.look('roll-erase');
  const least = await visitor.page.locator('#day').inputValue();
  await visitor.page.locator('#day').evaluate((field) => field.removeAttribute('min'));
  await visitor.page.locator('#day').fill('2026-01-01');
  assert.match(await visitor.click(visitor.page.getByRole('button', { name: 'Propose this day' })), /There is a problem[\s\S]*s\.231B/);
  await visitor.look('roll-erase-error');
  await visitor.page.locator('#day').fill(least);
  await visitor.click(visitor.page.getByRole('button', { name: 'Propose this day' }));
  await scrutineer.visitor.go('/desk/two-people');
  await scrutineer.visitor.see('erasure of the roll');
  await scrutineer.visitor.click(scrutineer.visitor.page.getByRole('button', { name: 'Confirm' }));
  await scrutineer.visitor.go('/desk/roll/erase');
  await scrutineer.visitor.see('Agreed: kept until the end of');
  await scrutineer.visitor.look('roll-erase-agreed');
  assert.equal(await scrutineer.visitor.page.getByRole('button', { name: 'Erase' }).count(), 0);
});

/** Waits until the shares are due: closing is by the clock, and thirty seconds later the ballots are added up. */
export async function addedUp(visitor) {
  for (let tries = 0; ; tries++) {
    await visitor.go('/desk/shares');
    if ((await visitor.commands()).length > 0) return;
    assert.ok(tries < 200, 'the ballots are not added up');
    await visitor.page.waitForTimeout(1_000);
  }
}
