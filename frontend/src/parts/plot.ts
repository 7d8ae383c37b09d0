// A picture: which function is it?
import { get, post } from "../api";
import { Chart, key } from "../charts";
import { announce, fill, h } from "../dom";
import { badge } from "../format";
import type { Curve, Part, Result, Visit } from "../types";
import { hints } from "./hints";

export async function plotPart(visit: Visit, part: Part, done: (result: Result) => void) {
  const base = `/api/visits/${visit.visit}/parts/${part.index}`;
  const curve = await get<Curve>(`${base}/curve`);
  const chart = new Chart({ height: 320, title: "A curve to be named, with its derivative dashed", zeroLines: true });
  const lines = [
    { label: "f", colour: "--plot-1", values: curve.value },
    { label: "f′", colour: "--plot-2", values: curve.derivative!, dashed: true },
  ];
  chart.show(curve.x, lines);
  const outcome = h("div", {});
  const id = `name-${part.index}`;
  const input = h("input", { id, value: part.answer, autocomplete: "off", spellcheck: "false" });

  async function name(event: Event): Promise<void> {
    event.preventDefault();
    if (!input.value.trim()) return input.focus();
    const result = await post<Result>(`${base}/answer`, { text: input.value });
    show(result);
    done(result);
  }

  function show(result: Result): void {
    const words = result.taken ? "Taken; the result comes at the end." : result.verdict === "pass" ? "Right." : `It is ${result.name}.`;
    fill(outcome, h("div", { class: "verdict" }, result.taken ? null : badge(result.verdict), h("span", {}, words)));
    announce(words);
  }

  if (part.result) show(part.result);
  const dom = h("div", { class: "stack" }, h("h2", {}, "Which function is this?"), key(lines), chart.dom,
    h("form", { class: "row", onSubmit: (event: Event) => void name(event) },
      h("label", { class: "field", for: id }, "Its name", input), h("button", { class: "primary", type: "submit" }, "Answer")),
    outcome, visit.mock ? null : hints(base, part));
  return { dom, leave: async () => chart.destroy() };
}
