// A whole poll, from a file of members to the certificate: nothing is prepared, everybody brings what they made on their own machine.
//
// The times are real: the plan's opening and closing are full minutes, as its form has them.

import assert from 'node:assert/strict';
import { doSteps, signIn } from '../staff.mjs';
import { Machine, codes } from '../whitley.mjs';
import { addedUp, prints } from './count.mjs';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

const ROLES = ['officer', 'scrutineer', 'authority', 'trustee-1', 'trustee-2', 'trustee-3'];
const machines = {};
const publicKeys = {};
let opensAt;
let closesAt;
/** How long the first journey took: by this is known how much time the next ones need before the votes. */
let firstSeconds = 0;

/** Everybody makes a key on their own machine; the service is started with the officer's. */
export function officersKey() {
  for (const role of ROLES) {
    machines[role] = new Machine(`whole-${role}`);
    const said = machines[role].run(`whitley vote key ${role.split('-')[0]} --out ${role}.key`);
    publicKeys[role] = /^public key: (\S+)$/m.exec(said)[1];
  }
  return publicKeys.officer;
}

async function person({ visit }, role) {
  const visitor = await visit({ viewport: { width: 1200, height: 900 } });
  await signIn(visitor, machines[role], `${role}.key`);
  return { visitor, machine: machines[role] };
}

/** Members of two hospitals and a clinic of one invented trust; with faults of every kind that a file of members has. */
function members(faulty) {
  const rows = ['# synthetic: everybody in this file is invented', 'Membership No,Name,Address,Postcode,Employer,Workplace,Grade,Status'];
  for (const [place, number] of [['Ashdown', 24], ['Brecon', 22], ['Clinic', 4]]) {
    for (let at = 0; at < number; at++) {
      rows.push(`${place[0]}${100 + at},${at % 2 ? 'Ann' : 'Bob'} Invented${place}${at},"${at} ${place} Street, Mocktown",CF10 3NQ,Mock Trust,${place},Band ${5 + (at % 2)},member`);
    }
  }
  rows.push('A900,Past Invented,"1 Gone Street, Mocktown",CF10 3NQ,Mock Trust,Ashdown,Band 5,left');
  if (faulty) {
    rows.push(',Nobody Numbered,"2 Gone Street, Mocktown",CF10 3NQ,Mock Trust,Ashdown,Band 5,member');
    rows.push('A101,Twice Numbered,"3 Gone Street, Mocktown",CF10 3NQ,Mock Trust,Ashdown,Band 5,member');
    rows.push('A950,=1+1,"4 Gone Street, Mocktown",CF10 3NQ,Mock Trust,Ashdown,Band 5,member');
    rows.push('A951,Wrong Workplace,"5 Gone Street, Mocktown",CF10 3NQ,Mock Trust,Ashdwon,Band 5,member');
    rows.push('A952,Wrong Postcode,"6 Gone Street, Mocktown",CF1O 3NQQ,Mock Trust,Ashdown,Band 5,member');
    rows.push('A953,Strange Standing,"7 Gone Street, Mocktown",CF10 3NQ,Mock Trust,Ashdown,Band 5,perhaps');
  }
  return `${rows.join('\n')}\n`;
}

const EMPLOYERS = `employer,name,workplace,unit,important_public_service,address
mock,Mock Trust,Ashdown,Ashdown Hospital,yes,1 Mock Road;Mocktown
mock,Mock Trust,Brecon,Brecon Hospital,yes,1 Mock Road;Mocktown
mock,Mock Trust,Clinic,Mock Clinic,yes,1 Mock Road;Mocktown
`;

