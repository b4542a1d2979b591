/** The frame in which every page of the booth is shown: language, title, focus, and a line that is read aloud. */

import { type Language, type Texts, texts } from '../texts/index.ts';
import { h } from './dom.ts';

/** One page. */
export interface Page {
  readonly title: string;
  readonly content: (HTMLElement | null | false)[];
  /** Faults of what was entered: the text and the field that it belongs to. */
  readonly errors?: readonly { readonly text: string; readonly field: string }[];
  readonly back?: (() => void) | null;
}

/** The frame. */
export class Frame {
  language: Language;
  /** Where the offer is explained, if that is on the same service. */
  readonly worth: string;
  readonly #content = h('div', { class: 'page' });
  readonly #status = h('p', { role: 'status', class: 'hidden' });
  readonly #bar = h('nav', {});
  readonly #back = h('div', {});
  readonly #poll = document.title;
  #shown = false;

  /** @param changed what to do when the voter changes the language */
  constructor(
    main: HTMLElement,
    readonly changed: () => void,
  ) {
    this.language = main.dataset['lang'] === 'cy' ? 'cy' : 'en';
    this.worth = main.dataset['worth'] === '/worth' ? '/worth' : '';
    main.replaceChildren(h('div', { class: 'bar' }, this.#back, this.#bar), this.#content, this.#status);
  }

  get texts(): Texts {
    return texts[this.language];
  }

  /** Shows a page and moves the focus to its heading, or to the summary of errors. */
  show({ title, content, errors = [], back = null }: Page, keepFocus = false): void {
    document.documentElement.lang = this.language;
    document.title = `${errors.length > 0 ? this.texts.titleError : ''}${title} – ${this.#poll}`;
    this.#showBar();
    const summary = errors.length > 0 && this.#summary(errors);
    this.#back.replaceChildren(...(back ? [h('button', { type: 'button', class: 'back', click: back }, this.texts.back)] : []));
    this.#content.replaceChildren(...[summary, ...content].filter((child) => child instanceof HTMLElement));
    const target = summary || this.#content.querySelector('h1');
    if (target && this.#shown && !keepFocus) {
      target.tabIndex = -1;
      target.focus();
      window.scrollTo(0, 0);
    }
    this.#shown = true;
  }

  /** Has a line read aloud. */
  say(text: string): void {
    this.#status.textContent = text;
  }

  /** Takes everything off the page. */
  clear(): void {
    this.#content.querySelectorAll('input').forEach((input) => {
      input.value = '';
      input.checked = false;
    });
    this.#content.replaceChildren();
    this.#status.textContent = '';
  }

  #showBar(): void {
    const other: Language = this.language === 'en' ? 'cy' : 'en';
    const change = (): void => {
      this.language = other;
      this.changed();
      this.#bar.querySelector('button')?.focus();
    };
    this.#bar.setAttribute('aria-label', this.texts.language);
    this.#bar.replaceChildren(h('button', { type: 'button', class: 'language', lang: other, click: change }, this.texts.otherLanguage));
  }

  #summary(errors: NonNullable<Page['errors']>): HTMLElement {
    const link = ({ text, field }: { text: string; field: string }): HTMLElement => {
      const jump = (event: Event): void => {
        event.preventDefault();
        document.getElementById(field)?.focus();
      };
      return h('li', {}, h('a', { href: `#${field}`, click: jump }, text));
    };
    return h('div', { class: 'errors', role: 'alert', 'aria-labelledby': 'errors' }, h('h2', { id: 'errors' }, this.texts.errorSummary), h('ul', {}, ...errors.map(link)));
  }
}

/** Lets the browser paint before heavy work. */
export function painted(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
}

/** Copies a text and says so. */
export function copyButton(frame: Frame, label: string, text: string): HTMLElement | null {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (!clipboard) return null;
  const copy = (): void => void clipboard.writeText(text).then(() => frame.say(frame.texts.copied), () => undefined);
  return h('button', { type: 'button', class: 'second', click: copy }, label);
}
