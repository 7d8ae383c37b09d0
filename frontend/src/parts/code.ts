// A code answer: editor, grading, findings, the curve beside the truth.
import { get, put, stream } from "../api";
import { announce, fill, h, keeper, ticked } from "../dom";
import { count } from "../format";
import type { Result, Visit, Part } from "../types";
import { hints, solution } from "./hints";
import { findings, verdict } from "./result";

export async function codePart(visit: Visit, part: Part, done: (result: Result) => void) {
  const { editor } = await import("../editor");
  const base = `/api/visits/${visit.visit}/parts/${part.index}`;
  const outcome = h("div", { class: "stack" });
  const bar = h("i", {});
  const meter = h("span", { class: "meter", hidden: true }, bar);
  const model = solution(base, part);
  const draft = keeper(600, () => put(`${base}/draft`, { text: edit.text() }));
  const written = visit.drafts?.[part.index] ?? (part.answer || part.starter!);
  const edit = editor(written, `Your code for ${part.name}`, () => void run(), draft.later);
  const button = h("button", { type: "button", class: "primary", onClick: () => void run() }, "Grade ", h("kbd", {}, "Ctrl ⏎"));
  let running = false;
  let drawing: { destroy: () => void } | null = null;

  async function run(): Promise<void> {
    if (running) return;
    running = button.disabled = true;
    meter.hidden = false;
    try {
      const result = await stream<Result>(`${base}/answer`, { text: edit.text() }, (made, of) => {
        bar.style.width = `${of ? (100 * made) / of : 4}%`;
      });
      if (result.taken) fill(outcome, h("p", { class: "quiet" }, "Taken; the result comes at the end."));
      else await show(result);
      model.ready();
      done(result);
    } catch (error) {
      fill(outcome, h("p", { class: "error", role: "alert" }, (error as Error).message));
    } finally {
      running = button.disabled = false;
      meter.hidden = true;
      bar.style.width = "0";
    }
  }

  async function show(result: Result): Promise<void> {
    const found = result.findings ?? [];
    edit.show(found);
    const curve = h("div", {});
    const grave = found.filter((f) => f.severity !== "note");
    const notes = found.filter((f) => f.severity === "note");
    fill(outcome, verdict(result), grave.length ? findings(grave) : null,
      result.notice ? h("p", { class: "quiet" }, result.notice) : null, curve,
      notes.length ? h("details", {}, h("summary", {}, `${count(notes.length, "note")}, not counted against it`), findings(notes)) : null);
    announce(`${result.verdict}: ${result.says}. ${found[0]?.message ?? ""}`);
    if (result.verdict === "pass") void model.open();
    if (result.verdict !== "ungraded") void draw(curve);
  }

  async function draw(place: HTMLElement): Promise<void> {
    const found = await get<Truth>(`${base}/curve`);
    if (!found.x.length) return;
    const { truthChart } = await import("./truth");
    drawing?.destroy();
    drawing = truthChart(place, found, part.name!);
  }

  if (part.result) void show(part.result);
  else if (part.answered) fill(outcome, h("p", { class: "quiet" }, "Taken."));
  const dom = h("div", { class: "grid aside task-first" },
    h("div", {}, edit.dom,
      h("div", { class: "actions" }, button, meter,
        visit.mock ? null : h("button", { type: "button", class: "plain", onClick: () => edit.replace(part.starter!) }, "Start afresh"),
        h("span", { class: "quiet" }, "Esc, then Tab leaves the editor")),
      outcome, visit.mock ? null : model.dom),
    h("div", { class: "stack" },
      h("section", { "aria-label": "Task" },
        h("h2", {}, h("code", {}, `${part.name}(${part.signature})`)),
        h("p", {}, ticked(part.prompt!)), h("ul", { class: "contract" }, part.contract!.map((line) => h("li", {}, ticked(line))))),
      visit.mock ? null : hints(base, part)));
  return { dom, leave: async () => { await draft.flush(); edit.destroy(); drawing?.destroy(); } };
}

export interface Truth {
  x: number[];
  yours: (number | null)[];
  truth: (number | null)[];
  ulp: (number | null)[];
  message: string;
}