journey('whole: the officer brings a file with faults, sees every one, brings the mended file, freezes', async (walk) => {
  const from = Date.now();
  const { visitor, machine } = await person(walk, 'officer');
  await visitor.look('whole-desk-begin');
  await visitor.follow('Roll of members');
  await visitor.heading('Roll of members');
  await visitor.look('roll-begin');
  const bring = (kind, file) => visitor.page.locator(`#kind-${kind}`).check().then(() => visitor.send('#file', [file], visitor.page.locator('form[action="/desk/roll/import"] button')));
  // Something that is no list at all.
  assert.match(await bring('members', machine.write('picture.png', '\u0089PNG\r\n')), /There is a problem[\s\S]*Nothing was stored/);
  await visitor.look('roll-no-list');
  await bring('employers', machine.write('employers.csv', EMPLOYERS));
  await bring('members', machine.write('members.csv', members(true)));
  await visitor.page.locator('#day').fill('30.11.2026');
  assert.match(await visitor.click(visitor.page.locator('form[action="/desk/roll/settings"] button')), /Day of the roll/);
  await visitor.page.locator('#day').fill('2026-11-20');
  await visitor.page.locator('#minimum').fill('20');
  await visitor.page.locator('#shared_addresses').fill('CF10 3NQ');
  const says = await visitor.click(visitor.page.locator('form[action="/desk/roll/settings"] button'));
  assert.match(says, /Faults that stop the freeze/);
  assert.equal(await visitor.page.getByRole('link', { name: 'Check and freeze' }).count(), 0);
  await visitor.look('roll-faulty');
  await visitor.follow('All faults, with row and cure');
  const list = await visitor.page.locator('main table').innerText();
  for (const kind of ['missing-number', 'duplicate-number', 'formula', 'unknown-workplace']) assert.ok(list.includes(kind), `${kind}: ${list}`);
  assert.match(list, /Ashdown/, 'the nearest known spelling');
  await visitor.look('roll-faults');
  const csv = await machine.fetch(visitor.page, visitor.page.locator('a[download="faults.csv"]'));
  assert.match(machine.run(`cat ${csv}`), /^severity,kind,/);
  assert.equal((await visitor.go('/desk/roll/freeze')).status(), 409);
  await visitor.look('roll-freeze-stopped');

  // Taken out again, and the mended file in its place.
  await visitor.go('/desk/roll');
  await visitor.click(visitor.page.getByRole('button', { name: 'Withdraw: file 2' }));
  await bring('members', machine.write('members-mended.csv', members(false)));
  await visitor.look('roll-mended');
  await visitor.go('/desk/roll/rows');
  await visitor.look('roll-rows');
  await visitor.go('/desk/roll');
  await visitor.follow('Check and freeze');
  await visitor.heading('Check the roll before it is frozen');
  await visitor.see('Brecon Hospital');
  await visitor.look('roll-freeze');
  await visitor.click(visitor.page.getByRole('button', { name: 'Freeze the roll' }));
  await visitor.see('The roll is frozen');
  await visitor.look('roll-frozen');
  await visitor.follow('Figures for the notice');
  await visitor.see('50 employees concerned');
  await visitor.look('roll-notices');
  firstSeconds = (Date.now() - from) / 1_000;
});

journey('whole: the plan, its mistakes, the law’s dates, fixed', async (walk) => {
  const { visitor } = await person(walk, 'officer');
  const { page } = visitor;
  await page.goto(`${visitor.origin}/desk/plan`);
  await visitor.look('plan');
  assert.match(await visitor.click(page.getByRole('button', { name: 'Check the answers' })), /There is a problem/);
  await visitor.look('plan-wrong');
  await page.locator('#title').fill('Ballot on pay (invented)');
  await page.locator('#recommendation').fill('The invented committee recommends nothing.');
  await page.locator('#blank').check();
  for (const role of ['scrutineer', 'authority']) await page.locator(`#${role}`).fill(publicKeys[role]);
  await page.locator('#trustees').fill(['trustee-1', 'trustee-2', 'trustee-3'].map((role) => publicKeys[role]).join('\n'));
  // Full minutes: the next one, and one that leaves time for everything before the votes.
  const minute = (seconds) => new Date(Math.ceil((Date.now() + seconds * 1_000) / 60_000) * 60_000);
  const typed = (time) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'short' }).format(time).replace(' ', 'T');
  opensAt = minute(6);
  // From here to the last vote it took 1.7 times as long as the first journey, measured on a busy machine.
  closesAt = new Date(Math.max(minute(2.5 * firstSeconds), opensAt.getTime() + 60_000));
  await page.locator('#opens').fill(typed(opensAt));
  await page.locator('#closes').fill(typed(closesAt));
  assert.match(await visitor.click(page.getByRole('button', { name: 'Check the answers' })), /Check your answers[\s\S]*What the law says of these days/);
  await visitor.click(page.getByRole('button', { name: 'Change' }));
  assert.equal(await page.locator('#title').inputValue(), 'Ballot on pay (invented)', 'going back loses nothing');
  await visitor.click(page.getByRole('button', { name: 'Check the answers' }));
  await visitor.click(page.getByRole('button', { name: 'Fix the poll' }));
  await visitor.heading('The plan is fixed');
});

