// A service for the booth's own tests and for looking at its pages: the HTTP contract over an invented election with the key of a
// shared vector. It does not judge proofs and keeps everything in memory. Not shipped.
//
//   node tools/dev-server.mjs [PORT]      prints addresses and voting codes

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { credentialKey, fingerprint, isUuid, readElection, Seeded } from '../dist/vote.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'; require-trusted-types-for 'script'";
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Invented questions under the key and uuid of vectors/v1/ballot_two_questions.json. */
const WELSH = [
  { text_cy: 'A ydych yn barod i gymryd rhan mewn streic?', answers_cy: ['Ydw', 'Nac ydw'] },
  { text_cy: 'A ydych yn barod i gymryd rhan mewn gweithredu diwydiannol heblaw streic, sef gwahardd goramser a gweithio yn ôl y rheolau?', answers_cy: ['Ydw', 'Nac ydw'] },
];
function record(blankAllowed) {
  const vector = JSON.parse(readFileSync(join(root, '../vectors/v1/ballot_two_questions.json'), 'utf8'));
  const { public_key } = JSON.parse(vector.election_record);
  const questions = ['Are you prepared to take part in a strike?', 'Are you prepared to take part in industrial action short of a strike, that is an overtime ban and working to rule?'].map((question, at) => ({
    answers: ['Yes', 'No'],
    ...(blankAllowed && at === 1 ? { blank: true } : {}),
    min: 1,
    max: 1,
    question,
  }));
  return JSON.stringify({ version: 1, description: '', name: 'Pay 2026 (invented)', group: 'Ed25519', public_key, questions, uuid: vector.uuid });
}

/** Voting codes of invented members. */
export function codes(number) {
  const source = new Seeded('codes of the development server');
  return Array.from({ length: number }, () => {
    const bytes = new Uint8Array(22);
    source.fill(bytes);
    return [...bytes].map((byte) => BASE58[byte % 58]).join('').replace(/^(.{5})(.{6})(.{5})(.{6})$/, '$1-$2-$3-$4');
  });
}

const SHORT = 'If you take part in a strike or other industrial action, you may be in breach of your contract of employment. (Invented text in place of the statutory statement.)';

