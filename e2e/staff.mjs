// People with a role: each with a browser that is signed in, and a machine of their own with the role's key.

import { Machine } from './whitley.mjs';

/** Runs the command of the sign-in page as it stands, but for the key's name, and pastes what it prints. */
export async function signIn(visitor, machine, key) {
  await visitor.go('/sign-in');
  const [command] = await visitor.commands();
  await visitor.page.locator('#answer').fill(machine.run(command.replace('officer.key', key)).trim());
  await visitor.click(visitor.page.locator('main button'));
  await visitor.heading('Desk of the');
}

/** Somebody of a rehearsal, whose keys lie with its service. */
export async function staff({ visit, service }, role, options = {}) {
  const machine = new Machine(`${service.data.split('/').at(-1)}-${role}`, service.key(role));
  const visitor = await visit({ viewport: { width: 1200, height: 900 }, ...options });
  await signIn(visitor, machine, `${role}.key`);
  return { visitor, machine };
}

/** Fetches what the steps of a desk page link to, runs the commands below it; the names of files that are there now and were not. */
export async function doSteps({ visitor, machine }) {
  const before = new Set(machine.files());
  for (const link of await visitor.page.locator('main ol a[download]').all()) await machine.fetch(visitor.page, link);
  for (const command of await visitor.commands()) machine.run(command);
  return machine.files().filter((name) => !before.has(name));
}
