// A representative's list without signal: what is tapped is kept on this phone and sent when it can be.
//
// Everything on the phone is in one cache of the browser: the page itself, its files, and each note under an address of its own, so that all
// of it goes at once. Without this script, or where the browser keeps nothing, the page's forms work as they stand.

(() => {
  'use strict';
  const CACHE = 'whitley-branch';
  const NOTES = '/branch/notes/';
  const people = document.getElementById('people');
  if (!people || !('caches' in window) || !('serviceWorker' in navigator)) return;
  const signal = document.getElementById('signal');
  const done = document.getElementById('done');
  const totals = document.getElementById('totals');
  const madeAt = Number(people.dataset.at);
  const digits = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  let count = 0;
  let isForgotten = false;

  /** An element with text in it: nothing on this page is ever made of markup. */
  function made(name, text, attributes = {}) {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  // The notes on this phone, in the order in which they were made.
  async function notes() {
    // Looking must not make the cache anew after it was taken away.
    if (isForgotten || !(await caches.has(CACHE))) return [];
    const cache = await caches.open(CACHE);
    const kept = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(NOTES));
    const all = await Promise.all(kept.map(async (key) => (await cache.match(key))?.json()));
    return all.filter(Boolean).sort((one, other) => one.at - other.at || one.number - other.number);
  }
  const keep = async (note) => (await caches.open(CACHE)).put(NOTES + note.id, new Response(JSON.stringify(note)));
  const drop = async (note) => (await caches.open(CACHE)).delete(NOTES + note.id);

  const lineOf = (member) => [...people.children].find((line) => line.dataset.member === member);
  const formOf = (line, said) => [...line.querySelectorAll('form')].find((form) => form.elements.said.value === said);

  /** Shows a note on the page, as the service will once it has it. */
  function apply(note) {
    const line = lineOf(note.member);
    const form = line && formOf(line, note.said);
    if (!form) return;
    if (note.said === 'workplace') {
      form.elements.text.value = note.on ? note.text : '';
    } else {
      const button = form.querySelector('button');
      button.setAttribute('aria-pressed', String(note.on));
      button.classList.toggle('quiet', note.on);
      form.elements.on.value = note.on ? '0' : '1';
    }
    const pressed = [...line.querySelectorAll('button[aria-pressed=true]')];
    const words = pressed.map((button) => button.dataset.short);
    const elsewhere = line.querySelector('.elsewhere').elements.text.value;
    if (elsewhere) words.push(`works at ${elsewhere}`);
    const first = pressed.sort((one, other) => one.dataset.rank - other.dataset.rank)[0];
    const state = first ? first.dataset.class : words.length > 0 ? '' : 'bad';
    const tag = line.querySelector('summary .tag');
    tag.textContent = words.join(', ') || people.dataset.nobody;
    tag.className = `tag ${state}`;
    line.className = state;
  }

  const nameOf = (member) => lineOf(member)?.querySelector('.who').textContent ?? member;
  function labelOf(note) {
    if (note.said === 'workplace') return `Works at ${note.text}`;
    return formOf(lineOf(note.member), note.said).querySelector('button').firstChild.textContent;
  }

  /** Keeps a note, shows it, and sends it if that can be done. */
  async function add({ member, said, on, text = '' }) {
    count += 1;
    const note = { id: `${digits}-${count}`, member, said, on, text, at: Date.now(), number: count };
    const label = labelOf(note);
    try {
      await keep(note);
    } catch {
      signal.replaceChildren(made('p', 'This phone could not keep the note: it has no room. Nothing was noted.', { class: 'panel bad' }));
      return;
    }
    apply(note);
    const history = lineOf(member).querySelector('.history');
    history.append(made('li', `${new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}, on this phone: ${on ? 'noted' : 'taken back'} “${label}”`));
    const panel = made('div', '', { class: 'panel good' });
    const sentence = made('p', '');
    sentence.append(made('strong', `${nameOf(member)}:`), on ? ` noted “${label}”.` : ` taken back: “${label}”.`);
    const undo = made('button', 'Undo', { class: 'quiet', type: 'button' });
    undo.addEventListener('click', () => add({ member, said, on: !on, text }));
    panel.append(sentence, undo);
    done.replaceChildren(panel);
    await say();
    await send();
  }

  /** Says how many notes are on this phone only. */
  async function say(why = '') {
    if (isForgotten) return;
    const waiting = (await notes()).filter(({ sent }) => !sent).length;
    if (waiting === 0) {
      signal.replaceChildren();
      return;
    }
    const panel = made('div', '', { class: 'panel' });
    const held = `${waiting} ${waiting === 1 ? 'note' : 'notes'} not sent yet.`;
    panel.append(made('p', `${held} ${why || 'Kept on this phone, and sent as soon as there is signal.'}`));
    const now = made('button', 'Send now', { class: 'quiet', type: 'button' });
    now.addEventListener('click', () => send());
    panel.append(now);
    signal.replaceChildren(panel);
  }

  let sending = null;
  function send() {
    // What is added while a request is on its way goes with the next one.
    sending ??= sendAll().finally(() => (sending = null));
    return sending;
  }

  async function sendAll() {
    for (;;) {
      const waiting = (await notes()).filter(({ sent }) => !sent).slice(0, 20);
      if (isForgotten || waiting.length === 0) break;
      const body = JSON.stringify({
        notes: waiting.map(({ id, member, said, on, text, at }) => ({ id, member, said, on, text, age_seconds: Math.max(0, Math.floor((Date.now() - at) / 1000)) })),
      });
      let answer;
      try {
        answer = await fetch('/branch/notes', { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(20_000) });
      } catch {
        return say();
      }
      if (answer.status === 410) return over(waiting.length);
      if (answer.status === 401 || answer.status === 403) {
        // The notes name nobody, and stay; the names do not.
        await (await caches.open(CACHE)).delete('/branch');
        return say('Open the link of your branch again to send them: a sign-in lasts a day.');
      }
      if (!answer.ok) return say('The service is busy or cannot take them. It is tried again by itself.');
      const said = await answer.json();
      totals.textContent = said.totals;
      for (const note of waiting) {
        if (said.kept.includes(note.id)) await keep({ ...note, sent: said.at });
        else await drop(note);
      }
      if (said.refused.length > 0) done.replaceChildren(made('p', `${said.refused.length} not taken: ${said.refused[0].why}.`, { class: 'panel bad' }));
    }
    await say();
    await renew();
  }

  /** Keeps the page as the service has it now; what was sent before stands in it. */
  async function renew() {
    const sent = (await notes()).filter((note) => note.sent);
    try {
      const page = await fetch('/branch', { cache: 'no-store' });
      if (isForgotten) return;
      if (page.status === 410) return over(0);
      if (page.status === 401 || page.status === 403) await (await caches.open(CACHE)).delete('/branch');
      if (!page.ok || page.redirected) return;
      const cache = await caches.open(CACHE);
      await cache.put('/branch', page);
      const parts = [document.querySelector('link[rel=stylesheet]').href, document.querySelector('script[src]').src];
      await Promise.all(parts.map(async (part) => (await cache.match(part)) ?? cache.add(part)));
      await Promise.all(sent.map(drop));
    } catch {
      // Without signal the page stays as it was kept before.
    }
  }

  /** Takes everything of the branch off this phone. */
  async function forget() {
    isForgotten = true;
    await caches.delete(CACHE);
    const here = await navigator.serviceWorker.getRegistrations();
    await Promise.all(here.filter(({ scope }) => scope.endsWith('/branch')).map((one) => one.unregister()));
  }

  async function over(lost) {
    await forget();
    const main = document.querySelector('main');
    const text = lost > 0 ? ` ${lost} ${lost === 1 ? 'note' : 'notes'} could not be sent any more.` : '';
    main.replaceChildren(made('h1', 'The link of this branch is closed'), made('p', `Its list was taken off this phone.${text} The ballot officer can make a new link.`));
    document.title = 'Link closed';
  }

  people.addEventListener('submit', (event) => {
    event.preventDefault();
    const { member, said, on, text } = event.target.elements;
    add({ member: member.value, said: said.value, on: on.value === '1', text: text?.value.trim() ?? '' });
  });
  // “Undo” of a page that was made without this script.
  done.addEventListener('submit', (event) => {
    event.preventDefault();
    const { member, said, on } = event.target.elements;
    add({ member: member.value, said: said.value, on: on.value === '1' });
  });

  const out = document.querySelector('form[action="/sign-out"]');
  let isSure = false;
  out?.addEventListener('submit', async (event) => {
    event.preventDefault();
    const waiting = (await notes()).filter(({ sent }) => !sent).length;
    if (waiting > 0 && !isSure) {
      isSure = true;
      await say('Signing out takes them off this phone unsent. Press “Sign out” once more if that is what you want.');
      signal.scrollIntoView();
      return;
    }
    await forget();
    if (navigator.onLine) {
      out.submit();
      return;
    }
    document.querySelector('main').replaceChildren(
      made('h1', 'This phone has forgotten the list'),
      made('p', 'You are without signal, so the service does not know it yet: your sign-in there ends by itself within a day.'),
    );
  });

  async function begin() {
    for (const note of await notes()) {
      if (note.sent && note.sent <= madeAt) await drop(note);
      else apply(note);
    }
    await say();
    const address = window.trustedTypes
      ? window.trustedTypes.createPolicy('whitley-branch', { createScriptURL: () => '/branch-worker.js' }).createScriptURL('')
      : '/branch-worker.js';
    try {
      await navigator.serviceWorker.register(address, { scope: '/branch', updateViaCache: 'none' });
    } catch {
      // A browser that refuses it (a private window) still keeps notes while the page is open.
    }
    await renew();
    await send();
    window.addEventListener('online', () => send());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && send());
    setInterval(async () => (await notes()).some(({ sent }) => !sent) && send(), 15_000);
    people.dataset.ready = 'yes';
  }
  begin();
})();
