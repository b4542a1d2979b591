// A poll lived through in a real browser, against the real service: members, staff, and whoever checks afterwards.
//
//   npm --prefix e2e ci && npm --prefix e2e test [-- WORDS OF A NAME]
//
// Needs chromium, and the programs built (cargo build -p whitley -p verify). Pictures of every page go to target/e2e.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import anybody from './journeys/anybody.mjs';
import branch from './journeys/branch.mjs';
import count from './journeys/count.mjs';
import dispute from './journeys/dispute.mjs';
import member from './journeys/member.mjs';
import negotiator from './journeys/negotiator.mjs';
import staff from './journeys/staff.mjs';
import whole, { officersKey } from './journeys/whole.mjs';
import { Visitor, looked, shots } from './visitor.mjs';
import { disputesFolder, scratch, serve, tidyUp } from './whitley.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing: apt-get install -y chromium (or name another in CHROMIUM)`);
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const wanted = process.argv.slice(2).join(' ');
const began = Date.now();
const browser = await chromium.launch({ executablePath, args });
const services = [];
const failed = [];
let passed = 0;

/** Journeys one after the other, on one service; each with visitors of its own. Where one goes on from another, none follows a failed one. */
async function lane(name, journeys, ...options) {
  const isStory = name !== 'open' && name !== 'branch';
  const chosen = journeys.filter((journey) => journey.name.includes(wanted));
  if (chosen.length === 0) return;
  const service = await serve(name, ...options);
  services.push(service);
  for (const journey of chosen) {
    const from = Date.now();
    const visitors = [];
    let isWalked = false;
    const visit = async (options) => {
      const visitor = await Visitor.of(browser, service, options);
      visitors.push(visitor);
      return visitor;
    };
    try {
      await journey.walk({ visit, service });
      isWalked = true;
      for (const visitor of visitors) await visitor.leave();
      passed += 1;
      console.log(`ok      ${((Date.now() - from) / 1000).toFixed(1).padStart(5)} s  ${journey.name}`);
    } catch (error) {
      failed.push(journey.name);
      console.log(`FAILED  ${((Date.now() - from) / 1000).toFixed(1).padStart(5)} s  ${journey.name}\n${error.stack}`);
      const problems = visitors.flatMap((visitor) => visitor.problems);
      if (problems.length > 0) console.log(problems.join('\n'));
      for (const [at, visitor] of visitors.entries()) {
        await visitor.page.screenshot({ path: `${shots}/failed-${name}-${at}.png`, fullPage: true }).catch(() => {});
        await visitor.context.close().catch(() => {});
      }
      if (isStory && !isWalked) return;
    }
  }
}

try {
  // The second poll closes after a minute and is then counted, while the first one stays open.
  await Promise.all([
    lane('counted', count, '--rehearsal', '--voters', '12', '--units', '2', '--vote-again', '--minutes', '1'),
    lane('disputes', dispute, '--rehearsal', '--voters', '60', '--units', '3', '--disputes', disputesFolder()),
    lane('open', [...staff, ...member, ...anybody], '--rehearsal', '--voters', '300', '--units', '10'),
    // And a whole poll, from a file of members to the certificate. Its times are those of its plan.
    lane('whole', whole, '--officer', officersKey()),
    lane('branch', branch, '--rehearsal', '--voters', '20', '--units', '1'),
    lane('shelf', negotiator, '--disputes', join(scratch, 'shelf')),
  ]);
} finally {
  await browser.close();
  for (const service of services) await service.stop();
  tidyUp();
}
console.log(`${passed} journeys passed, ${failed.length} failed; ${looked.size} pages looked at, pictures in ${shots}; ${((Date.now() - began) / 1000).toFixed(0)} s`);
process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
