/** The pages at the end of the way: sending, receipt, an opened ballot, and why it goes no further. They hold no secret. */

import encodeQR from 'qr';
import type { Info, Refusal } from './api.ts';
import { grouped, h, squares } from './dom.ts';
import { copyButton, type Frame, type Page } from './frame.ts';

/** Why it goes no further. */
export type Stop = Refusal | 'offline' | 'service' | 'election' | 'crypto' | 'randomness' | 'selfCheck' | 'unsupported';

/** A ballot is on its way. `now` sends it again at once, while the page waits. */
export function sendingPage({ texts }: Frame, tracker: string, message: string, now: (() => void) | null): Page {
  return {
    title: texts.sendingTitle,
    content: [
      h('h1', {}, texts.sendingTitle),
      h('p', { id: 'sending' }, message),
      h('p', { class: 'hint' }, texts.sameBallot),
      now && h('button', { type: 'button', class: 'main', id: 'send-now', click: now }, texts.sendNow),
      now && h('p', {}, texts.ifYouLeave),
      now && h('p', {}, grouped(tracker)),
    ],
  };
}

/** The service has recorded a ballot: the one that was sent, or, as it says, another one. */
export function receiptPage(frame: Frame, uuid: string, revote: Info['revote'], tracker: string, recorded: { tracker: string; again: boolean }): Page {
  const { texts } = frame;
  const print = h('button', { type: 'button', class: 'second screen', click: () => window.print() }, texts.print);
  if (recorded.tracker !== tracker) {
    const title = texts.differsTitle;
    const named = (label: string, digits: string): HTMLElement => h('p', {}, `${label}: `, grouped(digits));
    const panel = h('div', { class: 'panel bad' }, h('h1', {}, title), h('p', {}, texts.trackerDiffers));
    return { title, content: [panel, named(texts.receiptTracker, tracker), named(texts.trackerTheirs, recorded.tracker), print] };
  }
  const look = `/e/${uuid}/receipt?tracker=${encodeURIComponent(tracker)}`;
  return {
    title: texts.receiptTitle,
    content: [
      h('div', { class: 'panel' }, h('h1', {}, texts.receiptTitle), h('p', {}, texts.receiptTracker), h('p', {}, grouped(tracker))),
      recorded.again && h('p', {}, texts.receiptAgain),
      h('p', {}, texts.receiptText),
      h('p', {}, revote === 'one' ? texts.receiptRule : texts.receiptRuleLast),
      h('p', { class: 'screen' }, h('a', { href: look }, texts.receiptLook)),
      h('div', { class: 'screen' }, copyButton(frame, texts.copyTracker, tracker), print),
      worthLink(frame),
      h('p', { class: 'hint' }, texts.kept),
    ],
  };
}

/** The way to one's own figures; in a page of its own, since this one forgets the code when it is left. */
export function worthLink({ texts, worth }: Frame): HTMLElement | false {
  return worth !== '' && h('p', { class: 'screen' }, h('a', { href: worth, target: '_blank', rel: 'noopener' }, texts.worth));
}

/** An opened ballot: what the second device needs. */
export function openedPage(frame: Frame, tracker: string, link: string, back: HTMLElement): Page {
  const { texts } = frame;
  const picture = h('div', {});
  picture.append(squares(encodeQR(link, 'raw', { ecc: 'low', border: 4 }), texts.qr));
  return {
    title: texts.openedTitle,
    content: [
      h('h1', {}, texts.openedTitle),
      h('p', {}, texts.openedText),
      picture,
      h('details', {}, h('summary', {}, texts.link), h('p', { class: 'link-text', id: 'device-link' }, link)),
      copyButton(frame, texts.copyLink, link),
      h('p', { class: 'hint' }, texts.openedSecret),
      h('h2', {}, texts.trackerTitle),
      h('p', {}, grouped(tracker)),
      back,
    ],
  };
}

/** What is the matter, what was sent, and how to vote all the same. `again` begins anew without leaving the page. */
export function stopPage({ texts }: Frame, why: Stop, sent: 'nothing' | 'code' | 'ballot', again: (() => void) | null): Page {
  const { title, text } = texts.stop[why];
  const receipt = why === 'alreadyVoted' || why === 'superseded' || why === 'challenged';
  return {
    title,
    content: [
      h('h1', {}, title),
      h('p', {}, text),
      !again && sent !== 'ballot' && h('p', {}, sent === 'code' ? texts.noVote : texts.nothingSent),
      h('p', {}, texts.paper),
      again
        ? h('button', { type: 'button', class: 'main', click: again }, texts.tryAgain)
        : h('button', { type: 'button', class: 'second', click: () => location.reload() }, texts.startAgain),
      receipt && h('p', {}, h('a', { href: '/receipt' }, texts.seeReceipt)),
    ],
  };
}
