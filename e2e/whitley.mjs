// The programs under test: the real service in a temporary folder, and the machines of its staff.

import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const whitley = process.env.WHITLEY ?? join(root, 'target/debug/whitley');
export const verifier = process.env.WHITLEY_VERIFY ?? join(dirname(whitley), 'whitley-verify');
export const scratch = mkdtempSync(join(tmpdir(), 'whitley-e2e-'));
const path = [dirname(whitley), dirname(verifier), process.env.PATH].join(delimiter);

for (const [program, source] of [[whitley, 'cargo build -p whitley'], [verifier, 'cargo build -p verify']]) {
  if (!existsSync(program)) throw new Error(`${program} is missing: run ${source}`);
}

/** `whitley serve` with these arguments, on a port of its own; its folder goes with `stop`. */
export async function serve(name, ...options) {
  const data = join(scratch, name);
  const child = spawn(whitley, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  const started = new Promise((done, failed) => {
    child.stdout.on('data', (text) => {
      out += text;
      const origin = /^Whitley serves (\S+)$/m.exec(out)?.[1];
      if (origin && out.includes('Ctrl-C ends it')) done(origin);
    });
    child.stderr.on('data', (text) => (out += text));
    child.on('exit', (status) => failed(new Error(`whitley serve ${options.join(' ')} ended with ${status}:\n${out}`)));
    child.on('error', failed);
  });
  const origin = await started;
  return {
    origin,
    data,
    out: () => out,
    /** Voting codes of a unit that nobody in these tests has used yet. */
    code: codes(join(data, 'letters')),
    table: (file) => table(join(data, 'letters', file)),
    key: (role) => join(data, 'keys', `${role}.key`),
    /** The link of a role that the service printed; a role's is good once, a representative's until it is closed. */
    link(role) {
      const link = new RegExp(`^ *${role}\\s+(https?://\\S+)$`, 'm').exec(out)?.[1];
      if (!link) throw new Error(`no link for ${role} was printed:\n${out}`);
      return link;
    },
    /** Cookies of those who have signed in by such a link. */
    sessions: {},
    async stop() {
      const ended = new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done()));
      child.kill('SIGINT');
      const slow = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(slow);
    },
  };
}

export function codes(letters) {
  const used = {};
  return (unit) => {
    used[unit] = (used[unit] ?? -1) + 1;
    const row = table(join(letters, `${unit}.letters.csv`))[used[unit]];
    if (!row) throw new Error(`the invented members of ${unit} have all voted`);
    return row.credential;
  };
}

/** Rows of a simple CSV file. */
export function table(file) {
  const [heads, ...rows] = readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(heads.map((head, at) => [head, row[at]])));
}

/** Somebody's own machine: a folder with key files, in which the commands that pages show are run as they stand. */
export class Machine {
  constructor(name, ...keys) {
    this.folder = join(scratch, 'machines', name);
    mkdirSync(this.folder, { recursive: true });
    for (const key of keys) copyFileSync(key, join(this.folder, key.split('/').at(-1)));
  }

  /** What a shell prints; its failure is an error with everything it said. */
  run(command, wanted = 0) {
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], { cwd: this.folder, env: { ...process.env, PATH: path }, encoding: 'utf8' });
    if (status !== wanted) throw new Error(`${command}\nended with ${status}, not ${wanted}:\n${stdout}${stderr}`);
    return stdout + (wanted === 0 ? '' : stderr);
  }

  /** Where a file of this machine is. */
  at(...names) {
    return join(this.folder, ...names);
  }

  files(folder = '.') {
    return readdirSync(this.at(folder));
  }

  /** A file of this machine with this text. */
  write(name, text) {
    writeFileSync(this.at(name), text);
    return this.at(name);
  }

  /** Keeps what a link or button of a page gives, under the name that the page gives it. */
  async fetch(page, link) {
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const name = download.suggestedFilename();
    await download.saveAs(this.at(name));
    return name;
  }
}

/** An empty folder for disputes. */
export function disputesFolder() {
  const folder = join(scratch, 'disputes');
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const tidyUp = () => rmSync(scratch, { recursive: true, force: true });
