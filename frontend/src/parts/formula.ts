// A formula answer: typed or pasted, with what is understood shown while it is typed.
import { post } from "../api";
import { announce, calm, fill, h } from "../dom";
import { badge } from "../format";
import { typeset } from "../math";
import type { Part, Result, Visit } from "../types";
import { hints, solution } from "./hints";

export function formulaPart(visit: Visit, part: Part, done: (result: Result) => void) {
  const base = `/api/visits/${visit.visit}/parts/${part.index}`;
  const id = `formula-${part.index}`;
  const outcome = h("div", {});
  const preview = h("div", { class: "preview" });
  const model = solution(base, part);
  const input = h("input", {
    id, class: "formula-box", spellcheck: "false", autocomplete: "off", autocapitalize: "off",
    value: part.answer, "aria-describedby": `${id}-help`, onInput: calm(150, () => void look()),
  });
  let latest = 0;

  async function look(): Promise<void> {
    const number = ++latest;
    if (!input.value.trim()) return fill(preview, h("span", { class: "quiet" }, "Your formula appears here."));
    const found = await post<{ latex: string; message: string }>(`${base}/preview`, { text: input.value });
    if (number !== latest) return;
    if (found.latex) await typeset(preview, found.latex, true);
    else fill(preview, h("span", { class: "quiet" }, found.message.split("\n")[0]));
  }

  async function check(event: Event): Promise<void> {
    event.preventDefault();
    if (!input.value.trim()) return input.focus();
    try {
      const result = await post<Result>(`${base}/answer`, { text: input.value });
      show(result);
      if (result.readable === false) return;
      model.ready();
      if (result.verdict === "pass") void model.open();
      done(result);
    } catch (error) {
      fill(outcome, h("p", { class: "error", role: "alert" }, (error as Error).message));
    }
  }

  function show(result: Result): void {
    const words = result.taken ? "Taken; the result comes at the end." : result.message ?? "";
    fill(outcome, h("div", { class: "verdict" }, result.verdict ? badge(result.verdict) : null, h("span", {}, words)));
    announce(`${result.verdict} ${words}`);
  }

  void look();
  if (part.result) show(part.result);
  const dom = h("div", { class: "grid aside" },
    h("form", { class: "stack", onSubmit: (event: Event) => void check(event) },
      h("h2", {}, h("label", { for: id }, part.prompt)), input, preview,
      h("p", { class: "quiet", id: `${id}-help` }, "Plain text such as x*sigmoid(x), Greek letters, or LaTeX. Enter checks it."),
      h("button", { type: "submit", class: "primary" }, "Check ", h("kbd", {}, "⏎")), outcome),
    h("div", { class: "stack" }, visit.mock ? null : [hints(base, part), model.dom]));
  return { dom, leave: async () => {} };
}
