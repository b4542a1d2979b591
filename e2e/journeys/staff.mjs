// Staff at an open poll: signing in, every page of every desk, papers, and lines that two sign.

import assert from 'node:assert/strict';
import { staff } from '../staff.mjs';
import { Machine } from '../whitley.mjs';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

journey('staff: signing in with a role key; wrong, old and foreign answers; signing out', async ({ visit, service }) => {
  const machine = new Machine('trustee', service.key('trustee-1'), service.key('officer'));
  const trustee = await visit({ javaScriptEnabled: false });
  await trustee.go('/desk');
  await trustee.heading('Sign in with your role key');
  await trustee.look('sign-in');
  const answered = async (answer) => {
    await trustee.page.locator('#answer').fill(answer);
    await trustee.page.locator('main button').click();
  };
  const wrong = async (answer, says) => {
    await answered(answer);
    await trustee.page.locator('.error-summary').getByText(says).first().waitFor();
    await trustee.go('/sign-in');
  };
  const command = async () => (await trustee.page.locator('pre code').innerText()).replace('officer.key', 'trustee-1.key');
  await wrong('nonsense', /./);
  // The answer to an earlier question.
  const early = machine.run(await command()).trim();
  await trustee.go('/sign-in');
  await wrong(early, /./);
  // A good key, but nobody's in this poll.
  machine.run('whitley vote key officer --out nobody.key');
  await wrong(machine.run((await command()).replace('trustee-1.key', 'nobody.key')).trim(), 'no role in this poll');
  await answered(machine.run(await command()).trim());
  await trustee.heading('Desk of the trustee 1');
  assert.ok(!trustee.requests.some(({ body }) => body.includes(machine.run('cat trustee-1.key').trim())), 'a key never leaves its machine');
  // A page of another role.
  await trustee.go('/desk/plan');
  await trustee.see('This page is for');
  await trustee.look('desk-other-role');
  await trustee.go('/desk');
  await trustee.page.getByRole('button', { name: 'Sign out' }).click();
  await trustee.heading('Sign in with your role key');
  await trustee.go('/desk');
  await trustee.heading('Sign in with your role key');
  assert.equal((await trustee.context.cookies()).length, 0);
});

