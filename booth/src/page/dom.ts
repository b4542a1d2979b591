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

/** Text that somebody else wrote: isolated, so that its direction and its characters change nothing around it. */
export function given(text: string, lang?: string): HTMLElement {
  return h('bdi', { dir: 'auto', class: 'given', ...(lang ? { lang } : {}) }, text);
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
