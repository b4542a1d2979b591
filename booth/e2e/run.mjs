// The booth in a real browser: system Chromium through playwright-core, against tools/dev-server.mjs.
//
//   npm run e2e [-- WORDS OF A NAME]     screenshots in out/, figures of the time at the end

import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import decodeQR from 'qr/decode.js';
import { startService } from '../tools/dev-server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'out');
mkdirSync(out, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
const wanted = process.argv.slice(2).join(' ');
const cases = [];
const scenario = (name, run, options = {}) => cases.push({ name, run, options });

/** One visitor on one page of a fresh service. */
async function visit({ viewport = { width: 390, height: 844 }, colorScheme = 'light', javaScriptEnabled = true, before } = {}) {
  const service = await startService();
  const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled, reducedMotion: 'reduce', bypassCSP: false });
  const problems = [];
  const page = await context.newPage();
  const listen = (page) => {
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => /Content Security|Trusted|integrity/i.test(message.text()) && problems.push(message.text()));
  };
  listen(page);
  if (before) await page.addInitScript(before);
  let code = 0;
  const visitor = {
    service, context, page, problems, listen,
    code: () => service.codes[code++],
    go: (text = '/v/invented') => page.goto(service.origin + text),
    heading: (text) => page.locator('h1', { hasText: text }).waitFor({ timeout: 8000 }),
    press: (text) => page.getByRole('button', { name: text, exact: true }).click(),
    choose: (text) => page.getByLabel(text, { exact: true }).check(),
    shot: (name) => page.screenshot({ path: join(out, `${name}.png`), fullPage: true }),
    /** No fault of accessibility, nothing wider than the window. */
    async look(name, page = visitor.page) {
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0, `${name}: ${wide} px too wide`);
      const client = await page.context().newCDPSession(page);
      // The policy of the page forbids foreign scripts, as it should; the debugger's own world is not bound by it.
      const { frameTree } = await client.send('Page.getFrameTree');
      const { executionContextId } = await client.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
      await client.send('Runtime.evaluate', { expression: axe, contextId: executionContextId });
      const { result } = await client.send('Runtime.evaluate', {
        expression: "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((found) => JSON.stringify(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary)])))",
        contextId: executionContextId, awaitPromise: true, returnByValue: true,
      });
      assert.equal(result.value, '[]', `${name}: ${result.value}`);
      const small = await page.evaluate(() => [...document.querySelectorAll('button, summary, input:not([type=radio]):not([type=checkbox]), .option')].filter((one) => one.getClientRects().length > 0 && (one.getBoundingClientRect().height < 44 || one.getBoundingClientRect().width < 44)).map((one) => one.outerHTML.slice(0, 120)));
      assert.deepEqual(small, [], `${name}: smaller than 44 px`);
      await client.detach();
    },
    async toQuestions(code, start = 'Start') {
      await visitor.go(`/v/invented#code=${code}`);
      await visitor.press(start);
      await visitor.heading('Are you prepared to take part in a strike?');
    },
    async toCheck(code, answers = ['Yes', 'No']) {
      await visitor.toQuestions(code);
      for (const answer of answers) {
        await visitor.choose(answer);
        await visitor.press('Continue');
      }
      await visitor.heading('Check your answers');
      await page.locator('#cast').waitFor();
    },
    tracker: async () => (await page.locator('.tracker').first().textContent()),
  };
  return visitor;
}

/** What the browser still knows of this site. */
async function remains(visitor) {
  const { page, context } = visitor;
  const kept = await page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, location.href, document.documentElement.outerHTML, await caches.keys(), (await indexedDB.databases()).map(({ name }) => name), name]));
  const client = await context.newCDPSession(page);
  const { entries } = await client.send('Page.getNavigationHistory');
  return kept + JSON.stringify(entries) + JSON.stringify(await context.storageState());
}

