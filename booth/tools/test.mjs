// Runs the tests: bundles each file of tests/ and gives it to node's own test runner.

import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = mkdtempSync(join(tmpdir(), 'booth-tests-'));
const entryPoints = readdirSync(join(root, 'tests')).filter((name) => name.endsWith('.test.ts')).map((name) => join(root, 'tests', name));
await build({ entryPoints, bundle: true, format: 'esm', platform: 'node', target: 'node20', outdir: out, outExtension: { '.js': '.mjs' }, logLevel: 'error' });
const files = readdirSync(out).map((name) => join(out, name));
const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files], { stdio: 'inherit', cwd: root });
rmSync(out, { recursive: true });
process.exit(status ?? 1);
