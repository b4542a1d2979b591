/**
 * The booth: from the start page to the receipt (docs/spec/booth.md).
 *
 * Code, answers and randomness live in the fields of one object until the ballot is cast, opened, or the page is left; then
 * they are dropped and overwritten as far as the language lets one. Nothing is put into any store of the browser. What the
 * history knows is the name of a page.
 */

import {
  type Choice,
  type CredentialKey,
  credentialKey,
  type Election,
  makeOpenable,
  NoRandomness,
  type OpenableBallot,
  Platform,
  prepareGenerator,
  Randomness,
  tidyCredential,
} from '../vote/index.ts';
import { castBallot, challengeBallot, credentialState, fetchElection, type Info, NoAnswer } from './api.ts';
import { given, grouped, h } from './dom.ts';
import { openedPage, receiptPage, sendingPage, type Stop, stopPage, worthLink } from './end-pages.ts';
import { Frame, painted } from './frame.ts';
import { londonTime } from './instant.ts';
import { inWords, questionPage, questionText, readChoice, statement } from './question-page.ts';
import { computesRightly } from './self-check.ts';

type PageName = 'start' | 'code' | 'voted' | 'question' | 'check' | 'challenge' | 'end';
interface Place {
  readonly page: PageName;
  readonly at: number;
}

/** Waits between attempts to send, in seconds. The last one is repeated. */
const WAITS_SECONDS = [2, 4, 8, 15, 30];

class Booth {
  readonly #frame: Frame;
  readonly #uuid: string;
  #election!: Election;
  #info!: Info;
  #place: Place = { page: 'start', at: 0 };
  /** From the link, until it is used. */
  #linkCode: string | null = null;
  #linkFingerprint: string | null = null;
  #key: CredentialKey | null = null;
  /** What is ticked, by question. */
  #ticked: Set<string>[] = [];
  #choices: (Choice | null)[] = [];
  /** The answers were seen on the check page: a changed one leads back there. */
  #checked = false;
  #platform = new Randomness(new Platform());
  #ballot: OpenableBallot | null = null;
  #ready: boolean | null = null;
  /** A ballot is on its way and nobody knows whether it arrived, or it has arrived: there is no way back. */
  #sealed = false;
  /** The first of the two. */
  #underWay = false;
  #render: () => void = () => undefined;

  constructor(main: HTMLElement) {
    this.#uuid = main.dataset['uuid'] ?? '';
    this.#frame = new Frame(main, () => this.#render());
  }

