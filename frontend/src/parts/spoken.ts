// A spoken or written answer, then the rubric: which points did it make?
import { get, post, put } from "../api";
import { announce, fill, h, html, keeper } from "../dom";
import { badge } from "../format";
import { typesetAll } from "../math";
import type { Part, Result, Visit } from "../types";
import { hints, solution } from "./hints";

interface Rubric { points: { title: string; text: string; why?: string; source?: string }[]; answer?: string }

export function spokenPart(visit: Visit, part: Part, done: (result: Result) => void) {
  const base = `/api/visits/${visit.visit}/parts/${part.index}`;
  const id = `spoken-${part.index}`;
  const model = solution(base, part);
  const rest = h("div", { class: "stack" });
  const outcome = h("div", {});
  const draft = keeper(600, () => put(`${base}/draft`, { text: text.value }));
  const text = h("textarea", { id, onInput: draft.later, value: part.answer || visit.drafts?.[part.index] || "",
    onKeydown: (event: KeyboardEvent) => (event.ctrlKey || event.metaKey) && event.key === "Enter" && void compare() });

  async function compare(): Promise<void> {
    const found = await get<Rubric>(`/api/visits/${visit.visit}/rubric`);
    const points = found.points.length ? found.points : [{ title: "All that matters", text: found.answer ?? "" }];
    const boxes = points.map((_, k) => h("input", { type: "checkbox", id: `${id}-${k}`, checked: part.result?.points?.[k] }));
    fill(rest, h("h2", { tabindex: -1 }, "Which of these points did you make?"),
      h("ul", { class: "rubric" }, points.map((point, k) => h("li", {},
        h("label", { for: `${id}-${k}` }, boxes[k], h("div", {}, h("strong", {}, point.title), html(point.text),
          point.why ? h("p", { class: "quiet" }, `Why: ${point.why}. Source: ${point.source}`) : null))))),
      h("button", { type: "button", class: "primary", onClick: () => void judge(boxes.map((box) => box.checked)) }, "Done"));
    typesetAll(rest);
    rest.querySelector<HTMLElement>("h2")!.focus();
  }

  async function judge(points: boolean[]): Promise<void> {
    const result = await post<Result>(`${base}/answer`, { text: text.value, points });
    show(result, points);
    done(result);
    model.ready();
    if (!visit.mock) void model.open();
  }

  function show(result: Result, points: boolean[]): void {
    const words = `${points.filter(Boolean).length} of ${points.length} points`;
    fill(outcome, h("div", { class: "verdict" }, result.taken ? "Taken." : badge(result.verdict), h("span", {}, words)));
    announce(words);
  }

  if (part.result) show(part.result, part.result.points ?? []);
  const dom = h("div", { class: "grid aside" },
    h("div", { class: "stack" },
      h("div", {}, h("h2", {}, h("label", { for: id }, "Say it aloud, or write what you would say")), h("p", { class: "quiet" }, "Nothing is recorded; the text stays on this machine.")),
      text, h("div", { class: "actions" }, h("button", { type: "button", class: "primary", onClick: () => void compare() }, "Compare with the rubric ", h("kbd", {}, "Ctrl ⏎"))),
      rest, outcome, visit.mock ? null : model.dom),
    h("div", {}, visit.mock ? null : hints(base, part)));
  return { dom, leave: draft.flush };
}