scenario('whole vote: code typed, every page looked at', async (v) => {
  const code = v.code();
  await v.go();
  await v.heading('Vote online');
  await v.look('01-start');
  await v.press('Start');
  await v.heading('Enter your voting code');
  assert.match(await v.page.title(), /^Enter your voting code – /);
  assert.equal(await v.page.evaluate(() => document.activeElement?.tagName), 'H1');
  await v.look('02-code');
  await v.page.getByLabel('Enter your voting code').fill(code.replaceAll('-', ' '));
  await v.press('Continue');
  await v.heading('Are you prepared to take part in a strike?');
  assert.equal(await v.page.locator('input:checked').count(), 0);
  await v.look('03-question');
  await v.press('Continue');
  await v.page.locator('.errors').waitFor();
  assert.equal(await v.page.evaluate(() => document.activeElement?.className), 'errors');
  assert.match(await v.page.title(), /^Error: Question 1 of 2/);
  await v.look('04-question-error');
  await v.choose('Yes');
  await v.press('Continue');
  await v.heading('Are you prepared to take part in industrial action short');
  await v.look('05-question-blank');
  await v.choose('Leave this question blank');
  await v.press('Continue');
  await v.heading('Check your answers');
  await v.page.locator('#cast').waitFor();
  await v.look('06-check');
  const tracker = await v.tracker();
  assert.equal(tracker.length, 43);
  await v.press('Cast my vote');
  await v.heading('Your vote is recorded');
  await v.look('07-receipt');
  assert.equal(await v.tracker(), tracker);
  const board = [...v.service.control.board];
  assert.equal(board.length, 1);
  assert.equal(board[0][0], v.service.key(code));
  // Nothing but public things left the device, and nothing stays on it.
  for (const { path, body } of v.service.control.requests) assert.ok(!(path + body).includes(code.slice(0, 5)) && !(path + body).includes(code.replaceAll('-', '')), path);
  const left = await remains(v);
  for (const part of [code, code.replaceAll('-', ''), code.replaceAll('-', ' '), encodeURIComponent(code)]) assert.ok(!left.includes(part), 'the code remains');
  // A way back leads nowhere.
  await v.page.goBack();
  await v.heading('Your vote is recorded');
  await v.page.goBack();
  await v.heading('Your vote is recorded');
  await v.page.emulateMedia({ media: 'print' });
  await v.shot('08-receipt-print');
});

scenario('link with a code: it leaves the address at once, capitals stay', async (v) => {
  const code = v.code();
  await v.go(`/v/invented#code=${code}`);
  await v.heading('Vote online');
  assert.equal(await v.page.evaluate(() => location.hash), '');
  await v.page.getByText('It has been taken out of the address').waitFor();
  await v.press('Start');
  await v.heading('Are you prepared');
});

scenario('wrong codes: empty, short, impossible characters, unknown', async (v) => {
  await v.go();
  await v.press('Start');
  const field = v.page.getByLabel('Enter your voting code');
  const entered = async (text, error) => {
    await field.fill(text);
    await v.press('Continue');
    await v.page.locator('.errors').getByText(error).waitFor();
  };
  await entered('', 'Enter your voting code');
  await entered('Vp5ZM-6jSDf7', 'you typed 11');
  await entered('0p5ZM-6jSDf7-5X6va-oTrXbR', 'Character 1 of group 1 never occurs');
  const before = v.service.control.requests.filter(({ method }) => method === 'POST').length;
  assert.equal(before, 0, 'a code that cannot be one is not asked about');
  await entered('Vp5ZM-6jSDf7-5X6va-oTrXbR', 'not one of this vote');
  await v.look('10-code-unknown');
  await v.page.locator('.errors a').click();
  assert.equal(await v.page.evaluate(() => document.activeElement?.id), 'code');
  v.service.control.next = { path: 'credential', kind: 'busy', times: 1 };
  await entered(v.code(), 'The service is busy');
  v.service.control.next = { path: 'credential', kind: 'unreached', times: 99 };
  await entered(v.code(), 'does not answer');
});

