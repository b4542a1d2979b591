// A dispute in the browser, as its people meet it: officer, analyst, member, journalist, a branch's representative. The negotiator has a file of their own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Machine } from '../whitley.mjs';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

const wide = { width: 1200, height: 844 };

/** Somebody signed in by a link that the service printed, such as `negotiator` or `officer`. */
async function signedIn({ visit, service }, role, options = { viewport: wide }) {
  const storageState = service.sessions[role];
  const visitor = await visit({ javaScriptEnabled: false, storageState, ...options });
  if (storageState) return visitor;
  await visitor.go(service.link(role));
  await visitor.click(visitor.page.locator('main button'));
  await visitor.page.locator('h1').waitFor();
  service.sessions[role] = await visitor.context.storageState();
  return visitor;
}

/** The rows behind `?csv=` of a page, as lists of cells. */
async function csv(visitor, path) {
  const answer = await visitor.context.request.get(visitor.origin + path);
  assert.equal(answer.status(), 200, path);
  return (await answer.text()).trim().split(/\r?\n/).map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain));
}

journey('every page of every founding dispute, as the officer reads it', async (walk) => {
  const visitor = await signedIn(walk, 'officer');
  for (const dispute of ['nhs-whitley-1998', 'civil-service-2004', 'nhs-2007', 'nhs-2008', 'nhs-2014']) {
    await visitor.go(`/d/${dispute}`);
    const links = await visitor.page.locator('nav a, ul.tasks a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    const pages = [...new Set(links)].filter((path) => path.startsWith(`/d/${dispute}/`) && !/\.(zip|ics)$/.test(path)).map((path) => path.split('#')[0]);
    assert.ok(new Set(pages).size > 8, `${dispute}: ${pages}`);
    for (const path of new Set(pages)) {
      const answer = await visitor.go(path);
      assert.equal(answer.status(), 200, path);
      assert.ok((await visitor.page.locator('h1').count()) === 1, path);
      // Each page of one dispute is looked at closely; the others are its like.
      if (dispute === 'nhs-2007') await visitor.look(`dispute-${path.split('/').slice(3).join('-').split('?')[0]}`);
    }
  }
});

journey('analyst: the same offer as months of paybill, and its rows as CSV', async (walk) => {
  const visitor = await signedIn(walk, 'officer');
  await visitor.go('/d/nhs-2014/compare');
  await visitor.look('compare');
  await visitor.go('/d/nhs-2014/compare?offers=recommendation,england-imposed');
  const links = await visitor.page.locator('a[href*="csv="]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  assert.ok(links.length > 0, 'tables can be taken away');
  for (const link of links) {
    const rows = await csv(visitor, new URL(link, visitor.page.url()).pathname + new URL(link, visitor.page.url()).search);
    assert.ok(rows.length > 1 && rows.every((row) => row.length >= rows[0].length), link);
  }
  await visitor.look('compare-two');
});

journey('member: what is it worth to me, on a phone, in three numbers that the command line gives too', async (walk) => {
  const visitor = await signedIn(walk, 'officer', {});
  await visitor.go('/d/nhs-2007/worth');
  await visitor.look('worth');
  const selects = visitor.page.locator('main form select');
  assert.ok((await selects.count()) > 0, 'the point is chosen from the scale, not typed');
  await visitor.go('/d/nhs-2007/worth?offer=england-staged&point=5-min&nation=England');
  await visitor.look('worth-answered');
  const machine = new Machine('member');
  const { offers } = JSON.parse(machine.run('whitley offer value nhs-2007 --offer england-staged --nation England --json'));
  const point = offers[0].points.find(({ point }) => point === '5-min');
  const page = (await visitor.page.locator('main').innerText()).replace(/[,£]/g, '');
  const gain = (point.in_year_gain_pence?.by_months ?? point.in_year_gain?.by_months ?? point.in_year_gain).toString();
  const pounds = gain.includes('.') ? Number(gain).toFixed(2) : (Number(gain) / 100).toFixed(2);
  assert.ok(page.includes(pounds) || page.includes(Math.round(Number(pounds)).toString()), `${pounds} is not on the page`);
  // A salary that is none is said so, on the page.
  const wrong = await visitor.go('/d/nhs-2007/worth?offer=england-staged&salary=abc');
  assert.equal(wrong.status(), 400);
  await visitor.see('salary');
});

journey('journalist: a quoted figure, its readings and sources, a permanent address and rows to cite', async (walk) => {
  const negotiator = await signedIn(walk, 'negotiator');
  await negotiator.go('/d/nhs-2014/copy');
  await negotiator.page.locator('#id').fill('record-2014');
  await negotiator.click(negotiator.page.locator('main form button').first());
  await negotiator.go('/d/record-2014/publish');
  await negotiator.page.locator('#note').fill('As of record');
  await negotiator.page.locator('#sure').check();
  await negotiator.click(negotiator.page.getByRole('button', { name: 'Publish this version' }));
  const visitor = await walk.visit({ viewport: wide, javaScriptEnabled: false });
  await visitor.go('/public');
  await visitor.look('public');
  await visitor.page.locator('main a[href^="/public/record-2014"]').first().click();
  const home = new URL(visitor.page.url()).pathname;
  assert.match(home, /^\/public\/record-2014\/\d+$/);
  await visitor.go(`${home}/claims`);
  await visitor.look('public-claims');
  await visitor.page.locator('main a[href*="/claims/"]').first().click();
  await visitor.look('public-claim');
  const main = await visitor.page.locator('main').innerText();
  assert.match(main, /Source/i);
  const answer = await visitor.context.request.get(`${visitor.origin}${home}/claims`);
  assert.equal(answer.status(), 200);
});

journey('dispute: from the voting page to what the offer is worth, beside the vote, and on to the receipt', async (walk) => {
  const member = await walk.visit();
  const began = Date.now();
  await member.go(`/v/ashdown#code=${walk.service.code('ashdown')}`);
  await member.heading('Vote online');
  await member.look('vote-1-start-with-worth');
  const [worth] = await Promise.all([member.context.waitForEvent('page'), member.follow('What the offer is worth to you')]);
  await worth.waitForLoadState();
  assert.match(new URL(worth.url()).pathname, /^\/public\/record-2014\/\d+\/worth$/, 'one dispute is published, so there is nothing to choose');
  await worth.locator('main form select').first().waitFor();
  await worth.close();
  // The page with the code stayed as it was.
  await member.press('Start');
  await member.answer(['Yes', 'No']);
  await member.press('Cast my vote');
  await member.heading('Your vote is recorded');
  await member.see('not how you voted');
  await member.page.getByRole('link', { name: 'What the offer is worth to you' }).waitFor();
  assert.ok(Date.now() - began < 120_000, 'under two minutes, by a machine');
  await member.go('/');
  await member.page.locator('main a[href="/worth"]').waitFor();
});

journey('national officer: two pages to print of every dispute, the evidence in one file', async (walk) => {
  const visitor = await signedIn(walk, 'officer');
  const machine = new Machine('officer');
  for (const dispute of ['nhs-whitley-1998', 'civil-service-2004', 'nhs-2007', 'nhs-2008', 'nhs-2014']) {
    await visitor.go(`/d/${dispute}/briefing`);
    const file = machine.at(`${dispute}.pdf`);
    await visitor.page.pdf({ path: file, preferCSSPageSize: true });
    const [, pages] = /^Pages:\s+(\d+)$/m.exec(machine.run(`pdfinfo ${dispute}.pdf`));
    assert.equal(pages, '2', `${dispute}: a briefing is two pages`);
    assert.match(machine.run(`pdfinfo ${dispute}.pdf`), /Page size:.*A4/);
    const title = (await visitor.page.locator('h1').innerText()).trim();
    assert.ok(machine.run(`pdftotext ${dispute}.pdf -`).replace(/\s+/g, ' ').includes(title), `${title} is not on the pages`);
  }
  await visitor.go('/d/nhs-2007');
  const pack = await machine.fetch(visitor.page, visitor.page.getByRole('link', { name: 'Evidence pack' }));
  const unpacked = machine.run(`python3 -m zipfile -e ${pack} . && cd nhs-2007-evidence && sha256sum --quiet -c CONTENTS.sha256 && find . -type f | wc -l`);
  assert.ok(Number(unpacked.trim()) > 20, unpacked);
});

journey('national officer: one ballot or many, with the share of real moves; a short notice is red', async (walk) => {
  const visitor = await signedIn(walk, 'officer');
  await visitor.go('/d/civil-service-2004/ballot');
  await visitor.page.locator('#forecast-opens').fill('2026-12-01');
  await visitor.click(visitor.page.locator('#what-may-come form button').first());
  await visitor.see('Separate ballots');
  await visitor.see('One ballot over all');
  await visitor.see('of the observed moves');
  await visitor.look('forecast');
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  await visitor.go(`/d/civil-service-2004/ballot?opens=${soon}`);
  await visitor.see('too short by');
  const red = await visitor.page.locator('svg.timeline text.refused').first().evaluate((text) => getComputedStyle(text).fill);
  assert.match(red, /rgb\((1[3-9]|2)\d*, \d{1,3}, \d{1,3}\)/, 'what is too late is red');
  await visitor.look('timetable-short');
});

journey('representative: own members on a phone, a tick, undo, the list; nothing of anybody else', async (walk) => {
  const rep = await walk.visit({ javaScriptEnabled: false });
  await rep.go(walk.service.link('representative'));
  await rep.heading('Your branch');
  await rep.look('branch-sign-in');
  await rep.press('Open my list');
  await rep.see('nobody has spoken to them');
  await rep.look('branch');
  const first = rep.page.locator('.people li').first();
  const name = (await first.locator('.who').innerText()).trim();
  await first.locator('summary').click();
  await rep.click(first.getByRole('button', { name: 'Told us they voted' }));
  await rep.see('noted “Told us they voted”');
  await rep.look('branch-noted');
  await rep.click(rep.page.getByRole('button', { name: 'Undo' }));
  await rep.see('taken back');
  const list = new Machine('rep');
  const file = await list.fetch(rep.page, rep.page.getByRole('link', { name: 'This list as CSV' }));
  assert.ok(readFileSync(list.at(file), 'utf8').includes(name));
  await rep.go('/desk/voting');
  await rep.see('This page is for');
});
