// Staff sign in with their keys, which stay on their own machines.

import assert from 'node:assert/strict';
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
  await trustee.go('/desk');
  await trustee.page.getByRole('button', { name: 'Sign out' }).click();
  await trustee.heading('Sign in with your role key');
  await trustee.go('/desk');
  await trustee.heading('Sign in with your role key');
  assert.equal((await trustee.context.cookies()).length, 0);
});