journey('staff: every desk and each of its pages, at an open poll', async (walk) => {
  const seen = new Set();
  for (const role of ['officer', 'scrutineer', 'authority', 'trustee-1']) {
    const { visitor } = await staff(walk, role);
    await visitor.look(`desk-${role}`);
    const links = await visitor.page.locator('main ul.tasks a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    assert.ok(links.length > 0, role);
    for (const path of new Set(links)) {
      // What a desk links to is there for it.
      if (path.endsWith('.csv')) {
        assert.equal((await visitor.context.request.get(visitor.origin + path)).status(), 200, `${role}: ${path}`);
        continue;
      }
      assert.equal((await visitor.go(path)).status(), 200, `${role}: ${path}`);
      // Of the pages that are the same for all, one is looked at.
      const differs = ['/desk/lines', '/desk/credentials'].includes(path);
      if (!differs && seen.has(path)) continue;
      seen.add(path);
      await visitor.look(`desk${path.replace('/desk', '').replaceAll('/', '-')}${differs ? `-${role}` : ''}`);
    }
  }
});

journey('staff: papers issued, come back, agreed by two, accepted by a signed line; a lost letter gets a spare; what members are told', async (walk) => {
  const { visit, service } = walk;
  const officer = await staff(walk, 'officer');
  const scrutineer = await staff(walk, 'scrutineer');
  const letters = service.table('irwell.letters.csv');
  const [lost, paper, other] = letters.slice(-3);
  // The scrutineer alone has the file that says which public credential is in which pack.
  const packs = service.table('packs.csv');
  const publicOf = (pack) => packs.find((row) => row.pack === pack).public_credential;
  const spare = service.table('irwell.spares.csv')[0];
  const numbers = packs.filter((row) => row.unit === 'irwell').map((row) => row.pack);

  const papers = officer.visitor;
  await papers.go('/desk/papers');
  const button = (path) => papers.page.locator(`form[action="${path}"] button`);
  // Every fault of a form at once, and nothing changed.
  await papers.page.locator('#first').fill('1-000001-3');
  assert.match(await papers.click(button('/desk/papers/issue')), /There is a problem[\s\S]*digit[\s\S]*Last pack[\s\S]*Batch/);
  await papers.look('papers-issue-wrong');
  await papers.page.locator('#unit').selectOption('irwell');
  await papers.page.locator('#first').fill(numbers[0]);
  await papers.page.locator('#last-pack').fill(numbers.at(-1));
  await papers.page.locator('#issue-batch').fill('post of the first day');
  await papers.click(button('/desk/papers/issue'));
  const back = async (list, count, state, reason) => {
    await papers.page.locator('#packs').fill(list.join('\n'));
    await papers.page.locator('#count').fill(String(count));
    await papers.page.locator(`#state-${state}`).check();
    await papers.page.locator('#reason').fill(reason);
    return papers.click(button('/desk/papers/change'));
  };
  assert.match(await back([paper.pack, paper.pack, other.pack], 2, 'returned', ''), /stands in line 1 already/);
  await papers.look('papers-change-wrong');
  await back([paper.pack, other.pack], 2, 'returned', '');
  await back([other.pack], 1, 'set-aside', 'a web vote is there');
  await papers.page.locator('#accept').fill(paper.pack);
  await papers.click(button('/desk/papers/propose'));
  await papers.heading('What needs two people');
  assert.equal(await papers.page.getByRole('button', { name: 'Confirm' }).count(), 0, 'nobody confirms their own');
  await papers.look('two-people-own');
  await scrutineer.visitor.go('/desk/two-people');
  await scrutineer.visitor.look('two-people-other');
  await scrutineer.visitor.click(scrutineer.visitor.page.getByRole('button', { name: 'Confirm' }));
  await papers.go('/desk/papers');
  await papers.look('papers');
  await papers.page.locator('a', { hasText: 'Irwell' }).click();
  await papers.heading('Packs of');
  await papers.look('papers-list');

  // The officer makes the lines on their own machine, from the archive as it is now.
  await officer.visitor.go('/desk/lines');
  const row = officer.visitor.page.locator('main tbody tr', { hasText: 'Irwell' });
  const archive = await officer.machine.fetch(officer.visitor.page, row.getByRole('link', { name: 'archive' }));
  await officer.machine.fetch(officer.visitor.page, row.getByRole('link', { name: 'companion' }));
  officer.machine.run(
    `whitley vote replace ${archive} --old ${publicOf(lost.pack)} --new ${publicOf(spare.pack)} --reason 'letter not delivered' --key officer.key --out replace.json\n` +
      `whitley vote void ${archive} --credential ${publicOf(paper.pack)} --paper ${paper.pack} --key officer.key --out void.json`,
  );
  // A file that must never leave its machine is refused, and nothing of it comes back.
  assert.match(await officer.visitor.bring(officer.machine.at('officer.key')), /Not everything was taken/i);
  assert.ok(!(await officer.visitor.page.content()).includes(officer.machine.run('cat officer.key').match(/"signing_seed":\s*"(\w+)"/)[1]));
  await officer.visitor.look('lines-refused');
  assert.match(await officer.visitor.bring(officer.machine.at('replace.json'), officer.machine.at('void.json')), /waits for the other/);
  await officer.visitor.look('lines-waiting');

  await scrutineer.visitor.go('/desk/lines');
  const links = await scrutineer.visitor.page.locator('main table a').all();
  assert.equal(links.length, 2);
  const signed = [];
  for (const link of links) {
    const name = await scrutineer.machine.fetch(scrutineer.visitor.page, link);
    scrutineer.machine.run(`whitley vote sign ${name} --key scrutineer.key`);
    signed.push(scrutineer.machine.at(name));
  }
  assert.match(await scrutineer.visitor.bring(...signed), /in force[\s\S]*in force/);
  await scrutineer.visitor.look('lines-in-force');
  await papers.go('/desk/papers');
  assert.match(await papers.page.locator('main tbody tr', { hasText: 'Irwell' }).innerText(), /set aside/);
  assert.match(await papers.page.locator('main').innerText(), new RegExp(`${paper.pack} accepted`));

  const member = await visit();
  for (const [code, says, name] of [[lost.credential, 'was replaced', 'replaced'], [paper.credential, 'no longer valid', 'void']]) {
    await member.page.goto('about:blank');
    await member.go(`/v/irwell#code=${code}`);
    await member.press('Start');
    await member.heading(says);
    await member.see('No vote was cast from this page');
    await member.look(`vote-${name}`);
  }
  await member.page.goto('about:blank');
  await member.toCheck('irwell', spare.credential);
  await member.press('Cast my vote');
  await member.heading('Your vote is recorded');
  // The spare is used now, like any other code.
  await member.page.goto('about:blank');
  await member.go(`/v/irwell#code=${spare.credential}`);
  await member.press('Start');
  await member.heading('already been used');
});

journey('staff: an incident is entered, and stands in the log that nobody can change', async (walk) => {
  const { visitor } = await staff(walk, 'scrutineer');
  await visitor.go('/desk/incidents');
  await visitor.click(visitor.page.locator('main button'));
  await visitor.page.locator('.error-summary').waitFor();
  await visitor.look('incidents-empty');
  await visitor.page.locator('#text').fill('A box of returned papers was found open (invented).');
  await visitor.click(visitor.page.locator('main button'));
  await visitor.see('A box of returned papers');
  await visitor.look('incidents');
  await visitor.go('/desk/audit');
  await visitor.see('The chain holds');
  await visitor.see('A box of returned papers');
  await visitor.look('audit');
});
