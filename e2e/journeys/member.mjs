// Members vote: on a phone, by the link in their letter or by typing its code.

import assert from 'node:assert/strict';
import { tabTo } from '../visitor.mjs';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

journey('member: six taps from the letter’s link to the receipt; nothing stays; the receipt is found without script', async ({ visit, service }) => {
  const member = await visit();
  const code = service.code('ashdown');
  await member.go(`/v/ashdown#code=${code}`);
  await member.heading('Vote online');
  await member.look('vote-1-start');
  assert.equal(await member.page.evaluate(() => location.hash), '', 'the code leaves the address at once');
  await member.press('Start');
  await member.heading('consisting of a strike');
  assert.equal(await member.page.locator('input:checked').count(), 0, 'no answer is chosen beforehand');
  await member.look('vote-3-question');
  await member.choose('Yes');
  await member.press('Continue');
  await member.heading('short of a strike');
  await member.look('vote-4-question-blank');
  await member.choose('No');
  await member.press('Continue');
  await member.heading('Check your answers');
  await member.page.locator('#cast').waitFor();
  await member.look('vote-5-check');
  const tracker = await member.tracker();
  await member.press('Cast my vote');
  await member.heading('Your vote is recorded');
  assert.equal(member.taps, 6);
  assert.equal(await member.tracker(), tracker);
  await member.look('vote-6-receipt');

  // Only the public half of the code ever left the device; nothing of it or of the answers stays.
  const spellings = [code, code.replaceAll('-', ''), code.replaceAll('-', ' '), encodeURIComponent(code), code.split('-')[1]];
  const left = await member.remains({ typed: false });
  for (const spelling of spellings) {
    assert.ok(!left.includes(spelling), 'the code remains in the browser');
    assert.ok(!member.requests.some(({ url, body }) => (url.split('#')[0] + body).includes(spelling)), 'the code was sent');
  }
  assert.ok(!/"checked"|choices|randomness/.test(left));
  await member.page.goBack();
  await member.heading('Your vote is recorded');
  await member.page.reload();
  await member.heading('Vote online');
  assert.equal(await member.page.locator('input').count(), 0);

  // On another device, without script: the tracker is typed in groups, as it was written down.
  const checker = await visit({ javaScriptEnabled: false });
  await checker.go('/');
  await checker.follow('Check a receipt');
  await checker.page.locator('#tracker').fill(tracker.match(/.{1,5}/g).join(' '));
  await checker.page.locator('main button').click();
  await checker.page.locator('.panel.good').waitFor();
  assert.ok((await checker.page.locator('main').textContent()).includes(tracker));
  assert.match(await checker.page.locator('main').textContent(), /Ashdown Hospital/);
  // The clock of the board has no minutes.
  assert.doesNotMatch(await checker.page.locator('.panel dl').textContent(), /\d:[0-5][1-9]/);
  await checker.look('receipt-found');
  await checker.page.locator('#tracker').fill(`${tracker.startsWith('A') ? 'B' : 'A'}${tracker.slice(1)}`);
  await checker.page.locator('main button').click();
  await checker.page.locator('main .panel:not(.good)').waitFor();
  await checker.look('receipt-unknown');
  await checker.page.locator('#tracker').fill('not a tracker');
  await checker.page.locator('main button').click();
  await checker.page.locator('.error-summary').waitFor();
  await checker.look('receipt-error');

  // The same code again, at the letter's link.
  await member.page.goto('about:blank');
  await member.go(`/v/ashdown#code=${code}`);
  await member.press('Start');
  await member.heading('already been used');
  await member.look('vote-used');
});