scenario('void, replaced and used codes', async (v) => {
  for (const [state, title] of [['void', 'no longer valid'], ['replaced', 'was replaced']]) {
    const code = v.code();
    v.service.control.credentials.set(v.service.key(code), state);
    await v.go('/v/invented?again=' + state + '#code=' + code);
    await v.press('Start');
    await v.heading(title);
    await v.page.getByText('No vote was cast from this page').waitFor();
    await v.look(`11-${state}`);
  }
  const code = v.code();
  await v.toCheck(code);
  await v.press('Cast my vote');
  await v.heading('Your vote is recorded');
  // The tab was closed; the voter comes back.
  await v.page.goto('about:blank');
  await v.go(`/v/invented?later#code=${code}`);
  await v.press('Start');
  await v.heading('already been used');
  await v.look('11-used');
  v.service.control.info.revote = 'last';
  await v.page.goto('about:blank');
  await v.go(`/v/invented?later#code=${code}`);
  await v.press('Start');
  await v.heading('You have already voted');
  await v.look('11-again');
  await v.press('Vote again');
  for (const answer of ['No', 'No']) {
    await v.choose(answer);
    await v.press('Continue');
  }
  await v.press('Cast my vote');
  await v.heading('Your vote is recorded');
  assert.equal([...v.service.control.board.values()].flat().length, 2);
});

scenario('answer lost, service busy: the same bytes again, one vote', async (v) => {
  await v.toCheck(v.code());
  const tracker = await v.tracker();
  // Chromium itself asks again over a new connection before it gives up.
  v.service.control.next = { path: 'cast', kind: 'lost', times: 99 };
  await v.press('Cast my vote');
  await v.page.locator('#sending', { hasText: 'we do not know yet' }).waitFor();
  await v.look('20-no-answer');
  assert.equal(await v.tracker(), tracker);
  await v.page.goBack();
  await v.heading('Sending your vote');
  v.service.control.next = null;
  await v.press('Try again now');
  await v.heading('Your vote is recorded');
  await v.page.getByText('already arrived').waitFor();
  const sent = v.service.control.requests.filter(({ path }) => path.endsWith('/cast')).map(({ body }) => body);
  assert.ok(sent.length >= 2);
  assert.equal(new Set(sent).size, 1);
  assert.equal(v.service.control.board.size, 1);

  const code = v.code();
  await v.toCheck(code);
  v.service.control.next = { path: 'cast', kind: 'busy', seconds: 1, times: 1 };
  await v.press('Cast my vote');
  await v.page.locator('#sending', { hasText: 'has not recorded your vote yet. Trying again in 1 seconds' }).waitFor();
  await v.heading('Your vote is recorded');
});

scenario('offline at casting, and back', async (v) => {
  await v.toCheck(v.code());
  await v.context.setOffline(true);
  await v.press('Cast my vote');
  await v.page.locator('#sending', { hasText: 'seems to be offline' }).waitFor();
  await v.look('21-offline');
  await v.context.setOffline(false);
  await v.heading('Your vote is recorded');
  assert.equal(v.service.control.board.size, 1);
});

scenario('double click casts once', async (v) => {
  await v.toCheck(v.code());
  v.service.control.next = { path: 'cast', kind: 'slow', times: 1 };
  await v.page.locator('#cast').dblclick();
  await v.heading('Your vote is recorded');
  assert.equal(v.service.control.requests.filter(({ path }) => path.endsWith('/cast')).length, 1);
});

scenario('two tabs: the second one is told', async (v) => {
  const code = v.code();
  await v.toCheck(code, ['Yes', 'Yes']);
  const other = await v.context.newPage();
  await other.goto(`${v.service.origin}/v/invented#code=${code}`);
  await other.getByRole('button', { name: 'Start' }).click();
  for (const answer of ['No', 'No']) {
    await other.getByLabel(answer, { exact: true }).check();
    await other.getByRole('button', { name: 'Continue' }).click();
  }
  await other.locator('#cast').click();
  await other.locator('h1', { hasText: 'Your vote is recorded' }).waitFor();
  await v.press('Cast my vote');
  await v.heading('already been used');
  assert.equal(v.service.control.board.size, 1);
});

