// A poll in which the last vote counts, and which closes by itself.

import assert from 'node:assert/strict';

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

journey('count: after the closing time nothing is taken', async ({ visit, service }) => {
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
});
