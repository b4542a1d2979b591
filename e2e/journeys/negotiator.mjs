// A negotiator works on a dispute in the browser; everybody reads what is published.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

/** The link that the service prints for its own machine is good once: the first journey signs in with it. */
journey('negotiator: a copy, an offer by the form, a slip, a file by hand, a publication and its correction', async ({ visit, service }) => {
  const ours = join(service.data, '..', 'shelf', 'ours');
  // No page has script, which a test of the service makes sure of; hers may, so that axe can look at pages that answer a form.
  const her = await visit();
  const { page } = her;
  await her.go(/Sign in once as the negotiator, on this machine: (\S+)/.exec(service.out())[1]);
  await her.press('Sign in');
  await her.heading('Disputes');
  await her.look('disputes');

  await her.follow('NHS pay 2007');
  await her.heading('NHS pay 2007');
  await her.look('dispute-home');
  await her.follow('Make a copy to work on');
  await her.look('dispute-copy');
  await page.getByLabel('Name of the folder').fill('ours');
  await her.press('Make the copy');
  await her.heading('NHS pay 2007');

  // An offer, in rows; a slip is said beside its field, and nothing typed is lost.
  await page.locator('.ws-nav').getByRole('link', { name: 'Offers' }).click();
  await her.look('offers');
  await her.follow('Write down an offer');
  const step = (number) => page.locator('fieldset.ws-row').nth(number - 1);
  await page.getByLabel('Title').fill('Two stages, 400 pounds at least');
  await page.getByLabel('Short name').fill('two-stages');
  await page.getByLabel('On the rates of').fill('2007-03-31');
  await page.getByLabel('England').check();
  await page.getByLabel('Source').fill('SEED-000');
  await step(1).getByLabel('From', { exact: true }).fill('31/02/2007');
  await step(1).getByLabel('How much').fill('1.5');
  await page.getByRole('button', { name: 'Work it out' }).last().click();
  await her.see('is not a date written year-month-day');
  await her.look('offer-form-refused');
  await step(1).getByLabel('From', { exact: true }).fill('2007-04-01');
  await her.press('Add a step');
  await step(2).getByLabel('From', { exact: true }).fill('2007-11-01');
  await step(2).getByLabel('How much').fill('2.5');
  await step(2).getByLabel('of what').selectOption({ label: '% above the rate before the offer, in all' });
  await step(2).getByText('More: cash').click();
  await step(2).getByLabel('at least (underpin)').fill('£400');
  await page.getByRole('button', { name: 'Work it out' }).last().click();
  await her.see('not saved');
  await her.see('Why 1.92%');
  await her.look('offer-form');
  assert.ok(!existsSync(join(ours, 'offers/two-stages.toml')), 'nothing is written before it was checked');
  await her.press('Check and save');
  await her.heading('Check what will be written');
  await her.look('offer-check');
  await page.getByLabel('What was changed').fill('our counter-offer');
  await her.press('Save as new version');
  await her.heading('Two stages');
  await her.look('offer');
  assert.match(readFileSync(join(ours, 'offers/two-stages.toml'), 'utf8'), /at_least_pounds = 400/);

  // The pay scales are dropped as a spreadsheet: first a wrong one, then the right one, and the picture shows what is too low.
  await her.go('/d/ours/scales');
  await her.look('scales');
  const bring = async (text) => {
    await page.getByLabel('The file').setInputFiles({ name: 'scale.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByLabel('What the scale is called').fill('Our own scale');
    await page.getByLabel('In force from').fill('2007-04-01');
    await page.getByLabel('Where').selectOption('England');
    await page.getByLabel('How sure it is').selectOption('synthetic');
    await her.press('Check and save');
  };
  await bring('Spine point,Salary\n1,5.35\n');
  await her.see('Nothing was written');
  await her.look('scales-refused');
  await bring('Grade,Spine point,Salary\nA,1,10000\nA,2,12000\nB,3,"£15,500"\n');
  await her.see('Our own scale, England');
  await her.see('Point 1 is below the legal minimum');
  await her.look('scales-low');
  await her.go('/d/ours/files/dispute.toml');
  await page.getByLabel('The text').fill((await page.getByLabel('The text').inputValue()).replace(/"our-own-scale",\s*/, ''));
  await her.press('Save as new version');

  // A file as text: what would stop the dispute is refused, with its line.
  await her.go('/d/ours/files');
  await her.look('dispute-files');
  await her.follow('offers/two-stages.toml');
  const text = await page.getByLabel('The text').inputValue();
  await page.getByLabel('The text').fill(text.replace('2007-11-01', '2007-11-31'));
  await her.press('Save as new version');
  await her.see('would stop the dispute');
  await her.look('file-refused');
  assert.equal(readFileSync(join(ours, 'offers/two-stages.toml'), 'utf8'), text);
  // Another program changes the file; the history says so.
  writeFileSync(join(ours, 'offers/two-stages.toml'), text.replace('1.5', '1.6'));
  await her.go('/d/ours/history');
  await her.see('Changed outside');
  await her.press('Note it as a version');
  await her.see('changed outside, by another program');
  await her.look('dispute-history');
  await page.locator('#versions').getByRole('link', { name: '5', exact: true }).click();
  await her.see('percent = 1.6');
  await her.look('dispute-version');

  // Published, corrected, published again: the first stays, and says that it was corrected.
  const publish = async (note) => {
    await her.go('/d/ours/publish');
    await page.getByLabel('What readers should know').fill(note);
    await page.getByLabel('I may publish this').check();
    await her.press('Publish this version');
    await her.see('How to cite it');
  };
  await her.go('/d/ours/publish');
  await her.look('dispute-publish');
  await publish('as sent to members');
  writeFileSync(join(ours, 'offers/two-stages.toml'), text);
  await publish('1.6 was a slip');
  const anybody = await visit({ javaScriptEnabled: false });
  await anybody.go('/public');
  await anybody.look('published-list');
  await anybody.follow('NHS pay 2007');
  await anybody.see('1.6 was a slip');
  await anybody.look('published');
  await anybody.go('/public/ours/1');
  await anybody.see('It has been corrected since');
  await anybody.go('/d/ours');
  await anybody.heading('Sign in with your role key');
});