journey('whole: a late change of the roll, signed by both', async (walk) => {
  const officer = await person(walk, 'officer');
  const { visitor, machine } = officer;
  await visitor.go('/desk/roll/changes');
  await visitor.page.locator('#kind-join').check();
  await visitor.page.locator('#member').fill('A990');
  await visitor.page.locator('#unit').selectOption({ label: 'Ashdown Hospital' });
  await visitor.page.locator('#cells').fill('name=Late Invented\naddress_1=9 Late Street\npostcode=CF10 3NQ\nemployer=Mock Trust\nworkplace=Ashdown\ngrade=Band 5');
  await visitor.page.locator('#reason').fill('joined before the day of the roll; the form came late');
  await visitor.page.locator('#by').fill('the branch');
  await visitor.page.locator('#date').fill('2026-11-21');
  const change = await machine.fetch(visitor.page, visitor.page.getByRole('button', { name: 'Make the file' }));
  machine.run(`whitley roll sign ${change} --key officer.key`);
  // One signature is not enough; the file goes to the scrutineer by hand.
  assert.match(await visitor.bring(machine.at(change)), /not signed by the scrutineer/);
  await visitor.look('changes-one-signature');
  const scrutineer = machines.scrutineer;
  scrutineer.write(change, machine.run(`cat ${change}`));
  scrutineer.run(`whitley roll sign ${change} --key scrutineer.key`);
  assert.match(await visitor.bring(scrutineer.at(change)), /Change 1 \(join, .*\) is applied/);
  await visitor.look('changes-applied');
});

journey('whole: the officer fetches the notice to each employer as PDF; one that comes too late is refused', async (walk) => {
  const { visitor, machine } = await person(walk, 'officer');
  const { page } = visitor;
  await visitor.go('/desk/documents');
  for (const [field, text] of Object.entries({ union: 'Mock Union (invented)', signed_by: 'A. Mock', signed_as: 'General Secretary', scrutineer: 'S. Mock' })) await page.locator(`#${field}`).fill(text);
  await visitor.click(page.getByRole('button', { name: 'Keep this' }));
  const button = page.getByRole('button', { name: 'Download the notices as PDF' });
  if (!prints(await button.count())) return;
  // The ballot opens within minutes: a notice that is received today has no effect.
  await visitor.click(button);
  await visitor.see('the notice is too late for a ballot that opens on');
  await visitor.look('documents-too-late');
  await visitor.go('/desk/documents');
  const day = new Date(opensAt - 40 * 86_400_000).toISOString().slice(0, 10);
  await page.locator('#notice-date').fill(day);
  await page.locator('#received').fill(day);
  machine.run(`python3 -m zipfile -e ${await machine.fetch(page, button)} .`);
  const manifest = machine.run('cat ballot-notices/ballot-notice.manifest.csv');
  assert.equal(manifest.trim().split('\n').length, 3, manifest);
  const says = machine.run('pdftotext -raw -enc UTF-8 ballot-notices/ballot-notice-ashdown-hospital.pdf -').replace(/\s+/g, ' ');
  for (const words of ['Notice of a ballot', 'To: Mock Trust', '1 Mock Road', 'Workplaces • Ashdown', 'total number of employees concerned is 25', 'A. Mock']) assert.ok(says.includes(words), `${words}: ${says}`);
});

journey('whole: the trustees’ key ceremony', async (walk) => {
  const trustees = [];
  for (const number of [1, 2, 3]) trustees.push(await person(walk, `trustee-${number}`));
  for (let round = 0, done = false; !done; round++) {
    assert.ok(round < 8, 'the ceremony does not end');
    for (const [at, { visitor, machine }] of trustees.entries()) {
      await visitor.go('/desk/ceremony');
      if (await visitor.page.getByText('The ceremony is done').count()) {
        done = true;
        break;
      }
      if ((await visitor.commands()).length === 0) continue;
      if (round === 1 && at === 0) await visitor.look('ceremony-due');
      await doSteps({ visitor, machine });
      const mine = machine.files('poll/ceremony').filter((name) => name.startsWith(`trustee-${at + 1}.`)).map((name) => machine.at('poll/ceremony', name));
      if (round === 0 && at === 1) {
        assert.match(await visitor.bring(trustees[0].machine.at('poll/ceremony', `${machines['trustee-1'].files('poll/ceremony').find((name) => name.startsWith('trustee-1.'))}`)), /This is no file of yours/);
        await visitor.look('ceremony-refused');
      }
      assert.match(await visitor.bring(...mine), /Done/);
    }
  }
  await trustees[0].visitor.look('ceremony-done');
});

journey('whole: the authority makes the credentials away from the service, and brings the public lists', async (walk) => {
  const authority = await person(walk, 'authority');
  const { visitor, machine } = authority;
  await visitor.go('/desk/credentials');
  await visitor.look('credentials-due');
  await doSteps(authority);
  assert.match(machine.run('cat roll.csv'), /Late Invented/, 'the roll with the late change');
  assert.match(await visitor.bring(machine.at('letters/ashdown-hospital.letters.csv')), /This is no list of a unit/);
  await visitor.look('credentials-refused');
  const lists = machine.files('poll/units').map((name) => machine.at('poll/units', name));
  assert.match(await visitor.bring(...lists), /25 entitled/);
  await visitor.look('credentials-brought');
  // The scrutineer gets which public credential is in which pack, by another way.
  machines.scrutineer.write('packs.csv', machine.run('cat letters/packs.csv'));
});

