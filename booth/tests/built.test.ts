/** What is committed under dist/ is what the sources give; texts are whole; shells have the agreed places. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { londonTime } from '../src/page/instant.ts';
import { computesRightly } from '../src/page/self-check.ts';
import { texts } from '../src/texts/index.ts';

test('a rebuild gives the committed bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'booth-dist-'));
  try {
    assert.equal(spawnSync(process.execPath, ['tools/build.mjs', folder], { stdio: 'inherit' }).status, 0);
    assert.deepEqual(readdirSync(folder).sort(), ['booth.css', 'booth.js', 'check-device.js', 'vote.mjs']);
    assert.deepEqual(readdirSync('dist').sort(), readdirSync(folder).sort());
    for (const name of readdirSync(folder)) assert.ok(readFileSync(join(folder, name)).equals(readFileSync(join('dist', name))), `${name} is not what the sources give: npm run build`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the lock file names no registry', () => {
  const lock = readFileSync('package-lock.json', 'utf8');
  assert.ok(!lock.includes('"resolved"'));
  assert.ok(lock.includes('"integrity"'));
});

test('the built scripts do nothing that the policy of the service forbids', () => {
  for (const name of ['booth.js', 'check-device.js']) {
    const script = readFileSync(`dist/${name}`, 'utf8');
    for (const bad of ['innerHTML', 'outerHTML', 'insertAdjacent', 'document.write', 'eval(', 'new Function', 'localStorage', 'sessionStorage', 'indexedDB', 'document.cookie', 'caches.', 'sendBeacon', 'serviceWorker', 'Math.random', 'http://', 'https://']) {
      const allowed = bad === 'http://' ? script.replaceAll('http://www.w3.org/2000/svg', '') : script;
      assert.ok(!allowed.includes(bad), `${name}: ${bad}`);
    }
  }
});

test('the shells have the places that the service fills in, and nothing inline', () => {
  const places = (name: string): string[] => [...new Set(readFileSync(name, 'utf8').match(/\{\{\w+\}\}/g) ?? [])].sort();
  assert.deepEqual(places('shell.html'), ['{{booth_css_sri}}', '{{booth_css}}', '{{booth_js_sri}}', '{{booth_js}}', '{{lang}}', '{{poll}}', '{{rehearsal_banner}}', '{{unit}}', '{{uuid}}', '{{worth}}']);
  assert.deepEqual(places('check-device.html'), ['{{booth_css_sri}}', '{{booth_css}}', '{{check_device_js_sri}}', '{{check_device_js}}', '{{lang}}', '{{rehearsal_banner}}']);
  for (const name of ['shell.html', 'check-device.html']) {
    const html = readFileSync(name, 'utf8');
    assert.ok(!/<style|style=|<script(?![^>]*src=)|\son\w+=/.test(html), name);
  }
});

test('both languages have every text, and none is left in the other language', () => {
  type Tree = { [key: string]: unknown };
  const leaves = (tree: Tree, path = ''): [string, unknown][] =>
    Object.entries(tree).flatMap(([key, value]) => (typeof value === 'object' && value !== null ? leaves(value as Tree, `${path}${key}.`) : [[path + key, value] as [string, unknown]]));
  const [english, welsh] = [leaves(texts.en), new Map(leaves(texts.cy))];
  assert.equal(english.length, welsh.size);
  for (const [key, value] of english) {
    const other = welsh.get(key);
    assert.equal(typeof other, typeof value, key);
    if (typeof value === 'string') assert.ok(value.trim() !== '' && other !== '' && other !== value, key);
  }
});

test('instants are London time, with the zone, in both languages', () => {
  assert.equal(londonTime('2026-06-01T11:00:00Z', texts.en), 'Monday 1 June 2026 at 12:00 BST');
  assert.equal(londonTime('2026-12-24T23:30:00Z', texts.en), 'Thursday 24 December 2026 at 23:30 GMT');
  assert.equal(londonTime('2026-06-01T23:30:00Z', texts.cy), 'Dydd Mawrth 2 Mehefin 2026 am 00:30 BST');
});

test('the self-check passes here', () => {
  assert.equal(computesRightly(), true);
});
