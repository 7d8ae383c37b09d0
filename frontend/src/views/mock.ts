// A mock interview: choose, answer without hints or results, read the report.
import { get, post } from "../api";
import { fill, h } from "../dom";
import { badge, clock, count } from "../format";
import { keep, link, type View } from "../router";
import { sitting } from "../sitting";
import type { Overview, Report, Visit } from "../types";

interface Interview { interview: string; titles: string[]; minutes: number; at: number; report: Report | null; visit: Visit | null }

const KINDS = { "": "everything", code: "with code", formula: "with a formula", spoken: "answered aloud", plot: "with a picture" };
const CHOICES = ["difficulty", "tag", "company", "topic"];

export const view: View = async (place, query) => {
  let leave = async () => {};
  const known = query.get("interview");

  async function choose(): Promise<void> {
    const { questions } = await get<Overview>("/api/overview");
    const number = h("input", { type: "number", id: "number", min: 1, max: 20, value: query.get("number") ?? 4 });
    const kind = h("select", { id: "kind" }, Object.entries(KINDS).map(([value, text]) => h("option", { value, selected: value === query.get("kind") }, text)));
    const seed = h("input", { type: "number", id: "seed", min: 0, value: query.get("seed") ?? "", placeholder: "at random" });
    const selects = CHOICES.map((name) => {
      const all = questions.flatMap((q) => (name === "tag" ? q.tags : [q[name as "difficulty" | "company" | "topic"]]));
      const values = [...new Set(all.filter(Boolean))].sort();
      return h("select", { id: name }, h("option", { value: "" }, "any"),
        values.map((value) => h("option", { value, selected: value.toLowerCase() === query.get(name)?.toLowerCase() }, value)));
    });
    const said = h("p", { class: "error", role: "alert" });

    async function begin(event: Event): Promise<void> {
      event.preventDefault();
      const chosen = Object.fromEntries(CHOICES.map((name, k) => [name, selects[k].value]));
      const body = { ...chosen, number: Number(number.value), kind: kind.value, ...(seed.value ? { seed: Number(seed.value) } : {}) };
      try {
        await show(await post<Interview>("/api/interviews", body));
      } catch (error) {
        fill(said, (error as Error).message);
      }
    }

    const labels = ["Difficulty", "Subject", "Company", "Topic"];
    fill(place, h("h1", {}, "Mock interview"),
      h("p", { class: "lead" }, "Several questions in a row. No hints and no results on the way; at the end a report that can be printed."),
      h("form", { class: "stack", onSubmit: (event: Event) => void begin(event) },
        h("div", { class: "filters" },
          h("label", { class: "field", for: "number" }, "Questions", number), h("label", { class: "field", for: "kind" }, "Mix", kind),
          CHOICES.map((name, k) => h("label", { class: "field", for: name }, labels[k], selects[k])),
          h("label", { class: "field", for: "seed" }, "Draw number", seed)),
        h("p", { class: "quiet" }, "The same draw number gives the same questions: for two people who want to compare."),
        h("button", { type: "submit", class: "primary" }, "Begin"), said));
  }

  async function show(found: Interview): Promise<void> {
    await leave();
    leave = async () => {};
    keep({ interview: found.interview, part: null, number: null, kind: null, seed: null });
    if (found.report) return report(found.report);
    const work = h("div", {});
    const last = found.at === found.titles.length;
    const step = async (body: object) => {
      await leave();
      leave = async () => {};
      await show(await post<Interview>(`/api/interviews/${found.interview}/next`, body));
    };
    fill(place, h("div", { class: "row apart" },
      h("p", { class: "quiet" }, `Mock interview: question ${found.at} of ${found.titles.length}, ${count(found.minutes, "minute")} in all`),
      h("div", { class: "row" },
        last ? null : h("button", { type: "button", onClick: () => void step({ stop: true }) }, "Stop here"),
        h("button", { type: "button", class: "primary", onClick: () => void step({}) }, last ? "End, and show the report" : "Next question"))), work);
    leave = await sitting(work, found.visit!, () => {});
  }

  function report(found: Report): void {
    document.title = "Report · actfn";
    const seconds = found.questions.reduce((sum, q) => sum + q.seconds, 0);
    const budget = found.questions.reduce((sum, q) => sum + q.budget, 0);
    fill(place, h("div", { class: "headline" },
      h("div", {}, h("p", { class: "eyebrow" }, `Mock interview, ${new Date().toLocaleDateString([], { dateStyle: "long" })}`),
        h("h1", {}, `${found.passed} of ${found.questions.length} passed`),
        h("p", { class: "lead" }, `${clock(seconds)} of ${clock(budget)} minutes.`)),
      h("button", { type: "button", class: "unprinted", onClick: () => window.print() }, "Print")),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Report" }, h("table", { class: "plainly" },
      h("thead", {}, h("tr", {}, ["Question", "Verdict", "Time", "What was found"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, found.questions.map((row) => h("tr", {},
        h("td", {}, h("a", { href: link("/question", { q: row.question }) }, row.title)), h("td", {}, badge(row.verdict)),
        h("td", {}, `${clock(row.seconds)} of ${clock(row.budget)}`), h("td", {}, row.findings.map((text) => h("div", {}, text)))))))),
    h("p", { class: "unprinted row after" }, h("a", { class: "button", href: "/mock" }, "Another one"), h("a", { href: "/" }, "Back to today")));
  }

  if (known) await show(await get<Interview>(`/api/interviews/${known}`));
  else await choose();
  return () => void leave();
};
