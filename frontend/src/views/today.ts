// What is due, how far one is, how many days are left.
import { get, put } from "../api";
import { fill, h } from "../dom";
import { clock, count, when } from "../format";
import { link, type View } from "../router";
import { questionList } from "../list";
import type { Overview } from "../types";

const ORDER = ["pass", "fragile", "unfinished", "wrong", "ungraded"];

export const view: View = async (place) => {
  const found = await get<Overview>("/api/overview");
  const due = found.agenda.map((slug) => found.questions.find((question) => question.slug === slug)!);
  const repeat = due.filter((question) => question.attempts).length;
  const words = due.length
    ? `${repeat ? `${count(repeat, "question")} to repeat, ` : ""}${count(due.length - repeat, "new one")}. About ${due.reduce((sum, q) => sum + q.minutes, 0)} minutes.`
    : `Nothing is due.${found.next_due ? ` The next question comes back ${when(found.next_due)}.` : ""}`;
  fill(place,
    h("div", { class: "headline" }, h("div", {}, h("h1", {}, "Today"), h("p", { class: "lead" }, words)),
      due.length ? h("a", { class: "button primary", href: link("/question", { q: due[0].slug }) }, due[0].attempts ? "Repeat the first" : "Begin") : null),
    figures(found), h("div", { class: "grid aside" },
      h("section", { "aria-labelledby": "due" }, h("h2", { id: "due" }, due.length ? "To do" : "All of them"), 
        questionList(due.length ? due : found.questions)),
      h("div", { class: "stack" }, progress(found), interview(found), mocks(found))));
};

function figures(found: Overview): HTMLElement {
  const passed = found.counts.pass ?? 0;
  const rows: [string, string][] = [
    [`${passed} of ${found.questions.length}`, "questions passed"],
    [String(found.attempts), found.attempts === 1 ? "attempt" : "attempts"],
    [String(found.streak), found.streak === 1 ? "day in a row" : "days in a row"],
  ];
  if (found.days_left !== null && found.days_left >= 0) rows.push([String(found.days_left), found.days_left === 1 ? "day to the interview" : "days to the interview"]);
  return h("dl", { class: "figures" }, rows.map(([value, name]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function progress(found: Overview): HTMLElement {
  const total = found.questions.length;
  const parts = ORDER.filter((verdict) => found.counts[verdict]);
  const words = [...parts.map((verdict) => `${found.counts[verdict]} ${verdict}`), `${found.counts.new ?? 0} new`].join(", ");
  return h("section", { class: "card", "aria-labelledby": "progress" }, h("h2", { id: "progress" }, "Progress"),
    h("p", { class: "quiet" }, words),
    h("div", { class: "progress", "aria-hidden": "true" }, parts.map((verdict) => {
      const bar = h("i", { class: verdict });
      bar.style.width = `${(100 * found.counts[verdict]) / total}%`;
      return bar;
    })));
}

function interview(found: Overview): HTMLElement {
  const input = h("input", { type: "date", id: "date", value: found.interview_date ?? "" });
  const said = h("p", { class: "quiet", role: "status" });
  async function set(event: Event): Promise<void> {
    event.preventDefault();
    try {
      await put("/api/interview-date", { date: input.value || null });
      fill(said, input.value ? "Set. No question comes back later than that." : "Forgotten.");
    } catch (error) {
      fill(said, (error as Error).message);
    }
  }
  return h("section", { class: "card", "aria-labelledby": "interview" }, h("h2", { id: "interview" }, "The interview"),
    h("form", { class: "row", onSubmit: (event: Event) => void set(event) },
      h("label", { class: "field", for: "date" }, "Its day", input), h("button", { type: "submit" }, "Set")), said);
}

function mocks(found: Overview): HTMLElement {
  const last = found.mocks.at(-1);
  return h("section", { class: "card", "aria-labelledby": "mocks" }, h("h2", { id: "mocks" }, "Mock interview"),
    h("p", { class: "quiet" }, last
      ? `In the last one ${last.passed} of ${last.questions.length} passed, in ${clock(last.questions.reduce((sum, q) => sum + q.seconds, 0))}.`
      : "Several questions in a row, no hints, the results at the end."),
    h("a", { class: "button", href: "/mock" }, "Hold one"));
}
