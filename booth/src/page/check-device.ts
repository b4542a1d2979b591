/** The page of the second device: makes a ballot again from its opening and shows what is in it (docs/spec/booth.md). */

import { type Ballot, type Choice, type Election, type Opening, readOpening } from '../vote/index.ts';
import { challengeBallot, fetchElection, type Info, NoAnswer } from './api.ts';
import { grouped, h } from './dom.ts';
import { Frame, painted } from './frame.ts';
import { inWords, questionText } from './question-page.ts';

class Check {
  readonly #frame: Frame;
  #render: () => void = () => undefined;

  constructor(main: HTMLElement) {
    this.#frame = new Frame(main, () => this.#render());
  }

  async begin(): Promise<void> {
    const opening = readOpening(location.hash.slice(1));
    history.replaceState(null, '', location.pathname + location.search);
    window.addEventListener('hashchange', () => location.reload());
    window.addEventListener('pageshow', (event) => event.persisted && location.reload());
    window.addEventListener('pagehide', () => this.#frame.clear());
    if (!opening) return this.#message('deviceNoOpening', 'deviceNoOpeningText');
    this.#shown(() => {
      const { texts } = this.#frame;
      this.#frame.show({ title: texts.deviceTitle, content: [h('h1', {}, texts.deviceTitle), h('p', {}, texts.deviceChecking)] });
    });
    await painted();
    try {
      await this.#judge(opening);
    } catch (fault) {
      const why = fault instanceof NoAnswer ? (fault.why === 'busy' ? 'offline' : fault.why) : 'unsupported';
      this.#shown(() => {
        const { title, text } = this.#frame.texts.stop[why];
        const again = h('button', { type: 'button', class: 'main', click: () => void this.#judge(opening).catch(() => undefined) }, this.#frame.texts.tryAgain);
        this.#frame.show({ title, content: [h('h1', {}, title), h('p', {}, text), why === 'offline' && again] });
      });
    }
  }

  async #judge(opening: Opening): Promise<void> {
    const { election, info } = await fetchElection(opening.uuid, null);
    const made = opening.remake(election);
    if (!made) return this.#message('deviceCheatTitle', 'deviceCheatText');
    let recorded: 'deviceChallenged' | 'deviceCast' | 'deviceNotAsked' = 'deviceNotAsked';
    try {
      // Recorded once more as opened, from this device: so it never counts even if the other device did not tell the service.
      recorded = (await challengeBallot(opening.uuid, made.ballot.payload, made.ballot.tracker)) ? 'deviceChallenged' : 'deviceCast';
    } catch (fault) {
      if (!(fault instanceof NoAnswer)) throw fault;
    }
    this.#shown(() => this.#answers(election, info, made, recorded));
  }

  #answers(election: Election, info: Info, { ballot, choices }: { ballot: Ballot; choices: Choice[] }, recorded: 'deviceChallenged' | 'deviceCast' | 'deviceNotAsked'): void {
    const { texts } = this.#frame;
    const rows = election.questions.map((question, at) =>
      h(
        'div',
        { class: 'row' },
        h('dt', {}, questionText(this.#frame, { question, at, info })),
        h('dd', {}, ...inWords(this.#frame, { question, at, info }, choices[at] ?? [])),
      ),
    );
    this.#frame.show({
      title: texts.deviceTitle,
      content: [
        h('h1', {}, texts.deviceTitle),
        h('h2', {}, texts.deviceAnswers),
        h('dl', { class: 'answers' }, ...rows),
        h('h2', {}, texts.trackerTitle),
        h('p', {}, grouped(ballot.tracker)),
        h('h2', {}, texts.deviceCompare),
        h('p', {}, texts.deviceCompareText),
        h('p', { class: recorded === 'deviceChallenged' ? '' : 'error', id: 'recorded' }, texts[recorded]),
        h('p', { class: 'hint' }, texts.deviceWarning),
      ],
    });
  }

  #message(title: 'deviceNoOpening' | 'deviceCheatTitle', text: 'deviceNoOpeningText' | 'deviceCheatText'): void {
    this.#shown(() => {
      const { texts } = this.#frame;
      this.#frame.show({ title: texts[title], content: [h('h1', {}, texts[title]), h('p', { class: 'error' }, texts[text])] });
    });
  }

  #shown(render: () => void): void {
    this.#render = render;
    render();
  }
}

const main = document.getElementById('check-device');
if (main) void new Check(main).begin();