scenario('back and forward, change an answer: a new ballot each time', async (v) => {
  await v.toCheck(v.code());
  const first = await v.tracker();
  await v.page.goBack();
  await v.heading('Are you prepared to take part in industrial action short');
  assert.equal(await v.page.getByLabel('No', { exact: true }).isChecked(), true);
  await v.page.goBack();
  await v.heading('Are you prepared to take part in a strike?');
  await v.page.goForward();
  await v.page.goForward();
  await v.heading('Check your answers');
  assert.equal(await v.tracker(), first);
  await v.page.getByRole('button', { name: 'Change answer to question 1' }).click();
  await v.choose('No');
  await v.press('Continue');
  await v.heading('Check your answers');
  await v.page.locator('#cast').waitFor();
  assert.notEqual(await v.tracker(), first);
  assert.match(await v.page.locator('.answers').textContent(), /strike\?No/);
  await v.page.goto(`${v.service.origin}/e/${v.service.uuid}/receipt`);
  await v.page.goBack();
  await v.heading('Vote online');
  assert.ok(!(await remains(v)).includes('checked'));
});

scenario('challenge: a second device shows the answers; the ballot never counts; a new one is cast', async (v) => {
  await v.toCheck(v.code(), ['Yes', 'Leave this question blank']);
  const first = await v.tracker();
  await v.press('Check that this device did not cheat');
  await v.heading('Check this device with a second one');
  await v.look('30-challenge');
  assert.equal(await v.tracker(), first);
  await v.press('Open this ballot');
  await v.heading('Look at the ballot with a second device');
  await v.look('31-opened');
  assert.deepEqual([...v.service.control.challenged], [first]);
  const link = await v.page.locator('#device-link').textContent();
  assert.equal(await scanned(v), link);
  const device = await v.context.browser().newContext({ viewport: { width: 390, height: 844 } });
  const second = await device.newPage();
  v.listen(second);
  await second.goto(link);
  await second.locator('h1', { hasText: 'What is in the ballot' }).waitFor();
  await second.locator('#recorded').waitFor();
  assert.equal(await second.locator('.tracker').textContent(), first);
  const answers = await second.locator('.answers').textContent();
  assert.match(answers, /strike\?Yes/);
  assert.match(answers, /rule\?Leave this question blank/);
  assert.match(await second.locator('#recorded').textContent(), /never counts/);
  assert.equal(await second.evaluate(() => location.hash), '');
  await v.look('32-second-device', second);
  for (const { path } of v.service.control.requests) assert.ok(!path.includes(link.split('#')[1]));
  // A link that was changed on the way.
  await second.goto('about:blank');
  await second.goto(`${link.slice(0, -3)}AAA`);
  await second.locator('h1', { hasText: /does not fit|There is no ballot|What is in/ }).waitFor();
  await second.goto('about:blank');
  await second.goto(link.split('#')[0]);
  await second.locator('h1', { hasText: 'There is no ballot to check' }).waitFor();
  await device.close();
  // The opened ballot cannot be cast; the new one can.
  await v.press('Back to my answers, with a new ballot');
  await v.page.locator('#cast').waitFor();
  assert.notEqual(await v.tracker(), first);
  await v.press('Cast my vote');
  await v.heading('Your vote is recorded');
  const [payload] = [...v.service.control.board.values()].flat();
  assert.ok(!v.service.control.requests.some(({ path, body }) => path.endsWith('/challenge') && body === payload));
});

