// Builds booth/dist from booth/src. The same sources and package-lock.json give the same bytes; `npm test` compares.
// `node tools/build.mjs [DIR]` (default: dist).

import { build } from 'esbuild';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// What the service embeds, and the core alone for node (tools/make-ballots.mjs).
const scripts = { 'booth.js': 'src/page/booth.ts', 'check-device.js': 'src/page/check-device.ts', 'vote.mjs': 'src/vote/index.ts' };

/** Builds everything into this directory. */
export async function buildInto(directory) {
  await mkdir(directory, { recursive: true });
  for (const [name, entry] of Object.entries(scripts)) {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: ['es2022'],
      minify: true,
      charset: 'ascii',
      legalComments: 'eof',
      write: false,
    });
    await writeFile(join(directory, name), outputFiles[0].contents);
  }
  await copyFile(join(root, 'src/page/booth.css'), join(directory, 'booth.css'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildInto(resolve(process.argv[2] ?? join(root, 'dist')));
