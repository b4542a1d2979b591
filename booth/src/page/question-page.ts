/** The page of one question: radio buttons, or check boxes where several answers may be chosen. Nothing is chosen beforehand. */

import type { Choice, Question } from '../vote/index.ts';
import type { Info } from './api.ts';
import { given, h } from './dom.ts';
import type { Frame, Page } from './frame.ts';

/** What is on the page now: the numbers of the answers, `none`, `blank`. */
const NONE = 'none';
const BLANK = 'blank';

/** A question with what belongs to it. */
export interface Asked {
  readonly question: Question;
  readonly at: number;
  readonly number: number;
  readonly info: Info;
}

/** The answers of a choice in words, in the language of the page; the ballot's own words beside a translation. */
export function inWords(frame: Frame, { question, at, info }: Pick<Asked, 'question' | 'at' | 'info'>, choice: Choice): HTMLElement[] {
  if (choice === 'blank') return [h('p', {}, frame.texts.blank)];
  if (choice.length === 0) return [h('p', {}, frame.texts.none)];
  return choice.map((answer) => h('p', { class: 'answer' }, ...answerText(frame, question, answer, info.welsh[at] ?? null)));
}

/** The question in the language of the page. */
export function questionText(frame: Frame, { question, at, info }: Pick<Asked, 'question' | 'at' | 'info'>): HTMLElement {
  const welsh = frame.language === 'cy' ? info.welsh[at] : null;
  return welsh ? given(welsh.text, 'cy') : given(question.text, 'en');
}

function answerText(frame: Frame, question: Question, answer: number, welsh: Info['welsh'][number]): HTMLElement[] {
  const original = given(question.answers[answer] ?? '', 'en');
  const translated = frame.language === 'cy' ? welsh?.answers[answer] : undefined;
  return translated === undefined ? [original] : [given(translated, 'cy'), h('span', { class: 'original' }, ' ', original)];
}

/** The page. `chosen` are the values that are ticked; `done` gets what the voter chose, `changed` every tick. */
export function questionPage(
  frame: Frame,
  asked: Asked,
  chosen: ReadonlySet<string>,
  error: string | null,
  handlers: { changed: (values: Set<string>) => void; done: (values: Set<string>) => void; back: () => void },
): Page {
  const { texts } = frame;
  const { question, at, number, info } = asked;
  const several = question.max > 1;
  const option = (value: string, label: (HTMLElement | string)[], hint: string | null = null): HTMLElement => {
    const id = `answer-${value}`;
    const input = h('input', { type: several ? 'checkbox' : 'radio', name: 'answer', id, value, autocomplete: 'off', ...(hint ? { 'aria-describedby': `${id}-hint` } : {}) }) as HTMLInputElement;
    input.checked = chosen.has(value);
    input.addEventListener('change', () => handlers.changed(values()));
    return h('div', { class: 'option' }, input, h('label', { for: id }, ...label), hint !== null && h('p', { class: 'hint', id: `${id}-hint` }, hint));
  };
  const welsh = info.welsh[at] ?? null;
  const options = question.answers.map((_, answer) => option(`${answer}`, answerText(frame, question, answer, welsh)));
  if (!several && question.min === 0) options.push(option(NONE, [texts.none]));
  if (question.blank) options.push(h('p', { class: 'or' }, texts.or), option(BLANK, [texts.blank], texts.blankHint));
  const original = frame.language === 'cy' && welsh !== null;
  const fieldset = h(
    'fieldset',
    { 'aria-describedby': error ? 'hint error' : 'hint' },
    h('legend', {}, h('h1', {}, questionText(frame, asked))),
    original && h('p', { class: 'original' }, texts.original, ' ', given(question.text, 'en')),
    info.recommendation !== null &&
      h('div', { class: 'recommendation' }, h('h2', {}, texts.recommendation), h('p', {}, given(info.recommendation)), h('p', { class: 'hint' }, texts.recommendationHint)),
    h('p', { class: 'hint', id: 'hint' }, several ? texts.chooseMany(question.min, question.max) : texts.chooseOne),
    error !== null && h('p', { class: 'error', id: 'error' }, error),
    ...options,
  );
  const values = (): Set<string> => new Set([...fieldset.querySelectorAll('input')].filter((input) => input.checked).map((input) => input.value));
  const submit = (event: Event): void => {
    event.preventDefault();
    handlers.done(values());
  };
  const form = h(
    'form',
    { novalidate: true, autocomplete: 'off', submit, ...(error ? { class: 'wrong' } : {}) },
    fieldset,
    info.statement !== '' && statement(frame, info),
    h('button', { type: 'submit', class: 'main' }, texts.continue),
  );
  const caption = h('p', { class: 'caption' }, texts.questionOf(at + 1, number));
  return { title: texts.questionOf(at + 1, number), content: [caption, form], errors: error ? [{ text: error, field: 'answer-0' }] : [], back: handlers.back };
}

/** The statement that the law requires on the paper. */
export function statement(frame: Frame, info: Info): HTMLElement {
  return h('section', { class: 'statement' }, h('h2', {}, frame.texts.statement), h('p', {}, given(info.statement)));
}

/** What the ticked values mean, or what is wrong with them. */
export function readChoice(frame: Frame, question: Question, values: ReadonlySet<string>): Choice | { error: string } {
  const { texts } = frame;
  const chosen = [...values].filter((value) => value !== BLANK && value !== NONE).map(Number).sort((one, other) => one - other);
  if (values.has(BLANK)) return values.size === 1 ? 'blank' : { error: texts.blankAndMore };
  if (values.size === 0 && (question.min > 0 || question.max === 1)) return { error: question.blank ? texts.missingOrBlank : texts.missing };
  if (chosen.length < question.min) return { error: texts.tooFew(question.min) };
  if (chosen.length > question.max) return { error: texts.tooMany(question.max) };
  return chosen;
}
