// Places of the page. The state of a view is in its address, so that it can be shared.

export type View = (place: HTMLElement, query: URLSearchParams) => void | (() => void) | Promise<void | (() => void)>;

let arrived: () => void = () => {};

/** Say what is to be done when the address changes. */
export function onArrival(work: () => void): void {
  arrived = work;
  window.addEventListener("popstate", work);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a[href^='/']");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (link && plain && !link.hasAttribute("target") && !link.hasAttribute("download")) {
      event.preventDefault();
      go(link.getAttribute("href")!);
    }
  });
}

/** Go to another place. */
export function go(address: string): void {
  history.pushState(null, "", address);
  arrived();
}

export function query(): URLSearchParams {
  return new URLSearchParams(location.search);
}

/** Change the state of this view without going anywhere; empty values leave the address. */
export function keep(state: Record<string, string | number | null | undefined>): void {
  const found = query();
  for (const [name, value] of Object.entries(state)) {
    if (value === null || value === undefined || value === "") found.delete(name);
    else found.set(name, String(value));
  }
  const text = readable(found);
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : ""));
}

/** Commas and colons may stay as they are. */
function readable(parameters: URLSearchParams): string {
  return parameters.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

export function link(path: string, state: Record<string, string | number>): string {
  return `${path}?${readable(new URLSearchParams(Object.entries(state).map(([k, v]) => [k, String(v)])))}`;
}