journey('member: the code typed, with every mistake', async ({ visit, service }) => {
  const member = await visit();
  await member.go('/');
  await member.follow('Brecon Hospital');
  await member.press('Start');
  await member.heading('Enter your voting code');
  await member.look('vote-2-code');
  const entered = async (text, error) => {
    await member.page.locator('#code').fill(text);
    await member.press('Continue');
    await member.page.locator('.errors').getByText(error).waitFor();
    assert.equal(await member.page.evaluate(() => document.activeElement?.className), 'errors', 'the summary has the focus');
  };
  const code = service.code('brecon');
  await entered('', 'Enter your voting code');
  await entered(code.slice(0, 12), 'you typed');
  await entered(`0${code.slice(1)}`, 'Character 1 of group 1 never occurs');
  assert.ok(!member.requests.some(({ method }) => method === 'POST'), 'a code that cannot be one is not asked about');
  // A colleague's letter, of another unit.
  await entered(service.code('calder'), 'not one of this vote');
  await member.look('vote-2-code-error');
  assert.match(await member.page.title(), /^Error: /);
  // The right one, in capitals and small letters as printed, with spaces and without hyphens.
  await member.page.locator('#code').fill(`  ${code.replaceAll('-', ' ')} `);
  await member.press('Continue');
  await member.heading('consisting of a strike');
  await member.press('Continue');
  await member.page.locator('.errors').waitFor();
  await member.look('vote-3-question-error');
  await member.answer(['No', 'Leave this question blank']);
  assert.match(await member.page.locator('.answers').textContent(), /short of a strike\?.*blank/i);
  await member.press('Cast my vote');
  await member.heading('Your vote is recorded');
  // A code that was typed is nowhere at all, whatever way it was typed.
  const left = await member.remains();
  for (const spelling of [code, code.replaceAll('-', ''), code.replaceAll('-', ' '), code.split('-')[1]]) assert.ok(!left.includes(spelling), 'the code remains in the browser');
});

journey('member: Welsh from the first page to the receipt', async ({ visit, service }) => {
  const member = await visit({ locale: 'cy' });
  await member.go('/?lang=cy');
  assert.equal(await member.page.locator('html').getAttribute('lang'), 'cy');
  await member.look('cy-front');
  await member.follow('Calder Hospital');
  await member.heading('Pleidleisio ar-lein');
  await member.look('cy-vote-1-start');
  await member.press('Dechrau');
  await member.page.locator('#code').fill(service.code('calder'));
  await member.look('cy-vote-2-code');
  await member.press('Parhau');
  await member.heading('A ydych yn barod i gymryd rhan mewn streic?');
  await member.look('cy-vote-3-question');
  for (const [at, question] of ['mewn streic', 'heb fod yn streic'].entries()) {
    await member.heading(question);
    await member.page.locator(`#answer-${at}`).check();
    await member.press('Parhau');
  }
  await member.page.locator('#cast').waitFor();
  await member.look('cy-vote-5-check');
  await member.press('Bwrw fy mhleidlais');
  await member.heading('Mae eich pleidlais wedi’i chofnodi');
  await member.look('cy-vote-6-receipt');
  const tracker = await member.tracker();
  await member.go('/receipt?lang=cy');
  await member.page.locator('#tracker').fill(tracker);
  await member.page.locator('main button').click();
  await member.page.locator('.panel.good').waitFor();
  assert.equal(await member.page.locator('html').getAttribute('lang'), 'cy');
  await member.look('cy-receipt-found');
});

journey('member: a second device looks into the ballot, which then never counts; a new one does', async ({ visit, service }) => {
  const member = await visit();
  await member.toCheck('ashdown', service.code('ashdown'), ['Yes', 'Leave this question blank']);
  const first = await member.tracker();
  await member.press('Check that this device did not cheat');
  await member.heading('Check this device with a second one');
  await member.look('challenge-1');
  await member.press('Open this ballot');
  await member.heading('Look at the ballot with a second device');
  await member.look('challenge-2-opened');
  const link = await member.page.locator('#device-link').textContent();
  const device = await visit();
  await device.go(link);
  await device.heading('What is in the ballot');
  await device.page.locator('#recorded').waitFor();
  assert.equal(await device.tracker(), first);
  assert.match(await device.page.locator('.answers').textContent(), /consisting of a strike\?Yes/);
  assert.match(await device.page.locator('.answers').textContent(), /short of a strike\?Leave this question blank/);
  assert.match(await device.page.locator('#recorded').textContent(), /never counts/);
  await device.look('challenge-3-second-device');
  const opening = link.split('#')[1];
  assert.ok(!device.requests.some(({ url, body }) => (url.split('#')[0] + body).includes(opening)), 'the opening was sent');
  // The opened ballot is on no board; the receipt page says why.
  await device.go(`/receipt?tracker=${encodeURIComponent(first)}`);
  assert.equal(await device.page.locator('.panel.good').count(), 0);
  await device.look('receipt-challenged');
  await device.page.goto('about:blank');
  await device.go(link.split('#')[0]);
  await device.heading('There is no ballot to check');
  await device.look('challenge-4-nothing');
  await member.press('Back to my answers, with a new ballot');
  await member.page.locator('#cast').waitFor();
  assert.notEqual(await member.tracker(), first);
  await member.press('Cast my vote');
  await member.heading('Your vote is recorded');
});

