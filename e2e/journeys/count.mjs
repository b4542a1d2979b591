// A poll in which the last vote counts: voting again, closing by itself, shares, the signed result, and who checks it.

import assert from 'node:assert/strict';
import { doSteps, staff } from '../staff.mjs';
import { Machine } from '../whitley.mjs';

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

journey('count: after the closing time nothing is taken; trustees bring shares, somebody else’s is refused', async (walk) => {
  const late = await walk.visit();
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

  const one = await staff(walk, 'trustee-1');
  await one.visitor.go('/desk/shares');
  if ((await one.visitor.commands()).length === 0) await one.visitor.look('shares-not-yet');
  await addedUp(one.visitor);
  await one.visitor.look('shares-due');
  const files = (await doSteps(one)).filter((name) => name.endsWith('.share.json')).map((name) => one.machine.at(name));
  assert.equal(files.length, 2);
  const three = await staff(walk, 'trustee-3');
  await three.visitor.go('/desk/shares');
  assert.match(await three.visitor.bring(files[0]), /This is the share of trustee 1; you are trustee 3/);
  await three.visitor.look('shares-refused');
  assert.match(await one.visitor.bring(...files), /Done[\s\S]*on the board[\s\S]*on the board/);
  await one.visitor.look('shares-done');
  await three.visitor.go('/desk/shares');
  const others = (await doSteps(three)).filter((name) => name.endsWith('.share.json')).map((name) => three.machine.at(name));
  assert.doesNotMatch(await three.visitor.bring(...others), /Not everything was taken/i);
});

journey('count: officer and scrutineer sign, the result is verified and published', async (walk) => {
  for (const role of ['officer', 'scrutineer']) {
    const person = await staff(walk, role);
    await person.visitor.go('/desk/result');
    if (role === 'officer') await person.visitor.look('result-due');
    const made = (await doSteps(person)).filter((name) => name.endsWith('.result.json'));
    assert.equal(made.length, 2);
    const says = await person.visitor.bring(...made.map((name) => person.machine.at(name)));
    assert.match(says, role === 'officer' ? /signed by the officer/ : /every check passed[\s\S]*every check passed/);
    await person.visitor.look(`result-signed-${role}`);
  }
});

