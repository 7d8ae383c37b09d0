// One sitting at a question: its head, the clock, and a tab for each part.
import { fill, h, html } from "./dom";
import { timer } from "./clock";
import { count } from "./format";
import { typesetAll } from "./math";
import { codePart } from "./parts/code";
import { formulaPart } from "./parts/formula";
import { plotPart } from "./parts/plot";
import { spokenPart } from "./parts/spoken";
import { keep, query } from "./router";
import type { Part, Result, Visit } from "./types";

const PLAYERS = { code: codePart, formula: formulaPart, plot: plotPart, spoken: spokenPart };
const NAMES = { code: "Code", formula: "Formula", plot: "Picture", spoken: "Answer aloud" };
const MARKS: Record<string, string> = { pass: "✓", fragile: "!", wrong: "✗", ungraded: "?" };

/** Draw a visit; `answered` is called after each result. */
export async function sitting(
  place: HTMLElement, visit: Visit, answered: () => void, more: Node | null = null,
): Promise<() => Promise<void>> {
  const clock = timer(visit);
  const asked = html(visit.text);
  asked.classList.add("asked");
  const tabs = visit.parts.map((part) => tab(part));
  const panel = h("section", { role: "tabpanel", id: "part", tabindex: -1 });
  let leave = async () => {};
  let arrivals = 0;

  function tab(part: Part): HTMLButtonElement {
    const mark = h("span", { class: "mark", "aria-hidden": "true" });
    const found = h("button", {
      type: "button", role: "tab", id: `tab-${part.index}`, "aria-controls": "part",
      onClick: () => void open(part.index), onKeydown: (event: KeyboardEvent) => move(event, part.index),
    }, mark, part.kind === "code" ? h("code", {}, part.name) : NAMES[part.kind]);
    return found;
  }

  function note(part: Part, verdict: string): void {
    const mark = tabs[part.index].querySelector(".mark")!;
    mark.className = `mark ${verdict}`;
    mark.textContent = MARKS[verdict] ?? (part.answered ? "•" : "");
    tabs[part.index].title = verdict || (part.answered ? "taken" : "not answered yet");
  }

  function move(event: KeyboardEvent, from: number): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const to = (from + step + tabs.length) % tabs.length;
    void open(to).then(() => tabs[to].focus());
  }

  async function open(index: number): Promise<void> {
    const number = ++arrivals;
    const part = visit.parts[index];
    tabs.forEach((found, k) => {
      found.setAttribute("aria-selected", String(k === index));
      found.tabIndex = k === index ? 0 : -1;
    });
    keep({ part: index || null });
    const drawn = await PLAYERS[part.kind](visit, part, (result) => took(part, result));
    if (number !== arrivals) return void drawn.leave();
    void leave();
    leave = drawn.leave;
    fill(panel, drawn.dom);
    panel.setAttribute("aria-labelledby", `tab-${index}`);
    requestAnimationFrame(() => tabs[index].scrollIntoView({ block: "nearest", inline: "center" }));
  }

  function took(part: Part, result: Result): void {
    part.answered = true;
    part.result = result.taken ? undefined : result;
    note(part, result.taken ? "" : result.verdict);
    answered();
  }

  const eyebrow = [visit.number ? `Question ${visit.number}` : "", visit.company, visit.difficulty, visit.minutes ? `${visit.minutes} minutes` : ""];
  fill(place,
    h("div", { class: "headline" },
      h("div", {}, h("div", { class: "eyebrow" }, eyebrow.filter(Boolean).map((text) => h("span", {}, text)), visit.tags.map((name) => h("span", { class: "chip" }, name))),
        h("h1", {}, visit.title)),
      h("div", { class: "row" }, clock.dom, more)),
    asked,
    h("div", { class: "tabs", role: "tablist", "aria-label": count(visit.parts.length, "part") }, tabs),
    panel);
  typesetAll(place);
  visit.parts.forEach((part) => note(part, part.result?.verdict ?? ""));
  const wanted = Number(query().get("part") ?? 0);
  await open(visit.parts[wanted] ? wanted : 0);
  return async () => {
    clock.stop();
    arrivals++;
    await leave();
    leave = async () => {};
  };
}
