// Staff sign in with their keys, and officer and scrutineer sign lines together, on their own machines.

import assert from 'node:assert/strict';
import { Machine } from '../whitley.mjs';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

/** Runs the command of the sign-in page as it stands, but for the key's name, and pastes what it prints. */
export async function signIn(visitor, machine, role) {
  await visitor.go('/sign-in');
  const command = (await visitor.page.locator('pre code').innerText()).replace('officer.key', `${role}.key`);
  await visitor.page.locator('#answer').fill(machine.run(command).trim());
  await visitor.page.locator('main button').click();
  await visitor.heading('Desk of the');
}

/** Somebody with a role: a browser that is signed in, and a machine with the role's key. */
export async function staff({ visit, service }, role, options = {}) {
  const machine = new Machine(`${service.data.split('/').at(-1)}-${role}`, service.key(role));
  const visitor = await visit({ viewport: { width: 1200, height: 900 }, ...options });
  await signIn(visitor, machine, role);
  return { visitor, machine };
}

journey('staff: signing in with a role key; wrong, old and foreign answers; signing out', async ({ visit, service }) => {
  const machine = new Machine('trustee', service.key('trustee-1'), service.key('officer'));
  const trustee = await visit({ javaScriptEnabled: false });
  await trustee.go('/desk');
  await trustee.heading('Sign in with your role key');
  await trustee.look('sign-in');
  const answered = async (answer, says) => {
    await trustee.page.locator('#answer').fill(answer);
    await trustee.page.locator('main button').click();
    if (says) await trustee.page.locator('.error-summary').getByText(says).waitFor();
  };
  const command = async () => (await trustee.page.locator('pre code').innerText()).replace('officer.key', 'trustee-1.key');
  await answered('nonsense', '');
  assert.equal(await trustee.page.locator('.error-summary').count(), 1);
  // The answer to an earlier question.
  const early = machine.run(await command()).trim();
  await trustee.go('/sign-in');
  await answered(early, '');
  assert.equal(await trustee.page.locator('.error-summary').count(), 1);
  // A good key, but nobody's in this poll.
  machine.run('whitley vote key officer --out nobody.key');
  await answered(machine.run((await command()).replace('trustee-1.key', 'nobody.key')).trim(), 'no role in this poll');
  await answered(machine.run(await command()).trim());
  await trustee.heading('Desk of the trustee 1');
  assert.ok(!trustee.requests.some(({ body }) => body.includes(machine.run('cat trustee-1.key').trim())), 'a key never leaves its machine');
  // A page of another role.
  await trustee.go('/desk/plan');
  await trustee.see('This page is for');
  await trustee.page.getByRole('button', { name: 'Sign out' }).click();
  await trustee.heading('Sign in with your role key');
  await trustee.go('/desk');
  await trustee.heading('Sign in with your role key');
  assert.equal((await trustee.context.cookies()).length, 0);
});

journey('staff: every desk and each of its pages, at an open poll', async (walk) => {
  for (const role of ['officer', 'scrutineer', 'authority', 'trustee-1']) {
    const { visitor } = await staff(walk, role);
    await visitor.look(`desk-${role}`);
    const links = await visitor.page.locator('main ul.tasks a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    for (const path of new Set(links)) {
      const answer = await visitor.go(path);
      assert.equal(answer.status(), 200, `${role}: ${path}`);
      await visitor.look(`desk-${role}${path.replace('/desk', '').replaceAll('/', '-')}`);
    }
  }
});

journey('staff: a replaced and a void code, signed by two; what their members are then told; the spare code votes', async ({ visit, service }) => {
  const officer = await staff({ visit, service }, 'officer');
  const scrutineer = await staff({ visit, service }, 'scrutineer');
  const letters = service.table('irwell.letters.csv');
  const [lost, paper] = letters.slice(-2);
  const packs = service.table('packs.csv');
  const publicOf = (pack) => packs.find((row) => row.pack === pack).public_credential;
  const spare = service.table('irwell.spares.csv')[0];

  await officer.visitor.go('/desk/lines');
  const unit = officer.visitor.page.locator('main ol a', { hasText: 'Irwell' });
  const archive = await officer.machine.fetch(officer.visitor.page, unit);
  await officer.machine.fetch(officer.visitor.page, officer.visitor.page.locator(`a[href="/e/${archive.replace('.bel', '')}/companion.jsonl"]`));
  officer.machine.run(
    `whitley vote replace ${archive} --old ${publicOf(lost.pack)} --new ${publicOf(spare.pack)} --reason 'letter not delivered' --key officer.key --out replace.json\n` +
      `whitley vote void ${archive} --credential ${publicOf(paper.pack)} --paper ${paper.pack} --key officer.key --out void.json`,
  );
  assert.match(await officer.visitor.bring(officer.machine.at('officer.key')), /Not everything was taken/i);
  await officer.visitor.look('lines-refused');
  // What was refused must not have been a secret given away for nothing: the page says nothing of its content.
  assert.ok(!(await officer.visitor.page.content()).includes(officer.machine.run('cat officer.key').trim().split('\n').at(-1)));
  assert.match(await officer.visitor.bring(officer.machine.at('replace.json'), officer.machine.at('void.json')), /waits for the other/);
  await officer.visitor.look('lines-waiting');

  await scrutineer.visitor.go('/desk/lines');
  const links = scrutineer.visitor.page.locator('main table a');
  assert.equal(await links.count(), 2);
  const signed = [];
  for (const link of await links.all()) {
    const name = await scrutineer.machine.fetch(scrutineer.visitor.page, link);
    scrutineer.machine.run(`whitley vote sign ${name} --key scrutineer.key`);
    signed.push(scrutineer.machine.at(name));
  }
  assert.match(await scrutineer.visitor.bring(...signed), /in force[\s\S]*in force/);
  await scrutineer.visitor.look('lines-in-force');

  const member = await visit();
  for (const [code, says, name] of [[lost.credential, 'was replaced', 'replaced'], [paper.credential, 'no longer valid', 'void']]) {
    await member.page.goto('about:blank');
    await member.go(`/v/irwell#code=${code}`);
    await member.press('Start');
    await member.heading(says);
    await member.see('No vote was cast from this page');
    await member.look(`vote-${name}`);
  }
  await member.toCheck('irwell', spare.credential);
  await member.press('Cast my vote');
  await member.heading('Your vote is recorded');
});