scenario('challenge without an answer: the ballot is not cast any more', async (v) => {
  await v.toCheck(v.code());
  const first = await v.tracker();
  await v.press('Check that this device did not cheat');
  v.service.control.next = { path: 'challenge', kind: 'unreached', times: 99 };
  await v.press('Open this ballot');
  await v.heading('The ballot cannot be reached');
  await v.look('33-challenge-unreached');
  await v.press('Back to my answers, with a new ballot');
  await v.page.locator('#cast').waitFor();
  assert.notEqual(await v.tracker(), first);
});

scenario('Welsh: every page, language changed half-way without losing anything', async (v) => {
  const code = v.code();
  await v.go('/v/invented?lang=cy');
  await v.heading('Pleidleisio ar-lein');
  await v.look('40-cy-start');
  assert.equal(await v.page.evaluate(() => document.documentElement.lang), 'cy');
  await v.press('Dechrau');
  await v.page.getByLabel('Rhowch eich cod pleidleisio').fill(code);
  await v.look('41-cy-code');
  await v.press('Parhau');
  await v.heading('A ydych yn barod i gymryd rhan mewn streic?');
  await v.look('42-cy-question');
  await v.page.locator('#answer-0').check();
  await v.press('English');
  await v.heading('Are you prepared to take part in a strike?');
  assert.equal(await v.page.locator('#answer-0').isChecked(), true);
  await v.press('Cymraeg');
  await v.press('Parhau');
  await v.page.locator('#answer-1').check();
  await v.press('Parhau');
  await v.page.locator('#cast').waitFor();
  await v.look('43-cy-check');
  await v.press('Bwrw fy mhleidlais');
  await v.heading('Mae eich pleidlais wedi’i chofnodi');
  await v.look('44-cy-receipt');
});

scenario('keyboard only', async (v) => {
  const code = v.code();
  await v.go();
  await v.heading('Vote online');
  const keys = v.page.keyboard;
  const until = async (selector) => {
    for (let presses = 0; presses < 30; presses++) {
      await keys.press('Tab');
      if (await v.page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) {
        const outlined = await v.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none');
        assert.ok(outlined, `${selector}: the focus is not visible`);
        return;
      }
    }
    assert.fail(`${selector} cannot be reached`);
  };
  await until('#start');
  await keys.press('Enter');
  await v.heading('Enter your voting code');
  await until('#code');
  await keys.type(code);
  await keys.press('Enter');
  for (const heading of ['a strike?', 'action short']) {
    await v.heading(heading);
    await until('input[type=radio]');
    await keys.press('ArrowDown');
    await keys.press('ArrowUp');
    await keys.press('Space');
    await until('button[type=submit]');
    await keys.press('Enter');
  }
  await v.page.locator('#cast').waitFor();
  await v.heading('Check your answers');
  await until('#cast');
  await keys.press('Space');
  await v.heading('Your vote is recorded');
});

scenario('320 px, text twice as large, dark', async (v) => {
  await v.go();
  await v.heading('Vote online');
  await v.look('50-small-start');
  const code = v.code();
  await v.toCheck(code);
  await v.look('51-small-check');
  await v.page.evaluate(() => (document.documentElement.style.fontSize = '225%'));
  await v.look('52-small-check-large');
  await v.press('Check that this device did not cheat');
  await v.press('Open this ballot');
  await v.heading('Look at the ballot');
  await v.page.locator('summary').click();
  await v.look('53-small-opened-large');
  await v.press('Back to my answers, with a new ballot');
  await v.press('Cast my vote');
  await v.heading('Your vote is recorded');
  await v.look('54-small-receipt-large');
}, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });

scenario('wide window', async (v) => {
  await v.toQuestions(v.code());
  await v.look('55-wide-question');
}, { viewport: { width: 1200, height: 900 } });