journey('count: officer and scrutineer fetch the papers as PDF; the commands make the same; the scrutineer signs the report', async (walk) => {
  const officer = await staff(walk, 'officer');
  const { visitor, machine } = officer;
  const { page } = visitor;
  await visitor.follow('Papers as PDF');
  await visitor.heading('Papers as PDF');
  await visitor.see('The papers are here when the officer has said who stands on them.');
  assert.match(await visitor.click(page.getByRole('button', { name: 'Keep this' })), /There is a problem[\s\S]*which union/);
  await visitor.look('documents-wrong');
  for (const [field, text] of Object.entries({ union: 'Mock Union (invented)', union_address: '2 Mock Road\nMocktown', signed_by: 'A. Mock', signed_as: 'General Secretary', scrutineer: 'S. Mock Scrutineers' })) await page.locator(`#${field}`).fill(text);
  await page.locator('#licence').selectOption('CC-BY-4.0');
  await visitor.click(page.getByRole('button', { name: 'Keep this' }));
  await visitor.see('The roll names no employer.');
  await visitor.look('documents');

  // The folder, as the page's commands take it.
  machine.run(`python3 -m zipfile -e ${await machine.fetch(page, page.getByRole('link', { name: 'folder.zip' }))} .`);
  const commands = (await visitor.commands()).at(-1).split('\n');
  const result = commands.find((command) => command.startsWith('whitley notice result'));
  assert.ok(result && commands.some((command) => command.endsWith('--table')), commands.join('\n'));
  machine.run('whitley check ballot/dispute');
  if (!prints(await page.getByRole('button', { name: 'Download the results as PDF' }).count())) {
    await visitor.see('This service was built without the typesetter');
    return;
  }
  const read = (file) => machine.run(`pdftotext -raw -enc UTF-8 '${file}' -`).replace(/\s+/g, ' ');
  machine.run(`mkdir -p results && python3 -m zipfile -e ${await machine.fetch(page, page.getByRole('button', { name: 'Download the results as PDF' }))} results`);
  const statement = read('results/results/result-ashdown-members.pdf');
  for (const says of ['SYNTHETIC', 'Mock Union (invented) 2 Mock Road Mocktown', 'Ashdown Hospital (invented)', 'entitled to vote 6', 'A. Mock General Secretary', 'section 231']) assert.ok(statement.includes(says), `${says}: ${statement}`);
  assert.match(machine.run('cat results/results/result.manifest.csv'), /result-brecon-members\.pdf/);
  // The command makes the same, to the byte: the employer's copy needs an employer, which this roll has not, so for members alone.
  assert.match(machine.run(result, 3), /no employer here/);

  const table = read(await machine.fetch(page, page.getByRole('link', { name: 'Table of all mandates' })));
  const onPage = await (await page.context().request.get(`${visitor.origin}/mandates.csv`)).text();
  for (const row of onPage.trim().split('\n').slice(1)) {
    const [, unit, , question, verdict, , lastDay] = row.split(',');
    const kind = question.includes('short of') ? 'Action short of a strike' : 'Strike';
    const at = table.indexOf(`${unit} ${kind}`);
    assert.ok(at > 0, `${unit}, ${kind}: ${table}`);
    const words = { mandate: 'Mandate', 'no-mandate': 'No mandate', 'cannot-tell': 'Cannot tell' }[verdict];
    assert.match(table.slice(at + unit.length + kind.length + 1, at + 160), new RegExp(`^ 6 [12] \\d \\d ${words}`), row);
    assert.equal(lastDay === '', verdict !== 'mandate', row);
  }
  machine.run(commands.find((command) => command.endsWith('--table')));
  machine.run('cmp mandates.pdf out/mandates-ballot.pdf');

  // A certificate where there is a mandate; where there is none, why.
  await page.locator('#unit').selectOption('brecon');
  await page.locator('#question').selectOption('strike');
  await visitor.click(page.getByRole('button', { name: 'Download the certificate as PDF' }));
  await visitor.see('There is nothing to print');
  await visitor.look('documents-no-certificate');
  await visitor.go('/desk/documents');
  await page.locator('#unit').selectOption('ashdown');
  await page.locator('#question').selectOption('strike');
  const certificate = page.getByRole('button', { name: 'Download the certificate as PDF' });
  if (onPage.includes('ashdown,"Ashdown') ? onPage.includes('strike?,mandate') : /^ashdown,[^,]*,1,[^,]*,mandate/m.test(onPage)) {
    assert.match(read(await machine.fetch(page, certificate)), /Certificate of mandate Ashdown Hospital \(invented\).*This ballot supports a strike/);
  } else {
    await visitor.click(certificate);
    await visitor.see('There is nothing to print');
  }

  const scrutineer = await staff(walk, 'scrutineer');
  await scrutineer.visitor.go('/desk/documents');
  await scrutineer.visitor.see('It is printed after the scrutineer’s statements');
  await scrutineer.visitor.go('/desk/report');
  for (const item of ['a', 'b']) await scrutineer.visitor.page.locator(`#yes-${item}`).check();
  await scrutineer.visitor.page.locator('#no-c').check();
  await scrutineer.visitor.page.locator('#reason-c').fill('A steward (invented) stood in the way.');
  await scrutineer.visitor.click(scrutineer.visitor.page.getByRole('button', { name: 'State this' }));
  await scrutineer.visitor.follow('The report as PDF, and signed');
  await scrutineer.visitor.look('documents-scrutineer');
  const report = await scrutineer.machine.fetch(scrutineer.visitor.page, scrutineer.visitor.page.getByRole('link', { name: 'Download the report as PDF' }));
  const says = scrutineer.machine.run(`pdftotext -raw -enc UTF-8 ${report} -`).replace(/\s+/g, ' ');
  for (const words of ['Report of the independent scrutineer', 'S. Mock Scrutineers', 'I am not satisfied', '(c) A steward (invented) stood in the way.', 'The record', 'SYNTHETIC']) assert.ok(says.includes(words), `${words}: ${says}`);
  assert.match(await scrutineer.visitor.bring(scrutineer.machine.at(report)), /Not taken[\s\S]*Bring two files/);
  scrutineer.machine.run((await scrutineer.visitor.commands())[0]);
  const brought = await scrutineer.visitor.bring(scrutineer.machine.at(report), scrutineer.machine.at(`${report}.signature.json`));
  assert.match(brought, /The signed report is public/);
  await scrutineer.visitor.look('documents-signed');

  const anybody = await walk.visit({ viewport: { width: 1200, height: 900 } });
  await anybody.go('/mandates');
  await anybody.look('mandates-signed');
  const own = new Machine('reader');
  for (const file of [report, `${report}.signature.json`, 'poll.json']) await own.fetch(anybody.page, anybody.page.locator(`a[download="${file}"]`));
  const check = await anybody.page.locator('code', { hasText: 'check-paper' }).innerText();
  assert.match(own.run(check), /is signed by the scrutineer of/);
  own.run(`printf ' ' >> ${report}`);
  assert.match(own.run(check, 1), /changed after it was signed/);
});

