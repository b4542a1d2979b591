// Somebody with a browser: what they do, and what is looked at on every page they come to.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './whitley.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export const shots = join(root, 'target/e2e');
mkdirSync(shots, { recursive: true });
/** Names of pages that were looked at. */
export const looked = new Set();

const phone = { width: 390, height: 844 };

export class Visitor {
  /** Faults that no page may have; a journey ends with none. */
  problems = [];
  /** Everything that left the browser: method, address, body. */
  requests = [];
  taps = 0;
  scriptless = false;

  static async of(browser, service, { viewport = phone, ...options } = {}) {
    const visitor = new Visitor();
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce', acceptDownloads: true, ...options });
    Object.assign(visitor, { service, context, viewport, origin: service.origin, scriptless: options.javaScriptEnabled === false });
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => console.error('Content Security Policy violated:', violatedDirective, blockedURI));
    });
    context.on('request', (request) => {
      visitor.requests.push({ method: request.method(), url: request.url(), body: request.postData() ?? '' });
      if (!request.url().startsWith(`${service.origin}/`) && !/^(data|blob):/.test(request.url())) visitor.problems.push(`asked a third party: ${request.url()}`);
    });
    context.on('response', (response) => response.status() >= 500 && visitor.problems.push(`${response.status()} from ${response.url()}`));
    context.on('page', (page) => {
      page.on('pageerror', (error) => visitor.problems.push(String(error)));
      page.on('console', (message) => /Content.Security|Trusted|integrity/i.test(message.text()) && visitor.problems.push(message.text()));
    });
    visitor.page = await context.newPage();
    visitor.page.setDefaultTimeout(60_000);
    return visitor;
  }

  go(path) {
    return this.page.goto(path.startsWith('http') ? path : this.origin + path);
  }

  heading(text, page = this.page) {
    return page.locator('h1', { hasText: text }).first().waitFor();
  }

  see(text) {
    return this.page.getByText(text).first().waitFor();
  }

  async press(name) {
    this.taps += 1;
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async choose(name) {
    this.taps += 1;
    await this.page.getByLabel(name, { exact: true }).check();
  }

  async follow(name) {
    this.taps += 1;
    await this.page.getByRole('link', { name }).first().click();
  }

  tracker(page = this.page) {
    return page.locator('.tracker').first().textContent();
  }

  /** From the link in a letter to “Check your answers”, with the ballot made. */
  async toCheck(unit, code, answers = ['Yes', 'No']) {
    await this.page.goto('about:blank');
    await this.go(`/v/${unit}#code=${code}`);
    await this.press('Start');
    await this.answer(answers);
  }

  async answer(answers) {
    for (const [at, answer] of answers.entries()) {
      await this.page.locator('.caption', { hasText: `Question ${at + 1}` }).waitFor();
      await this.choose(answer);
      await this.press('Continue');
    }
    await this.heading('Check your answers');
    await this.page.locator('#cast').waitFor();
  }

  /** Brings files to the form of a desk page; what the page then says. */
  async bring(...files) {
    return this.send('input[type=file]', files, this.page.locator('form:has(input[type=file]) button').last());
  }

  /** Chooses files in a field and sends the form; what the page then says. */
  async send(field, files, button) {
    await this.page.locator(field).setInputFiles(files);
    return this.click(button);
  }

  /** Presses a button that leads to another page; what that page says. */
  async click(button) {
    await Promise.all([this.page.waitForEvent('load'), button.click()]);
    return this.page.locator('main').innerText();
  }

  /** What the page shows to be run: its commands in their order. */
  async commands() {
    return this.page.locator('main pre').allInnerTexts();
  }

  /**
   * A page as all see it: pictures at 390 and 1200 px, light and dark; no fault that axe finds; nothing wider than the window at
   * 320 px (WCAG 1.4.10), at 200 % (640 px, what is left of 1280) and with letters of twice the size (1.4.4).
   */
  async look(name, page = this.page) {
    if (looked.has(name)) return;
    looked.add(name);
    for (const width of [390, 1200]) {
      await page.setViewportSize({ width, height: 844 });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
    // Without script the pages are the same; axe, which is script, looks at them through a browser that has it.
    // All faults of all pages at once: each is noted, and the journey fails at its end.
    const noted = (looking) => looking.catch((fault) => this.problems.push(fault.message));
    if (this.scriptless) await noted(this.lookThrough(name, page));
    else await noted(accessible(page, name));
    await page.emulateMedia({ colorScheme: 'light' });
    const wide = async (how) => {
      const found = await page.evaluate(() => {
        const width = document.documentElement.clientWidth;
        const over = document.documentElement.scrollWidth - width;
        const who = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest('.scroll, pre')).slice(0, 3).map((one) => one.outerHTML.slice(0, 120));
        return { over, who };
      });
      if (found.over > 0) this.problems.push(`${name}: ${found.over} px too wide ${how}: ${found.who.join(' | ')}`);
    };
    await page.setViewportSize({ width: 640, height: 400 });
    await wide('at 200 %');
    await page.setViewportSize({ width: 320, height: 640 });
    await wide('at 320 px');
    await page.setViewportSize(phone);
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    await wide('with letters of twice the size');
    await page.evaluate(() => document.documentElement.removeAttribute('style'));
    await page.setViewportSize(this.viewport);
  }

  async lookThrough(name, page) {
    const context = await this.context.browser().newContext({ viewport: phone, storageState: await this.context.storageState() });
    const same = await context.newPage();
    await same.goto(page.url());
    if ((await same.locator('#booth').count()) === 0) await accessible(same, name);
    await context.close();
  }

  /**
   * What the browser still knows of the service. The address that somebody typed or followed is the browser's own memory, which no
   * page can take back (docs/spec/booth.md, limits): `typed` false leaves it out.
   */
  async remains({ typed = true } = {}) {
    const kept = await this.page.evaluate(async () =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, location.href, document.documentElement.outerHTML, [...document.querySelectorAll('input, textarea')].map(({ value }) => value), await caches.keys(), (await indexedDB.databases()).map(({ name }) => name), (await navigator.serviceWorker.getRegistrations()).length, window.name]),
    );
    const client = await this.context.newCDPSession(this.page);
    const { entries } = await client.send('Page.getNavigationHistory');
    await client.detach();
    const places = entries.map(({ url, title, userTypedURL }) => [url, title, typed && userTypedURL]);
    return kept + JSON.stringify(places) + JSON.stringify(await this.context.storageState());
  }

  async leave() {
    await this.context.close();
    assert.deepEqual(this.problems, []);
  }
}