scenario('text of officers stays text', async (v) => {
  const nasty = '<img src=x onerror=alert(1)><script>alert(2)</script> {{uuid}} \u202eevah\u202c ' + 'W'.repeat(300);
  const record = JSON.parse(v.service.control.record);
  record.questions[0].question = nasty;
  record.questions[0].answers = [`Yes ${nasty}`, '\u202eoN', 'كلا'];
  v.service.use(JSON.stringify(record));
  v.service.control.info = { recommendation: nasty, statement: `${nasty}\n\nsecond paragraph`, unit: nasty, poll: nasty, questions: record.questions.map(({ question, answers }) => ({ text: question, answers, text_cy: null, answers_cy: null })) };
  const [code] = v.service.codes;
  const { credentials } = v.service.control;
  credentials.set(v.service.key(code), 'ready');
  v.service.control.info.fingerprint = undefined;
  delete v.service.control.info.fingerprint;
  await v.go(`/v/invented#code=${code}`);
  await v.page.locator('#start').click();
  await v.page.locator('#answer-0').waitFor();
  await v.look('60-nasty-question');
  assert.equal(await v.page.locator('main img, main script').count(), 0);
  // What is not seen is made visible: this answer cannot pass for “No”.
  assert.equal(await v.page.locator('label[for=answer-1]').textContent(), '\ufffdoN');
  await v.page.locator('#answer-2').check();
  await v.press('Continue');
  await v.choose('Yes');
  await v.press('Continue');
  await v.page.locator('#cast').click();
  await v.heading('Your vote is recorded');
});

scenario('several answers: check boxes, limits, blank not with others', async (v) => {
  const record = JSON.parse(v.service.control.record);
  record.questions = [{ answers: ['Ann', 'Ben', 'Cai', 'Dee'], blank: true, min: 1, max: 2, question: 'Who should speak for you?' }];
  v.service.use(JSON.stringify(record));
  v.service.control.info = { questions: record.questions.map(({ question, answers }) => ({ text: question, answers, text_cy: null, answers_cy: null })) };
  await v.go(`/v/invented#code=${v.code()}`);
  await v.press('Start');
  await v.heading('Who should speak');
  for (const name of ['Ann', 'Ben', 'Cai']) await v.choose(name);
  await v.press('Continue');
  await v.page.locator('.errors').getByText('no more than 2').waitFor();
  await v.look('61-several');
  await v.page.getByLabel('Ann').uncheck();
  await v.choose('Leave this question blank');
  await v.press('Continue');
  await v.page.locator('.errors').getByText('not both').waitFor();
  await v.page.getByLabel('Leave this question blank').uncheck();
  await v.press('Continue');
  await v.heading('Check your answers');
  assert.match(await v.page.locator('.answers').textContent(), /BenCai/);
});

scenario('before and after the vote; closed while voting', async (v) => {
  v.service.control.info.state = 'before';
  await v.go();
  await v.page.getByText('has not opened yet').waitFor();
  assert.equal(await v.page.locator('#start').count(), 0);
  await v.look('70-before');
  v.service.control.info.state = 'counted';
  await v.page.reload();
  await v.page.getByText('The vote has closed.').waitFor();
  v.service.control.info.state = 'open';
  await v.toCheck(v.code());
  v.service.control.info.state = 'closed';
  await v.press('Cast my vote');
  await v.heading('The vote has closed');
  await v.page.getByText('not recorded').waitFor();
  await v.look('71-closed');
});

scenario('a service that is not one ballot is not trusted: other fingerprint, other texts, other record, link for another ballot', async (v) => {
  const { control } = v.service;
  const refused = async (fragment = '') => {
    await v.page.goto('about:blank');
    await v.go(`/v/invented${fragment}`);
    await v.heading('This ballot cannot be trusted');
    assert.equal(control.requests.filter(({ method }) => method === 'POST').length, 0);
  };
  control.info.fingerprint = 'A'.repeat(43);
  await refused();
  await v.look('72-not-trusted');
  control.info = { questions: [{ text: 'Other', answers: ['Yes', 'No'] }, { text: 'Other', answers: ['Yes', 'No'] }] };
  await refused();
  control.info = {};
  const good = control.record;
  control.record = good.replace('"version":1', '"version": 1');
  await refused();
  control.record = good;
  await refused(`#code=${v.code()}&election=${'B'.repeat(43)}`);
  await v.page.goto('about:blank');
  await v.go(`/v/invented#code=${v.code()}&election=${encodeURIComponent(JSON.parse(JSON.stringify((await (await fetch(`${v.service.origin}/e/${v.service.uuid}/info.json`)).json()).fingerprint)))}`);
  await v.page.locator('#start').waitFor();
});

