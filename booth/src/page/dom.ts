/** Elements of the page. Text is only ever set as text; nothing here takes markup. */

type Child = Node | string | null | false;
type Properties = Record<string, string | boolean | ((event: Event) => void)>;

/** An element. Properties that are functions listen to the event of their name; `true` is an attribute without value. */
export function h(tag: string, properties: Properties = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/** Characters that turn the order of others about, or are not seen: with them “oN” could be read as “No”. */
const UNSEEN = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e0fff}\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;

/** Text that somebody else wrote: isolated, so that it changes nothing around it, and with nothing in it that is not seen. */
export function given(text: string, lang?: string): HTMLElement {
  return h('bdi', { dir: 'auto', class: 'given', ...(lang ? { lang } : {}) }, text.replace(UNSEEN, '\ufffd'));
}

/** A tracker in groups, which copies as one word. */
export function grouped(digits: string): HTMLElement {
  const groups = digits.match(/.{1,5}/g) ?? [];
  return h('code', { class: 'tracker' }, ...groups.map((group) => h('span', {}, group)));
}

/** A picture of dark squares. */
export function squares(rows: boolean[][], label: string): SVGElement {
  const svg = (tag: string, attributes: Record<string, string>): SVGElement => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const side = rows.length;
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  const picture = svg('svg', { viewBox: `0 0 ${side} ${side}`, class: 'qr', role: 'img', 'aria-label': label });
  picture.append(svg('rect', { width: `${side}`, height: `${side}`, class: 'light' }), svg('path', { d: path, class: 'dark' }));
  return picture;
}