/** No fault that axe finds. The policy of a page forbids foreign scripts, as it should; the debugger's own world is not bound by it. */
async function accessible(page, name) {
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send('Page.getFrameTree');
  const { executionContextId: contextId } = await client.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
  const evaluate = async (expression) => (await client.send('Runtime.evaluate', { expression, contextId, awaitPromise: true, returnByValue: true })).result.value;
  await evaluate(`${axe}; 0`);
  await page.setViewportSize(phone);
  for (const [colorScheme, runOnly] of [['light', rules], ['dark', ['color-contrast']]]) {
    await page.emulateMedia({ colorScheme });
    const found = await evaluate(
      `axe.run(document, { runOnly: ${JSON.stringify(runOnly)} }).then(({ violations, passes }) => JSON.stringify({ checks: passes.length, faults: violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary)]) }))`,
    );
    const { checks, faults } = JSON.parse(found);
    assert.ok(checks > (runOnly === rules ? 10 : 0), `${name}: axe found hardly anything to check`);
    assert.equal(JSON.stringify(faults), '[]', `${name}, ${colorScheme}`);
  }
  await client.detach();
}

/** Tab until this is reached; the focus must be visible. */
export async function tabTo(page, selector, most = 40) {
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press('Tab');
    const [there, visible] = await page.evaluate((selector) => [document.activeElement?.matches(selector) ?? false, getComputedStyle(document.activeElement).outlineStyle !== 'none'], selector);
    if (!there) continue;
    assert.ok(visible, `${selector}: the focus is not visible`);
    return;
  }
  assert.fail(`${selector} cannot be reached with the Tab key`);
}
