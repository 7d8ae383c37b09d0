// A few lines instead of a framework: elements are made by functions.

type Child = Node | string | number | null | undefined | false | Child[];
type Attributes = Record<string, unknown>;

/** An element. `onClick` and the like are listeners, `class` and the rest attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const found = document.createElement(tag);
  assign(found, attributes);
  append(found, children);
  return found;
}

/** An element of SVG. */
export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const found = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(found, attributes);
  append(found, children);
  return found;
}

function assign(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") {
      element.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
    } else if (name === "value") {
      (element as HTMLInputElement).value = String(value);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

function append(element: Element, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child instanceof Node) element.append(child);
    else if (child !== null && child !== undefined && child !== false) element.append(String(child));
  }
}

/** Put children in place of what an element has. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** A text whose `passages` in backticks are code. */
export function ticked(text: string): Child[] {
  return text.split(/`([^`]+)`/).map((piece, k) => (k % 2 ? h("code", {}, piece) : piece));
}

/** HTML that the server made from the bank; it has no raw HTML of anybody in it. */
export function html(text: string, tag: "div" | "span" = "div"): HTMLElement {
  const found = h(tag, { class: "prose" });
  found.innerHTML = text;
  return found;
}

/** Say something to a screen reader. */
export function announce(text: string): void {
  const place = document.getElementById("announcer");
  if (place) place.textContent = text;
}

/** Call when nothing was asked for during so many milliseconds. */
export function calm<A extends unknown[]>(ms: number, work: (...a: A) => void): (...a: A) => void {
  let timer = 0;
  return (...a) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => work(...a), ms);
  };
}

/** The same for something that is kept: `flush` does at once what is still waiting. */
export function keeper(ms: number, work: () => Promise<unknown>): { later: () => void; flush: () => Promise<void> } {
  let timer = 0;
  const flush = async () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    await work().catch(() => {}); // the next change tries again
  };
  return { later: () => { clearTimeout(timer); timer = window.setTimeout(() => void flush(), ms); }, flush };
}