/** Starts a service. `control` can be changed at any time: `info` fields, `credentials` by element, `next` for one odd answer. */
export async function startService({ port = 0, number = 40 } = {}) {
  const control = { record: record(true), info: {}, next: null, requests: [], credentials: new Map(), board: new Map(), challenged: new Set(), tampered: null };
  let election = readElection(Buffer.from(control.record));
  const list = codes(number);
  for (const code of list) control.credentials.set(credentialKey(code, election.uuid).encoded, 'ready');

  const info = () => ({
    uuid: election.uuid, unit: 'Invented Department, Cardiff', poll: 'Pay 2026: invented ballot', opens_at: '2026-05-04T11:00:00Z', closes_at: '2026-06-01T11:00:00Z', state: 'open',
    revote: 'one', recommendation: 'Your national executive asks you to vote Yes to both questions. (Invented.)', statement: SHORT,
    questions: election.questions.map(({ text, answers }, at) => ({ text, answers, ...(WELSH[at] ?? { text_cy: null, answers_cy: null }) })),
    fingerprint: election.fingerprint, rehearsal: true, challenge: true, ...control.info,
  });

  function cast(payload) {
    const { credential, election_hash } = JSON.parse(payload);
    const tracker = fingerprint(payload);
    const before = control.board.get(credential) ?? [];
    if (before.at(-1) === payload) return [200, { tracker, position: control.board.size, again: true }];
    if (before.includes(payload)) return [409, { why: 'superseded' }];
    if (info().state !== 'open') return [403, { why: 'closed', closes_at: info().closes_at }];
    if (control.challenged.has(tracker)) return [409, { why: 'challenged' }];
    if (election_hash !== election.fingerprint) return [400, { why: 'not-valid', faults: [{ check: 'V27', what: 'another election' }] }];
    const state = control.credentials.get(credential) ?? 'unknown';
    if (state !== 'ready') return [409, { why: state }];
    if (before.length > 0 && info().revote === 'one') return [409, { why: 'already-voted' }];
    control.board.set(credential, [...before, payload]);
    return [200, { tracker, position: control.board.size, again: false }];
  }

  const assets = { '/booth/booth.js': 'booth.js', '/booth/booth.css': 'booth.css', '/booth/check-device.js': 'check-device.js' };
  const sri = (name) => `sha384-${createHash('sha384').update(readFileSync(join(root, 'dist', name))).digest('base64')}`;
  function shell(file, language) {
    const values = {
      uuid: election.uuid, lang: language, unit: info().unit, poll: info().poll, worth: '', rehearsal_banner: '<p class="rehearsal">REHEARSAL – invented members</p>',
      booth_js: '/booth/booth.js', booth_css: '/booth/booth.css', check_device_js: '/booth/check-device.js',
      booth_js_sri: control.tampered ?? sri('booth.js'), booth_css_sri: sri('booth.css'), check_device_js_sri: sri('check-device.js'),
    };
    const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    return readFileSync(join(root, file), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => (name === 'rehearsal_banner' ? values[name] : escaped(values[name])));
  }

  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const url = new URL(request.url, 'http://localhost');
      control.requests.push({ method: request.method, path: url.pathname + url.search, body });
      const send = (status, type, content, headers = {}) => {
        response.writeHead(status, { 'content-type': type, 'content-security-policy': POLICY, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff', 'cross-origin-opener-policy': 'same-origin', ...headers });
        response.end(content);
      };
      const json = (status, value, headers) => send(status, 'application/json', JSON.stringify(value), headers);
      const [, first, uuid, what] = url.pathname.split('/');
      if (url.pathname in assets) {
        const name = assets[url.pathname];
        return send(200, name.endsWith('.css') ? 'text/css' : 'text/javascript', readFileSync(join(root, 'dist', name)));
      }
      if (first === 'v') return send(200, 'text/html; charset=utf-8', shell('shell.html', url.searchParams.get('lang') === 'cy' ? 'cy' : 'en'));
      if (first === 'check-device') return send(200, 'text/html; charset=utf-8', shell('check-device.html', url.searchParams.get('lang') === 'cy' ? 'cy' : 'en'));
      if (first !== 'e' || !isUuid(uuid ?? '') || uuid !== election.uuid) return send(404, 'text/plain', 'not found');
      if (what === 'election.json') return send(200, 'application/json', control.record);
      if (what === 'info.json') return json(200, info());
      if (what === 'receipt') return send(200, 'text/html; charset=utf-8', `<!doctype html><html lang=en><title>Receipt</title><h1>Receipt</h1>`);
      if (request.method !== 'POST') return send(405, 'text/plain', 'method');
      const odd = control.next?.path === what ? control.next : null;
      if (odd && --odd.times <= 0) control.next = null;
      if (odd?.kind === 'busy') return json(503, { why: 'busy' }, { 'retry-after': String(odd.seconds ?? 1) });
      if (odd?.kind === 'unreached') return request.socket.destroy();
      if (what === 'credential') {
        const { credential } = JSON.parse(body);
        const state = control.credentials.get(credential) ?? 'unknown';
        if (state === 'ready' && control.board.has(credential)) return json(200, { state: 'voted', may_vote: info().revote === 'last' });
        return json(200, { state });
      }
      if (what === 'challenge') {
        const tracker = fingerprint(body);
        if ([...control.board.values()].flat().includes(body)) return json(409, { why: 'cast' });
        control.challenged.add(tracker);
        return json(200, { tracker });
      }
      if (what === 'cast') {
        const [status, value] = cast(body);
        if (odd?.kind === 'lost') return request.socket.destroy();
        if (odd?.kind === 'other-tracker') return json(200, { ...value, tracker: fingerprint('another ballot') });
        if (odd?.kind === 'slow') return setTimeout(() => json(status, value), 700);
        return json(status, value);
      }
      return send(404, 'text/plain', 'not found');
    });
  });
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  const origin = `http://localhost:${server.address().port}`;
  const use = (text) => {
    control.record = text;
    election = readElection(Buffer.from(text));
  };
  return { origin, codes: list, control, use, uuid: election.uuid, key: (code) => credentialKey(code, election.uuid).encoded, close: () => server.close() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const service = await startService({ port: Number(process.argv[2] ?? 8421), number: 5 });
  console.log(`${service.origin}/v/invented\n${service.codes.map((code) => `${service.origin}/v/invented#code=${code}`).join('\n')}`);
}