journey('member: offline at the last button, and back', async ({ visit, service }) => {
  const member = await visit();
  await member.toCheck('derwent', service.code('derwent'));
  await member.context.setOffline(true);
  await member.press('Cast my vote');
  await member.page.locator('#sending', { hasText: 'seems to be offline' }).waitFor();
  await member.look('vote-offline');
  await member.context.setOffline(false);
  await member.heading('Your vote is recorded');
  assert.equal(await votesOf(member, 'derwent'), 1);
});

journey('member: the service has the ballot, its answer is lost: the same ballot again, one vote', async ({ visit, service }) => {
  const member = await visit();
  await member.toCheck('eden', service.code('eden'));
  let lost = 0;
  await member.page.route('**/cast', async (route) => {
    await route.fetch();
    lost += 1;
    await route.abort('connectionreset');
  });
  await member.press('Cast my vote');
  await member.page.locator('#sending', { hasText: 'we do not know yet' }).waitFor();
  await member.look('vote-no-answer');
  assert.ok(lost > 0);
  await member.page.unroute('**/cast');
  const again = member.page.getByRole('button', { name: 'Try again now' });
  if (await again.isVisible()) await again.click();
  await member.heading('Your vote is recorded');
  await member.see('already arrived');
  assert.equal(new Set(member.requests.filter(({ url }) => url.endsWith('/cast')).map(({ body }) => body)).size, 1);
  assert.equal(await votesOf(member, 'eden'), 1);
});

journey('member: two tabs and a double click are one vote', async ({ visit, service }) => {
  const member = await visit();
  const code = service.code('fairburn');
  await member.toCheck('fairburn', code);
  const other = await visit();
  await other.toCheck('fairburn', code, ['No', 'No']);
  await member.page.locator('#cast').dblclick();
  await member.heading('Your vote is recorded');
  await other.press('Cast my vote');
  await other.heading('already been used');
  assert.equal(await votesOf(member, 'fairburn'), 1);
});

journey('member: with the keyboard alone', async ({ visit, service }) => {
  const member = await visit({ viewport: { width: 1200, height: 900 } });
  const { page } = member;
  await member.go('/');
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Skip/);
  await tabTo(page, 'a[href^="/v/glaslyn"]', 80);
  await page.keyboard.press('Enter');
  await member.heading('Vote online');
  await tabTo(page, '#start');
  await page.keyboard.press('Enter');
  await member.heading('Enter your voting code');
  await tabTo(page, '#code');
  await page.keyboard.type(service.code('glaslyn'));
  await page.keyboard.press('Enter');
  for (const heading of ['consisting of a strike', 'short of a strike']) {
    await member.heading(heading);
    await tabTo(page, 'input[type=radio]');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, 'button[type=submit]');
    await page.keyboard.press('Enter');
  }
  await member.heading('Check your answers');
  await page.locator('#cast').waitFor();
  await tabTo(page, '#cast');
  await page.keyboard.press('Space');
  await member.heading('Your vote is recorded');
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', 'a reader hears the new page');
});

journey('member: time of encrypting on the real page', async ({ visit, service }) => {
  const seconds = async (slower) => {
    const member = await visit();
    const client = await member.context.newCDPSession(member.page);
    await client.send('Emulation.setCPUThrottlingRate', { rate: slower });
    await member.toCheck('haddon', service.code('haddon'));
    return member.page.evaluate(() => performance.getEntriesByName('whitley-encrypt').at(-1).duration);
  };
  for (const slower of [1, 6]) {
    const times = [await seconds(slower), await seconds(slower)].map((time) => `${time.toFixed(0)} ms`);
    console.log(`        two questions encrypted, processor ${slower === 1 ? 'as it is' : `slowed ${slower} times`}: ${times.join(', ')}`);
  }
});

/** How many ballots the board of a unit has, from its archive. */
async function votesOf(visitor, unit) {
  const page = await visitor.context.newPage();
  await page.goto(`${visitor.origin}/v/${unit}`);
  const uuid = await page.locator('#booth').getAttribute('data-uuid');
  const archive = await (await visitor.context.request.get(`${visitor.origin}/e/${uuid}/archive.bel`)).body();
  await page.close();
  return archive.toString('latin1').match(/"election_uuid"/g)?.length ?? 0;
}