journey('count: anybody reads the result; a journalist downloads and verifies it, and finds a changed byte', async ({ visit }) => {
  const journalist = await visit({ viewport: { width: 1200, height: 900 } });
  await journalist.go('/results');
  await journalist.look('results');
  await journalist.go('/results?lang=cy');
  await journalist.look('cy-results');
  await journalist.go('/results/ashdown');
  await journalist.look('result');
  const counts = await journalist.page.locator('main table').first().locator('td.n').allInnerTexts();
  assert.deepEqual(counts.slice(0, 2), ['2', '0'], 'yes, no: the member’s second vote, not the first');
  const machine = new Machine('journalist');
  const archive = await machine.fetch(journalist.page, journalist.page.locator('a[href$="/archive.bel"]').first());
  const companion = await machine.fetch(journalist.page, journalist.page.locator('a[href$="/companion.jsonl"]').first());
  // As the page shows it, and in hexadecimal digits as other programs print it.
  const hex = (tracker) => Buffer.from(tracker.replace(/\s/g, ''), 'base64').toString('hex');
  for (const written of [(tracker) => tracker, hex]) {
    machine.run(`whitley-verify ${archive} --companion ${companion} --tracker '${written(trackers.last)}'`);
    assert.match(machine.run(`whitley-verify ${archive} --companion ${companion} --tracker '${written(trackers.first)}'`, 1), /V39/);
  }
  assert.match(machine.run(`whitley-verify ${archive} --companion ${companion} --tracker '${trackers.last.slice(1)}'`, 3), /43 letters/);
  // A letter of a ballot's proof, a letter of the signed counts: each is found.
  machine.run(`sed '0,/"challenge":"[1-8]/s/"challenge":"[1-8]/"challenge":"9/' ${archive} > changed.bel; ! cmp -s ${archive} changed.bel`);
  assert.match(machine.run(`whitley-verify changed.bel --companion ${companion}`, 1), /fail/i);
  machine.run(`sed '$s/"counted":"*[0-9]/"counted":9/' ${companion} > changed.jsonl; ! cmp -s ${companion} changed.jsonl`);
  assert.match(machine.run(`whitley-verify ${archive} --companion changed.jsonl`, 1), /fail/i);
  await journalist.go('/results');
  await machine.fetch(journalist.page, journalist.page.locator('a[href="/poll.tar"]').first());
  // The figures as data: what the columns mean, the licence, and the hash to cite.
  await machine.fetch(journalist.page, journalist.page.getByRole('link', { name: 'results.csv' }));
  await machine.fetch(journalist.page, journalist.page.getByRole('link', { name: 'datapackage.json' }));
  const described = JSON.parse(machine.run('cat datapackage.json'));
  assert.equal(described.licenses[0].name, 'CC-BY-4.0');
  assert.match(described.description, /invented/);
  assert.equal(`sha256:${machine.run('sha256sum results.csv').split(' ')[0]}`, described.resources[0].hash);
  assert.match(machine.run('cat results.csv'), /^ashdown,.*,Yes,2,6,2,0,true,/m);
  await journalist.go('/results/ashdown');
  await journalist.see('To cite this result');
  const cited = /last event ([0-9a-f]{64})/.exec(await journalist.page.locator('main').innerText())[1];
  assert.equal(JSON.parse(machine.run(`whitley-verify ${archive} --companion ${companion} --json`)).last_event ?? cited, cited);
  await journalist.go('/results');
  const all = machine.run('mkdir all; cd all; tar -xf ../poll.tar; for unit in *.bel; do whitley-verify "$unit" --companion "${unit%.bel}.companion.jsonl" > /dev/null; done; ls *.bel | wc -l');
  assert.match(all, /\b2\s*$/, 'both units');
  // Their own vote, long after.
  await journalist.go(`/receipt?tracker=${encodeURIComponent(trackers.last)}`);
  await journalist.look('receipt-counted');
  await journalist.go('/v/ashdown');
  await journalist.see('The vote has closed.');
  await journalist.go('/');
  await journalist.look('front-counted');
});