journey('whole: officer and scrutineer sign the opening', async (walk) => {
  for (const role of ['officer', 'scrutineer']) {
    const signer = await person(walk, role);
    await signer.visitor.go('/desk/opening');
    if (role === 'officer') await signer.visitor.look('opening-due');
    await doSteps(signer);
    const setups = signer.machine.files('poll/units').filter((name) => name.endsWith('.setup.json'));
    const says = await signer.visitor.bring(...setups.map((name) => signer.machine.at('poll/units', name)));
    assert.match(says, role === 'officer' ? /signed by the officer/ : /signed by both, and on the board/);
    await signer.visitor.look(`opening-${role}`);
  }
});

journey('whole: members vote; the officer sees how it goes', async (walk) => {
  const code = codes(machines.authority.at('letters'));
  const member = await walk.visit();
  await member.page.waitForTimeout(Math.max(0, opensAt - Date.now() + 1_000));
  for (const answers of [['Yes', 'Yes'], ['Yes', 'No'], ['No', 'Leave this question blank']]) {
    await member.toCheck('ashdown-hospital', code('ashdown-hospital'), answers);
    await member.press('Cast my vote');
    await member.heading('Your vote is recorded');
  }
  const { visitor } = await person(walk, 'officer');
  await visitor.go('/desk/voting');
  await visitor.look('voting');
  assert.match(await visitor.page.locator('main').innerText(), /3 of 51|3 of 25/);
  assert.ok(Date.now() < closesAt, 'the votes came too late: the machine became slower after the plan was fixed');
});

journey('whole: the authority’s summary of packs; what is not due yet says so', async (walk) => {
  const { visitor, machine } = await person(walk, 'authority');
  machine.run('whitley deliver begin --ledger ledger.jsonl letters/*.letters.csv --spares letters/*.spares.csv');
  await visitor.go('/desk/deliveries');
  await visitor.look('deliveries-none');
  const [made] = await doSteps({ visitor, machine });
  assert.match(await visitor.bring(machine.at(made)), /signed by the authority/);
  await visitor.look('deliveries');
  const scrutineer = await person(walk, 'scrutineer');
  await scrutineer.visitor.go('/desk/report');
  await scrutineer.visitor.see('have no published result yet');
});

journey('whole: closed by the clock, trustees bring their shares, two sign the result', async (walk) => {
  for (const number of [1, 2]) {
    const trustee = await person(walk, `trustee-${number}`);
    await addedUp(trustee.visitor);
    const shares = (await doSteps(trustee)).filter((name) => name.endsWith('.share.json'));
    assert.doesNotMatch(await trustee.visitor.bring(...shares.map((name) => trustee.machine.at(name))), /Not everything was taken/i);
  }
  for (const role of ['scrutineer', 'officer']) {
    const signer = await person(walk, role);
    await signer.visitor.go('/desk/result');
    const results = (await doSteps(signer)).filter((name) => name.endsWith('.result.json'));
    await signer.visitor.bring(...results.map((name) => signer.machine.at(name)));
  }
});

journey('whole: certificate, mandates, and the scrutineer’s report', async (walk) => {
  const { visitor } = await person(walk, 'scrutineer');
  const { page } = visitor;
  await visitor.go('/desk/result');
  await visitor.see('2 of 2 units are published');
  await visitor.look('result-published');
  await page.getByRole('link', { name: 'certificate' }).first().click();
  await visitor.heading('Certificate of the result: Ashdown Hospital');
  const counts = await page.locator('main table').first().locator('td.n').allInnerTexts();
  assert.deepEqual(counts.filter((count) => count !== '0').slice(0, 2).sort(), ['1', '2']);
  await visitor.look('certificate');
  await visitor.go('/mandates');
  await visitor.look('mandates');
  await visitor.go('/desk/report');
  assert.match(await visitor.click(page.getByRole('button', { name: 'State this' })), /There is a problem/);
  await visitor.look('report-wrong');
  for (const item of ['a', 'c']) await page.locator(`#yes-${item}`).check();
  await page.locator('#no-b').check();
  await page.locator('#reason-b').fill('An envelope was found open (invented).');
  await visitor.click(page.getByRole('button', { name: 'State this' }));
  await visitor.see('The statements below were made at');
  await visitor.look('report');
  await visitor.go('/desk');
  await visitor.see('The poll is finished');
  await visitor.look('whole-desk-end');
});
