// A branch's representative on a phone in a corridor: with signal, without, and after the link is closed. All members are invented.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { staff } from '../staff.mjs';
import { shots } from '../visitor.mjs';
import { Machine } from '../whitley.mjs';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

/** Opens a link of a branch; the list is there, and kept on the phone. */
async function opened({ visit }, link) {
  const rep = await visit();
  await rep.go(link);
  await rep.heading('Your branch');
  await rep.press('Open my list');
  await rep.page.locator('#people[data-ready]').waitFor();
  return rep;
}

const line = (rep, member) => rep.page.locator(`#people > li[data-member="${member}"]`);
const waiting = (rep, number) => rep.page.locator('#signal', { hasText: `${number} ${number === 1 ? 'note' : 'notes'} not sent yet` }).waitFor();
const nothingWaits = (rep) => rep.page.waitForFunction(() => document.getElementById('signal').childElementCount === 0);

async function tap(rep, member, button) {
  const details = line(rep, member).locator('details');
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
  rep.taps += 1;
  await details.getByRole('button', { name: button }).click();
}

/** What the service has of a member: state and every note, as its own page says. */
async function kept(rep, member) {
  const page = await (await rep.context.request.get(`${rep.origin}/branch`)).text();
  const part = page.split(`data-member="${member}"`)[1].split('</details>')[0];
  return { state: /class="tag[^>]*>([^<]*)</.exec(part)[1], notes: [...part.matchAll(/<li>([^<]*)<\/li>/g)].map(([, text]) => text) };
}

/** Makes or closes the link of a branch at the officer's desk; the link, where one was made. */
async function atTheDesk(officer, act) {
  await officer.visitor.go('/desk/branches');
  await officer.visitor.click(officer.visitor.page.getByRole('button', { name: act }).first());
  return act === 'Close' ? '' : officer.visitor.page.locator('.panel .code').innerText();
}

journey('branch: two taps and an undo without signal, the page opened again, and back: the service has each once', async (walk) => {
  const rep = await opened(walk, walk.service.link('representative'));
  const members = await rep.page.locator('#people > li').evaluateAll((all) => all.map((one) => one.dataset.member));
  const [first, second, third] = members;
  const name = await line(rep, first).locator('.who').innerText();
  await tap(rep, third, 'Got the paper or code');
  await rep.see('noted “Got the paper or code”');
  await nothingWaits(rep);
  assert.deepEqual((await kept(rep, third)).state, 'got it');

  await rep.context.setOffline(true);
  await tap(rep, first, 'Told us they voted');
  await rep.see(`noted “Told us they voted”`);
  await waiting(rep, 1);
  await rep.look('branch-offline');
  await rep.press('Undo');
  await rep.see('taken back: “Told us they voted”');
  await waiting(rep, 2);
  await tap(rep, second, 'Wants a call');
  await waiting(rep, 3);
  // The phone is put away and taken out again, still without signal.
  await rep.page.goto('about:blank');
  await rep.go('/branch');
  await waiting(rep, 3);
  await line(rep, first).locator('.tag', { hasText: 'nobody has spoken to them' }).waitFor();
  await line(rep, second).locator('.tag', { hasText: 'wants a call' }).waitFor();
  await line(rep, third).locator('.tag', { hasText: 'got it' }).waitFor();
  await line(rep, second).locator('summary').click();
  await line(rep, second).getByLabel('Works elsewhere').fill('Invented Clinic');
  await tap(rep, second, 'Ask the officer to put it right');
  await waiting(rep, 4);

  await rep.context.setOffline(false);
  await nothingWaits(rep);
  const told = await kept(rep, first);
  assert.equal(told.state, 'nobody has spoken to them');
  assert.equal(told.notes.length, 2, told.notes.join('\n'));
  assert.match(told.notes[0], /: noted “Told us they voted”/);
  assert.match(told.notes[1], /: taken back “Told us they voted”/);
  assert.deepEqual(await kept(rep, second).then(({ state, notes }) => [state, notes.length]), ['wants a call, works at Invented Clinic', 2]);
  assert.match(await rep.page.locator('#totals').innerText(), /^2 of \d+ spoken to; 1 got it; 1 wants a call\.$/);
  // Once more, from the beginning: nothing is sent twice, and nothing of the phone's stands beside what the service has.
  await rep.page.reload();
  await rep.page.locator('#people[data-ready]').waitFor();
  assert.equal((await kept(rep, first)).notes.length, 2);
  assert.ok((await rep.page.locator('main').innerText()).includes(name));
});

journey('branch: the answer is lost on its way, so the phone sends again; another phone noted the same meanwhile', async (walk) => {
  const officer = await staff(walk, 'officer');
  const link = await atTheDesk(officer, 'New link');
  const [one, other] = [await opened(walk, link), await opened(walk, link)];
  const member = await one.page.locator('#people > li.bad').last().getAttribute('data-member');
  let lost = 0;
  await one.page.route('**/branch/notes', async (route) => {
    await route.fetch();
    lost += 1;
    await route.abort('connectionreset');
  });
  await tap(one, member, 'Moved, or left');
  await waiting(one, 1);
  while (lost === 0) await one.page.waitForTimeout(50);
  await tap(other, member, 'Wants a call');
  await nothingWaits(other);
  await one.page.unroute('**/branch/notes');
  // By itself after a while, or at once if that is wanted.
  await Promise.race([one.page.getByRole('button', { name: 'Send now' }).click(), nothingWaits(one)]);
  await nothingWaits(one);
  const { state, notes } = await kept(one, member);
  assert.equal(state, 'wants a call, moved or left');
  assert.equal(notes.length, 2, notes.join('\n'));
});

journey('branch: the link is closed while the phone is without signal: with the first signal the names are gone', async (walk) => {
  const officer = await staff(walk, 'officer');
  const link = await atTheDesk(officer, 'New link');
  const [open, away] = [await opened(walk, link), await opened(walk, link)];
  const name = await open.page.locator('.who').first().innerText();
  const member = await away.page.locator('#people > li').first().getAttribute('data-member');
  assert.ok((await cached(away)).includes(name), 'the list is on the phone');
  await away.context.setOffline(true);
  await tap(away, member, 'Got the paper or code');
  await waiting(away, 1);
  await atTheDesk(officer, 'Close');
  // One opens the page, the other comes back to it with a note that waits.
  await open.go('/branch');
  await open.see('The link of this branch is closed');
  await open.look('branch-closed');
  await away.context.setOffline(false);
  await away.heading('The link of this branch is closed');
  await away.see('1 note could not be sent any more');
  for (const rep of [open, away]) {
    const left = (await rep.remains()) + (await cached(rep));
    assert.ok(!left.includes(name) && !left.includes(member), `something stays on the phone: ${left}`);
    assert.deepEqual(await rep.page.evaluate(async () => [(await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]), [0, 0]);
    await rep.context.setOffline(true);
    await assert.rejects(rep.page.goto(`${rep.origin}/branch`), /ERR_INTERNET_DISCONNECTED/, 'nothing answers in the service’s place');
    await rep.context.setOffline(false);
  }
});

journey('branch: signing out asks before notes are lost, and leaves nothing on the phone', async (walk) => {
  const officer = await staff(walk, 'officer');
  const rep = await opened(walk, await atTheDesk(officer, /Make link|New link/));
  const name = await rep.page.locator('.who').first().innerText();
  const member = await rep.page.locator('#people > li').first().getAttribute('data-member');
  await rep.context.setOffline(true);
  await tap(rep, member, 'Got the paper or code');
  await waiting(rep, 1);
  await rep.press('Sign out');
  await rep.see('takes them off this phone unsent');
  await rep.press('Sign out');
  await rep.heading('This phone has forgotten the list');
  await rep.context.setOffline(false);
  assert.ok(!((await rep.remains()) + (await cached(rep))).includes(name));
  await rep.go('/branch');
  await rep.page.locator('#people[data-ready]').waitFor();
  await rep.click(rep.page.getByRole('button', { name: 'Sign out' }));
  assert.equal(new URL(rep.page.url()).pathname, '/');
  assert.ok(!((await rep.remains()) + (await cached(rep))).includes(name));
  await rep.go('/branch');
  await rep.see('open the link of your branch again');
});

journey('branch: the desk list and cards to print; the request on the officer’s desk', async (walk) => {
  const officer = await staff(walk, 'officer');
  const rep = await opened(walk, await atTheDesk(officer, 'New link'));
  const members = await rep.page.locator('#people > li').count();
  const open = await rep.page.locator('#people > li.bad').count();
  await rep.follow('A list for your desk');
  await rep.heading('Desk list');
  await rep.look('branch-desk-list');
  assert.equal(await rep.page.locator('tbody tr').count(), members);
  await rep.go('/branch/cards');
  await rep.heading('Cards');
  await rep.look('branch-cards');
  assert.equal(await rep.page.locator('.card-sheet > li').count(), open);
  const pdf = (await rep.page.pdf({ preferCSSPageSize: true, path: join(shots, 'branch-cards.pdf') })).toString('latin1');
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, Math.ceil(open / 8), 'eight on a sheet');
  assert.match(pdf, /\/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]/, 'A4');
  const list = new Machine('rep-list');
  await rep.go('/branch');
  const file = await list.fetch(rep.page, rep.page.getByRole('link', { name: 'This list as CSV' }));
  assert.equal(readFileSync(list.at(file), 'utf8').trim().split('\n').length, members + 1);

  // What a branch asks for is a task of the officer's, and the branch sees that it is dealt with.
  await rep.page.locator('#people[data-ready]').waitFor();
  const member = await rep.page.locator('#people > li').last().getAttribute('data-member');
  await tap(rep, member, 'Needs a new paper or code');
  await nothingWaits(rep);
  const { visitor } = officer;
  await visitor.go('/desk');
  await visitor.follow('Branches and their requests');
  await visitor.heading('Requests of branches');
  await visitor.look('branch-requests');
  await visitor.click(visitor.page.getByRole('button', { name: `${member}, needs a new paper` }));
  assert.match((await kept(rep, member)).state, /needs a new paper or code: the officer has dealt with it$/);
});

/** Everything in the browser's caches. */
async function cached(rep) {
  return rep.page.evaluate(async () => {
    const texts = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) texts.push(request.url, await (await cache.match(request)).text());
    }
    return texts.join('\n');
  });
}