scenario('the service confirms another tracker: said loudly', async (v) => {
  await v.toCheck(v.code());
  v.service.control.next = { path: 'cast', kind: 'other-tracker', times: 1 };
  await v.press('Cast my vote');
  await v.heading('The service confirmed another ballot');
  assert.equal(await v.page.getByText('Your vote is recorded').count(), 0);
  await v.look('73-other-tracker');
});

scenario('service down at the start: try again', async (v) => {
  await v.page.route('**/info.json', (route) => route.abort());
  await v.go();
  await v.heading('The ballot cannot be reached');
  await v.look('74-unreached');
  await v.page.unroute('**/info.json');
  await v.press('Try again');
  await v.page.locator('#start').waitFor();
});

// Randomness and old browsers

const nothingSent = (v) => assert.equal(v.service.control.requests.filter(({ path }) => /cast|challenge/.test(path)).length, 0);

scenario('no generator: refused at once', async (v) => {
  await v.go();
  await v.heading('This browser cannot encrypt a vote');
  await v.look('80-no-crypto');
  nothingSent(v);
}, { before: () => Object.defineProperty(window, 'crypto', { value: undefined }) });

for (const [name, before] of [
  ['constant', () => (crypto.getRandomValues = (bytes) => bytes.fill(9))],
  ['doing nothing', () => (crypto.getRandomValues = (bytes) => bytes)],
  ['failing', () => (crypto.getRandomValues = () => { throw new Error('no'); })],
]) {
  scenario(`generator ${name}: no ballot is made`, async (v) => {
    await v.toQuestions(v.code());
    for (const answer of ['Yes', 'No']) {
      await v.choose(answer);
      await v.press('Continue');
    }
    await v.heading('random numbers cannot be trusted');
    if (name === 'constant') await v.look('81-randomness');
    nothingSent(v);
  }, { before });
}

scenario('an extension has changed how the browser computes: no ballot is made', async (v) => {
  await v.toQuestions(v.code());
  await v.page.evaluate(() => {
    const join = Array.prototype.join;
    Array.prototype.join = function (sign) { return sign === ',' && this.length === 4 ? join.call(this, ';') : join.call(this, sign); };
  });
  for (const answer of ['Yes', 'No']) {
    await v.choose(answer);
    await v.press('Continue');
  }
  await v.heading('This browser computes wrongly');
  nothingSent(v);
}, { before: () => { window.requestIdleCallback = () => 0; } });

scenario('no BigInt: the text of the shell stays', async (v) => {
  await v.go();
  await v.page.getByText('Try another browser or device, or ask your union').waitFor();
  assert.equal(v.service.control.requests.filter(({ path }) => path.startsWith('/e/')).length, 0);
  v.problems.length = 0;
}, { before: () => { delete window.BigInt; } });

scenario('script changed on the way: SRI stops it, the text of the shell stays', async (v) => {
  v.service.control.tampered = 'sha384-' + Buffer.alloc(48, 1).toString('base64');
  await v.go();
  await v.page.getByText('Try another browser or device, or ask your union').waitFor();
  await v.page.waitForTimeout(2700);
  await v.look('82-script-blocked');
  assert.equal(v.service.control.requests.filter(({ path }) => path.startsWith('/e/')).length, 0);
  assert.ok(v.problems.some((text) => /integrity/i.test(text)));
  v.problems.length = 0;
});

scenario('without script: how to vote on paper', async (v) => {
  await v.go();
  await v.shot('83-no-script');
  assert.match(await v.page.locator('noscript').textContent(), /paper ballot/);
}, { javaScriptEnabled: false });

