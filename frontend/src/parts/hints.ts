// Hints one by one, and the model answer after an attempt.
import { post } from "../api";
import { announce, fill, h, html, ticked } from "../dom";
import { typeset, typesetAll } from "../math";
import type { Part } from "../types";

export function hints(base: string, part: Part): HTMLElement {
  const list = h("ol", { class: "hints" }, part.hints.map((hint) => h("li", {}, ticked(hint))));
  const button = h("button", { type: "button", class: "plain", onClick: more });
  let left = part.hints_left;

  async function more(): Promise<void> {
    const found = await post<{ hint: string | null; left: number }>(`${base}/hint`);
    if (found.hint) list.append(h("li", {}, ticked(found.hint)));
    announce(found.hint ?? "There are no more hints.");
    left = found.left;
    draw();
  }

  function draw(): void {
    fill(button, left ? `Show a hint (${left} left)` : "No more hints");
    button.disabled = !left;
    list.hidden = !list.childElementCount;
  }

  draw();
  return h("section", { "aria-label": "Hints" }, list, button);
}

interface Model { code?: string; text?: string; latex?: string; html?: string; corrections?: string[] }

/** A button that shows the model answer; `ready` is called after each attempt. */
export function solution(base: string, part: Part): { dom: HTMLElement; ready: () => void; open: () => Promise<void> } {
  const place = h("div", {});
  const button = h("button", { type: "button", class: "plain", onClick: () => void open() }, "Model answer");
  const dom = h("section", { "aria-label": "Model answer" }, button, place);

  async function open(): Promise<void> {
    const found = await post<Model>(`${base}/solution`);
    button.hidden = true;
    fill(place, h("h3", {}, "Model answer"), shown(found));
    typesetAll(place);
  }

  function ready(): void {
    button.disabled = false;
    button.title = "";
  }

  button.disabled = !part.answered;
  button.title = part.answered ? "" : "after an attempt";
  return { dom, ready, open };
}

function shown(found: Model): Node {
  if (found.code) return h("pre", { tabindex: 0 }, h("code", {}, found.code));
  if (found.html !== undefined) {
    return h("div", {}, html(found.html), found.corrections?.length
      ? h("div", {}, h("h3", {}, "What the page says that is not so"), found.corrections.map((text) => html(text))) : null);
  }
  const place = h("div", { class: "preview" }, found.text ?? "");
  if (found.latex) void typeset(place, found.latex, true);
  return place;
}
