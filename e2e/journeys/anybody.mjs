// Whoever comes by: the public pages, without script.

import assert from 'node:assert/strict';

const journeys = [];
const journey = (name, walk) => journeys.push({ name, walk });
export default journeys;

journey('anybody: the ears of these tests hear: a foreign picture is a fault twice', async ({ visit }) => {
  const visitor = await visit();
  await visitor.go('/');
  await visitor.page.evaluate(() => {
    const picture = new Image();
    picture.src = 'https://elsewhere.invalid/picture.png';
    document.body.append(picture);
  });
  await visitor.page.waitForTimeout(500);
  assert.match(visitor.problems.join('\n'), /img-src/);
  visitor.problems.length = 0;
  await visitor.page.evaluate(() => {
    try {
      document.body.innerHTML = '<p>text that became markup</p>';
    } catch {}
  });
  await visitor.page.waitForTimeout(200);
  assert.match(visitor.problems.join('\n'), /trusted/i);
  visitor.problems.length = 0;
});

journey('anybody: front page, units, boards, texts, in both languages and without script', async ({ visit }) => {
  const visitor = await visit({ javaScriptEnabled: false });
  await visitor.go('/');
  await visitor.heading('Ballot on pay');
  await visitor.see('invented');
  await visitor.look('front');
  await visitor.page.getByRole('searchbox').fill('brec');
  await visitor.page.locator('main form button').click();
  assert.equal(await visitor.page.locator('main tbody tr').count(), 1);
  await visitor.look('front-found');
  await visitor.page.getByRole('searchbox').fill('nowhere');
  await visitor.page.locator('main form button').click();
  assert.equal(await visitor.page.locator('main tbody tr').count(), 0);
  await visitor.look('front-not-found');
  await visitor.go('/');
  await visitor.page.locator('a[href^="/e/"]').first().click();
  await visitor.look('board');
  for (const [path, name] of [['/results', 'results-not-yet'], ['/results/ashdown', 'result-not-yet'], ['/how-to-check', 'how-to-check'], ['/limits', 'limits'], ['/accessibility', 'accessibility'], ['/receipt', 'receipt'], ['/nothing-here', 'not-found']]) {
    await visitor.go(path);
    await visitor.look(name);
    await visitor.go(`${path}?lang=cy`);
    assert.equal(await visitor.page.locator('html').getAttribute('lang'), 'cy', path);
    await visitor.look(`cy-${name}`);
  }
  await visitor.go('/v/ashdown');
  await visitor.page.getByText(/JavaScript/).locator('visible=true').first().waitFor();
  await visitor.look('vote-without-script');
});