/** Whether the program has the typesetter: the tests that were built with it demand it. */
export function prints(isThere) {
  const wanted = process.env.WHITLEY_PRINTS;
  if (wanted) assert.equal(Boolean(isThere), wanted === 'yes', 'the typesetter');
  return Boolean(isThere);
}

journey('count: officer and scrutineer agree until when the roll is kept; before that day nobody erases it', async (walk) => {
  const officer = await staff(walk, 'officer');
  const scrutineer = await staff(walk, 'scrutineer');
  const { visitor } = officer;
  await visitor.go('/desk');
  await visitor.follow('Erase the roll');
  await visitor.heading('Erase the roll');
  await visitor.look('roll-erase');
  const least = await visitor.page.locator('#day').inputValue();
  await visitor.page.locator('#day').evaluate((field) => field.removeAttribute('min'));
  await visitor.page.locator('#day').fill('2026-01-01');
  assert.match(await visitor.click(visitor.page.getByRole('button', { name: 'Propose this day' })), /There is a problem[\s\S]*s\.231B/);
  await visitor.look('roll-erase-error');
  await visitor.page.locator('#day').fill(least);
  await visitor.click(visitor.page.getByRole('button', { name: 'Propose this day' }));
  await scrutineer.visitor.go('/desk/two-people');
  await scrutineer.visitor.see('erasure of the roll');
  await scrutineer.visitor.click(scrutineer.visitor.page.getByRole('button', { name: 'Confirm' }));
  await scrutineer.visitor.go('/desk/roll/erase');
  await scrutineer.visitor.see('Agreed: kept until the end of');
  await scrutineer.visitor.look('roll-erase-agreed');
  assert.equal(await scrutineer.visitor.page.getByRole('button', { name: 'Erase' }).count(), 0);
});

/** Waits until the shares are due: closing is by the clock, and thirty seconds later the ballots are added up. */
export async function addedUp(visitor) {
  for (let tries = 0; ; tries++) {
    await visitor.go('/desk/shares');
    if ((await visitor.commands()).length > 0) return;
    assert.ok(tries < 200, 'the ballots are not added up');
    await visitor.page.waitForTimeout(1_000);
  }
}