scenario('page left half-way: nothing comes back with the back button', async (v) => {
  const code = v.code();
  await v.go();
  await v.press('Start');
  await v.page.getByLabel('Enter your voting code').fill(code);
  await v.page.goto('about:blank');
  await v.page.goBack();
  await v.page.waitForLoadState();
  assert.ok(!(await v.page.locator('#code').count()) || (await v.page.locator('#code').inputValue()) === '');
  assert.ok(!(await remains(v)).includes(code));
});

const figures = [];
for (const slow of [1, 6]) {
  scenario(`time of encryption, processor slowed ${slow} times`, async (v) => {
    const client = await v.context.newCDPSession(v.page);
    await client.send('Emulation.setCPUThrottlingRate', { rate: slow });
    const measure = async () => v.page.evaluate(() => performance.getEntriesByName('whitley-encrypt').map(({ duration }) => duration));
    const fill = async () => {
      for (const answer of ['Yes', 'No']) {
        await v.choose(answer);
        await v.press('Continue');
      }
      await v.page.locator('#cast').waitFor();
    };
    await v.toQuestions(v.code());
    // The voter reads: the tables are made in idle time.
    await v.page.waitForTimeout(400 * slow);
    await fill();
    await v.page.getByRole('button', { name: 'Change answer to question 2' }).click();
    await v.choose('Yes');
    await v.press('Continue');
    await v.page.locator('#cast').waitFor();
    const [first, second] = await measure();
    figures.push(`slowed ${slow}x, prepared while the voter read: ${first.toFixed(0)} ms; another ballot ${second.toFixed(0)} ms`);
  });
  scenario(`time of encryption cold, processor slowed ${slow} times`, async (v) => {
    const client = await v.context.newCDPSession(v.page);
    await client.send('Emulation.setCPUThrottlingRate', { rate: slow });
    await v.toQuestions(v.code());
    for (const answer of ['Yes', 'No']) {
      await v.choose(answer);
      await v.press('Continue');
    }
    await v.page.locator('#cast').waitFor();
    const [prepare, encrypt] = await v.page.evaluate(() => ['whitley-prepare', 'whitley-encrypt'].map((name) => performance.getEntriesByName(name)[0].duration));
    figures.push(`slowed ${slow}x, nothing prepared: self-check with table of g ${prepare.toFixed(0)} ms, encryption with table of y ${encrypt.toFixed(0)} ms`);
  }, { before: () => { window.requestIdleCallback = () => 0; } });
}

/** What a camera would read from the QR code on the screen. */
async function scanned(v) {
  const png = (await v.page.locator('.qr').screenshot()).toString('base64');
  const table = await v.context.newPage();
  const { width, height, data } = await table.evaluate(async (png) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${png}`;
    await picture.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [picture.width, picture.height];
    const drawing = canvas.getContext('2d');
    drawing.drawImage(picture, 0, 0);
    return { width: picture.width, height: picture.height, data: [...drawing.getImageData(0, 0, picture.width, picture.height).data] };
  }, png);
  await table.close();
  return decodeQR({ width, height, data: Uint8Array.from(data) });
}

let failed = 0;
for (const { name, run, options } of cases.filter(({ name }) => name.includes(wanted))) {
  const from = performance.now();
  const visitor = await visit(options);
  try {
    await run(visitor);
    assert.deepEqual(visitor.problems, []);
    console.log(`ok    ${name} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
  } catch (fault) {
    failed++;
    await visitor.shot(`failed-${failed}`).catch(() => undefined);
    console.log(`FAIL  ${name}\n      ${String(fault.stack ?? fault).split('\n').slice(0, 12).join('\n      ')}\n      ${visitor.problems.join('\n      ')}`);
  }
  await visitor.context.close();
  visitor.service.close();
}
for (const figure of figures) console.log(figure);
console.log(`${failed} failed`);
await browser.close();
process.exit(failed === 0 ? 0 : 1);