  async begin(): Promise<void> {
    this.#takeFragment();
    window.addEventListener('popstate', (event) => this.#moved(event.state as Place | null));
    window.addEventListener('pagehide', () => this.#wipe(true));
    window.addEventListener('pageshow', (event) => event.persisted && location.reload());
    await this.#load();
  }

  /** The code of the link, which leaves the address at once. */
  #takeFragment(): void {
    const fields = new URLSearchParams(location.hash.slice(1));
    this.#linkCode = fields.get('code');
    // A plus sign of base 64 that nobody escaped reads as a space.
    this.#linkFingerprint = fields.get('election')?.replaceAll(' ', '+') ?? null;
    history.replaceState({ page: 'start', at: 0 } satisfies Place, '', location.pathname + location.search);
  }

  async #load(): Promise<void> {
    this.#shown(() => {
      const { texts } = this.#frame;
      this.#frame.show({ title: texts.loadingTitle, content: [h('h1', {}, texts.loadingTitle), h('p', {}, texts.loading)] });
    });
    const generator = globalThis.crypto as Crypto | undefined;
    if (typeof BigInt !== 'function' || typeof generator?.getRandomValues !== 'function') return this.#stop('crypto');
    try {
      const { election, info } = await fetchElection(this.#uuid, this.#linkFingerprint);
      [this.#election, this.#info] = [election, info];
    } catch (fault) {
      if (!(fault instanceof NoAnswer)) throw fault;
      return this.#stop(fault.why === 'busy' ? 'offline' : fault.why);
    }
    this.#go({ page: 'start', at: 0 }, 'stay');
  }

  // Moving between pages

  #go(place: Place, how: 'forward' | 'replace' | 'stay' = 'forward'): void {
    this.#place = place;
    if (how === 'forward') history.pushState(place, '');
    if (how === 'replace') history.replaceState(place, '');
    const { page, at } = place;
    if (page === 'start') this.#shown(() => this.#start());
    if (page === 'code') this.#shown(() => this.#code());
    if (page === 'voted') this.#shown(() => this.#voted());
    if (page === 'question') this.#shown(() => this.#question(at));
    if (page === 'check') void this.#guarded(() => this.#check());
    if (page === 'challenge') this.#shown(() => this.#challenge());
  }

  #shown(render: () => void): void {
    this.#render = render;
    render();
  }

  /** Back and forward buttons of the browser. */
  #moved(to: Place | null): void {
    if (location.hash.includes('code=')) {
      // A link with a code was opened over this page: begin with it, unless a ballot is on its way.
      if (!this.#underWay) return location.reload();
      history.replaceState(this.#place, '', location.pathname + location.search);
      return;
    }
    if (this.#sealed) {
      history.pushState(this.#place, '');
      return;
    }
    const place = to ?? { page: 'start', at: 0 };
    const needsKey = place.page === 'question' || place.page === 'check' || place.page === 'challenge' || place.page === 'voted';
    const whole = this.#choices.length > 0 && this.#choices.every((choice) => choice !== null && choice !== undefined);
    const opened = place.page === 'challenge' && this.#ballot === null;
    if (!this.#election) return;
    if (place.page === 'end' || (needsKey && !this.#key)) this.#go({ page: 'start', at: 0 }, 'replace');
    else if (((place.page === 'check' || place.page === 'challenge') && !whole) || opened) this.#go(whole ? { page: 'check', at: 0 } : { page: 'question', at: 0 }, 'replace');
    else this.#go(place, 'stay');
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (fault) {
      this.#stop(fault instanceof NoRandomness ? 'randomness' : 'unsupported');
    }
  }

  // Pages

  #start(): void {
    const { texts } = this.#frame;
    const [election, info] = [this.#election, this.#info];
    const open = info.state === 'open';
    const dates: [string, string][] = info.state === 'before' ? [[texts.opens, info.opensAt], [texts.closes, info.closesAt]] : [[texts.closes, info.closesAt]];
    const begin = (): void => {
      if (this.#linkCode === null) this.#go({ page: 'code', at: 0 });
      else void this.#enter(this.#linkCode);
    };
    this.#frame.show({
      title: texts.startTitle,
      content: [
        h('h1', {}, texts.startTitle),
        h(
          'dl',
          {},
          ...[h('dt', {}, texts.unit), h('dd', {}, given(info.unit))],
          ...dates.flatMap(([label, instant]) => [h('dt', {}, label), h('dd', {}, londonTime(instant, texts))]),
        ),
        h('h2', {}, texts.asked),
        h('ol', { class: 'asked' }, ...election.questions.map((question, at) => h('li', {}, questionText(this.#frame, { question, at, info })))),
        info.statement !== '' && statement(this.#frame, info),
        worthLink(this.#frame),
        open && h('p', {}, info.revote === 'one' ? texts.ruleOne : texts.ruleLast),
        open && h('p', {}, this.#linkCode === null ? texts.youNeed : texts.codeFromLink),
        open && h('button', { type: 'button', class: 'main', click: begin, id: 'start' }, texts.start),
        !open && h('p', { class: 'error' }, info.state === 'before' ? texts.before : texts.after),
        info.state === 'counted' && h('p', {}, h('a', { href: '/results' }, texts.results)),
        open && h('details', {}, h('summary', {}, texts.lostTitle), h('p', {}, texts.lost), h('p', {}, texts.lostPaper)),
        h(
          'details',
          {},
          h('summary', {}, texts.secretTitle),
          ...texts.secret.map((text) => h('p', {}, text)),
          h('p', {}, `${texts.fingerprint}: `, grouped(election.fingerprint)),
          h('p', { class: 'hint' }, texts.fingerprintHint),
        ),
      ],
    });
    this.#whileReading();
  }

  /** Builds the tables and checks the computer while the voter reads. */
  #whileReading(): void {
    if (this.#ready !== null) return;
    const idle = (window as { requestIdleCallback?: (work: () => void) => void }).requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
    const steps = [prepareGenerator, () => this.#election.key.prepare(), () => (this.#ready = computesRightly())];
    const next = (): void => {
      const step = steps.shift();
      if (!step || this.#ready !== null) return;
      try {
        step();
        idle(next);
      } catch {
        // Found again, and told, when the ballot is made.
      }
    };
    idle(next);
  }

  #code(typed = '', errors: string[] = []): void {
    const { texts } = this.#frame;
    const input = h('input', {
      id: 'code', name: 'code', type: 'text', value: typed, class: 'code', autocomplete: 'off', autocapitalize: 'none', autocorrect: 'off', spellcheck: 'false',
      maxlength: '80', 'aria-describedby': errors.length > 0 ? 'code-hint code-error' : 'code-hint', ...(errors.length > 0 ? { 'aria-invalid': 'true' } : {}),
    }) as HTMLInputElement;
    const submit = (event: Event): void => {
      event.preventDefault();
      void this.#enter(input.value);
    };
    const form = h(
      'form',
      { novalidate: true, autocomplete: 'off', submit, ...(errors.length > 0 ? { class: 'wrong' } : {}) },
      h('h1', {}, h('label', { for: 'code' }, texts.codeTitle)),
      h('p', { class: 'hint', id: 'code-hint' }, texts.codeHint),
      errors.length > 0 && h('div', { id: 'code-error' }, ...errors.map((error) => h('p', { class: 'error' }, error))),
      input,
      h('button', { type: 'submit', class: 'main' }, texts.continue),
    );
    const page = { title: texts.codeTitle, content: [form], errors: errors.map((text) => ({ text, field: 'code' })), back: () => history.back() };
    this.#render = () => this.#code(input.value, []);
    this.#frame.show(page);
  }

  #entering = false;
  /** The service was asked about a code. */
  #asked = false;

  /** Reads a code, asks the service about its public half, and goes on. */
  async #enter(typed: string): Promise<void> {
    if (this.#entering) return;
    const { texts } = this.#frame;
    const wrong = (...errors: string[]): void => {
      if (this.#place.page !== 'code') this.#go({ page: 'code', at: 0 });
      this.#code(typed, errors);
    };
    const { credential, digits, wrong: places } = tidyCredential(typed);
    if (digits === 0) return wrong(texts.codeMissing);
    if (credential === null) {
      return wrong(...(digits === 22 ? [] : [texts.codeLength(digits)]), ...places.slice(0, 4).map(({ group, place }) => texts.codeWrong(group, place)));
    }
    this.#entering = true;
    try {
      this.#frame.say(texts.codeChecking);
      await painted();
      const key = credentialKey(credential, this.#uuid);
      this.#asked = true;
      const { state, mayVote } = await credentialState(this.#uuid, key.encoded);
      this.#frame.say('');
      if (state === 'unknown') return wrong(texts.codeUnknown);
      this.#linkCode = null;
      if (state === 'void' || state === 'replaced') return this.#stop(state);
      if (state === 'voted' && !mayVote) return this.#stop('alreadyVoted');
      this.#forgetAnswers();
      this.#key = key;
      // The code does not stay behind in the history: going back from the first question leads to the start.
      this.#go({ page: state === 'voted' ? 'voted' : 'question', at: 0 }, this.#place.page === 'code' ? 'replace' : 'forward');
    } catch (fault) {
      if (!(fault instanceof NoAnswer)) return this.#stop('unsupported');
      this.#frame.say('');
      if (fault.why === 'service' || fault.why === 'election') return this.#stop('service');
      wrong(fault.why === 'busy' ? texts.codeBusy : texts.codeOffline);
    } finally {
      this.#entering = false;
    }
  }

  #voted(): void {
    const { texts } = this.#frame;
    const go = (): void => this.#go({ page: 'question', at: 0 });
    this.#frame.show({
      title: texts.votedTitle,
      content: [h('h1', {}, texts.votedTitle), h('p', {}, texts.votedAgain), h('button', { type: 'button', class: 'main', click: go }, texts.voteAgain)],
      back: () => history.back(),
    });
  }

  #question(at: number, error: string | null = null): void {
    const question = this.#election.questions[at];
    if (!question) return this.#go({ page: 'check', at: 0 }, 'replace');
    const asked = { question, at, number: this.#election.questions.length, info: this.#info };
    const page = questionPage(this.#frame, asked, this.#ticked[at] ?? new Set(), error, {
      changed: (values) => {
        this.#ticked[at] = values;
      },
      done: (values) => {
        this.#ticked[at] = values;
        const choice = readChoice(this.#frame, question, values);
        if (typeof choice === 'object' && 'error' in choice) return this.#question(at, choice.error);
        this.#choices[at] = choice;
        this.#dropBallot();
        const last = at + 1 === asked.number || this.#checked;
        this.#go(last ? { page: 'check', at: 0 } : { page: 'question', at: at + 1 });
      },
      back: () => history.back(),
    });
    this.#render = () => this.#question(at);
    this.#frame.show(page);
  }

  /** The answers again, and the ballot made from them: before anybody knows whether it will be cast or opened. */
  async #check(): Promise<void> {
    this.#checked = true;
    this.#shown(() => this.#showCheck());
    if (this.#ballot) return;
    this.#frame.say(this.#frame.texts.encrypting);
    await painted();
    const began = performance.now();
    this.#ready ??= computesRightly();
    if (!this.#ready) return this.#stop('selfCheck');
    const [key, choices] = [this.#key, this.#choices];
    if (!key || this.#place.page !== 'check' || this.#ballot) return;
    performance.measure('whitley-prepare', { start: began, end: performance.now() });
    const from = performance.now();
    this.#ballot = makeOpenable(this.#election, key, choices as Choice[], this.#platform);
    performance.measure('whitley-encrypt', { start: from, end: performance.now() });
    this.#showCheck(true);
    this.#frame.say(this.#frame.texts.encrypted);
  }

  #showCheck(keepFocus = false): void {
    const { texts } = this.#frame;
    const [ballot, info] = [this.#ballot, this.#info];
    const rows = this.#election.questions.map((question, at) =>
      h(
        'div',
        { class: 'row' },
        h('dt', {}, questionText(this.#frame, { question, at, info })),
        h('dd', {}, ...inWords(this.#frame, { question, at, info }, this.#choices[at] ?? [])),
        h('dd', { class: 'change' }, h('button', { type: 'button', class: 'link', 'aria-label': texts.changeOf(at + 1), click: () => this.#go({ page: 'question', at }) }, texts.change)),
      ),
    );
    const ready: HTMLElement[] = ballot
      ? [
          h('button', { type: 'button', class: 'main', id: 'cast', click: () => void this.#guarded(() => this.#cast(ballot)) }, texts.cast),
          h(
            'section',
            { class: 'tracker-before' },
            h('h2', {}, texts.trackerTitle),
            h('p', {}, grouped(ballot.tracker)),
            h('p', { class: 'hint' }, texts.trackerBefore),
            info.challenge && h('button', { type: 'button', class: 'second', id: 'challenge', click: () => this.#go({ page: 'challenge', at: 0 }) }, texts.challenge),
          ),
        ]
      : [h('p', { class: 'hint', id: 'encrypting' }, texts.encrypting)];
    this.#frame.show(
      {
        title: texts.checkTitle,
        content: [
          h('h1', {}, texts.checkTitle),
          h('dl', { class: 'answers' }, ...rows),
          info.statement !== '' && statement(this.#frame, info),
          h('h2', {}, texts.castTitle),
          h('p', {}, info.revote === 'one' ? texts.ruleOne : texts.ruleLast),
          ...ready,
        ],
        back: () => history.back(),
      },
      keepFocus,
    );
  }

  #challenge(): void {
    const { texts } = this.#frame;
    const ballot = this.#ballot;
    if (!ballot) return this.#go({ page: 'check', at: 0 }, 'replace');
    this.#frame.show({
      title: texts.challengeTitle,
      content: [
        h('h1', {}, texts.challengeTitle),
        ...texts.challengeText.map((text) => h('p', {}, text)),
        h('p', {}, texts.note, ' ', grouped(ballot.tracker)),
        h('button', { type: 'button', class: 'main', id: 'open', click: () => void this.#guarded(() => this.#open(ballot)) }, texts.openBallot),
      ],
      back: () => history.back(),
    });
  }

  /** Opens a ballot. From here on it is never cast, whatever the service answers. */
  async #open(ballot: OpenableBallot): Promise<void> {
    if (this.#ballot !== ballot) return;
    this.#ballot = null;
    const { texts } = this.#frame;
    const again = async (): Promise<void> => {
      this.#frame.say(texts.opening);
      let why: Stop = 'service';
      try {
        if (await challengeBallot(this.#uuid, ballot.payload, ballot.tracker)) return this.#shown(() => this.#opened(ballot));
      } catch (fault) {
        if (!(fault instanceof NoAnswer)) throw fault;
        if (fault.why !== 'service') why = 'offline';
      }
      this.#shown(() => {
        const { title, text } = this.#frame.texts.stop[why];
        const retry = h('button', { type: 'button', class: 'main', click: () => void this.#guarded(again) }, this.#frame.texts.tryAgain);
        this.#frame.show({ title, content: [h('h1', {}, title), h('p', {}, text), retry, this.#backToCheck(ballot)] });
      });
    };
    await again();
  }

  #opened(ballot: OpenableBallot): void {
    const link = `${location.origin}/check-device?lang=${this.#frame.language}#${ballot.open()}`;
    this.#frame.show(openedPage(this.#frame, ballot.tracker, link, this.#backToCheck(ballot)));
    this.#frame.say('');
  }

  #backToCheck(ballot: OpenableBallot): HTMLElement {
    const back = (): void => {
      ballot.wipe();
      this.#go({ page: 'check', at: 0 }, 'replace');
    };
    return h('p', {}, h('button', { type: 'button', class: 'second', id: 'new-ballot', click: back }, this.#frame.texts.goBackNew));
  }

  // Sending

  async #cast(ballot: OpenableBallot): Promise<void> {
    if (this.#sealed || this.#ballot !== ballot) return;
    this.#sealed = true;
    this.#underWay = true;
    // What made the ballot is not needed any more, whether it arrives or not.
    ballot.wipe();
    this.#forgetAnswers();
    this.#key = null;
    const { payload, tracker } = ballot;
    this.#go({ page: 'end', at: 0 });
    const leaving = (event: Event): void => event.preventDefault();
    window.addEventListener('beforeunload', leaving);
    try {
      const outcome = await this.#send(payload, tracker);
      if ('refused' in outcome) this.#stop(outcome.refused);
      else this.#shown(() => this.#receipt(tracker, outcome));
    } finally {
      this.#underWay = false;
      window.removeEventListener('beforeunload', leaving);
      this.#wipe(false);
    }
  }

  /** Sends the same bytes until there is an answer. */
  async #send(payload: string, tracker: string) {
    for (let attempt = 0; ; attempt++) {
      this.#shown(() => this.#sending(tracker, (texts) => texts.sending, null));
      try {
        return await castBallot(this.#uuid, payload);
      } catch (fault) {
        if (!(fault instanceof NoAnswer)) throw fault;
        const seconds = fault.afterSeconds ?? WAITS_SECONDS[Math.min(attempt, WAITS_SECONDS.length - 1)] ?? 30;
        const why = fault.why === 'busy' ? 'waitingBusy' : navigator.onLine ? 'waitingNoAnswer' : 'waitingOffline';
        await new Promise<void>((go) => {
          const timer = setTimeout(next, seconds * 1000);
          window.addEventListener('online', next);
          function next(): void {
            clearTimeout(timer);
            window.removeEventListener('online', next);
            go();
          }
          this.#shown(() => this.#sending(tracker, (texts) => texts[why](seconds), next));
        });
      }
    }
  }

  #sending(tracker: string, message: (texts: Frame['texts']) => string, now: (() => void) | null): void {
    const text = message(this.#frame.texts);
    this.#frame.show(sendingPage(this.#frame, tracker, text, now));
    this.#frame.say(text);
  }

  #receipt(tracker: string, recorded: { tracker: string; again: boolean }): void {
    const page = receiptPage(this.#frame, this.#uuid, this.#info.revote, tracker, recorded);
    this.#frame.show(page);
    this.#frame.say(page.title);
  }

  #stop(why: Stop): void {
    const sent = this.#sealed ? 'ballot' : this.#asked ? 'code' : 'nothing';
    this.#wipe(false);
    this.#place = { page: 'end', at: 0 };
    // Before the election is there the page can simply ask for it again.
    const again = why === 'offline' && !this.#election ? () => void this.#guarded(() => this.#load()) : null;
    this.#shown(() => this.#frame.show(stopPage(this.#frame, why, sent, again)));
  }

  // Forgetting

  #dropBallot(): void {
    this.#ballot?.wipe();
    this.#ballot = null;
  }

  #forgetAnswers(): void {
    this.#dropBallot();
    for (const ticked of this.#ticked) ticked?.clear();
    this.#ticked = [];
    this.#choices = [];
    this.#checked = false;
  }

  #wipe(leaving: boolean): void {
    this.#forgetAnswers();
    this.#key = null;
    // A ballot that is still on its way is none of the voter's secrets; the page that names its tracker may stay.
    if (leaving && !this.#sealed) {
      this.#linkCode = null;
      this.#frame.clear();
    }
  }
}

const main = document.getElementById('booth');
if (main) void new Booth(main).begin();
