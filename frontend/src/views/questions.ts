// All questions, narrowed down by what is in the address.
import { get } from "../api";
import { announce, fill, h } from "../dom";
import { count } from "../format";
import { keep, type View } from "../router";
import { questionList } from "../list";
import type { Overview, Summary } from "../types";

interface Filter { name: string; label: string; values: (all: Summary[]) => string[]; fits: (question: Summary, value: string) => boolean }

const several = (texts: string[]) => [...new Set(texts.filter(Boolean))].sort((a, b) => a.localeCompare(b));
const same = (a: string, b: string) => a.toLowerCase().includes(b.toLowerCase());
const TIMES: Record<string, number> = { "up to 3 min": 3, "up to 5 min": 5, "up to 8 min": 8 };

const FILTERS: Filter[] = [
  { name: "topic", label: "Topic", values: (all) => several(all.map((q) => q.topic)), fits: (q, v) => same(q.topic, v) },
  { name: "difficulty", label: "Difficulty", values: (all) => ["Easy", "Medium", "Hard"].filter((d) => all.some((q) => q.difficulty === d)), fits: (q, v) => same(q.difficulty, v) },
  { name: "time", label: "Time", values: () => Object.keys(TIMES), fits: (q, v) => q.minutes <= (TIMES[v] ?? Infinity) },
  { name: "tag", label: "Subject", values: (all) => several(all.flatMap((q) => q.tags)), fits: (q, v) => q.tags.some((tag) => same(tag, v)) },
  { name: "company", label: "Company", values: (all) => several(all.map((q) => q.company)), fits: (q, v) => same(q.company, v) },
  { name: "state", label: "State", values: () => ["new", "due", "pass", "fragile", "wrong", "unfinished", "ungraded"], fits: (q, v) => (v === "due" ? q.due_now : (q.verdict || "new") === v) },
];

export const view: View = async (place, query) => {
  const { questions } = await get<Overview>("/api/overview");
  const list = h("div", {});
  const number = h("p", { class: "quiet", role: "status" });
  const wanted = query.get("question") ?? "";
  const search = h("input", { type: "search", id: "search", value: query.get("search") ?? wanted, placeholder: "gradient, log-sum-exp …", onInput: narrow });
  const selects = FILTERS.map((filter) => {
    const values = filter.values(questions);
    // A part of a name, as the command line takes it, stands for the first that has it.
    const given = query.get(filter.name) ?? "";
    const chosen = given && (values.find((value) => value === given) ?? values.find((value) => same(value, given)) ?? "");
    return h("select", { id: filter.name, onChange: narrow },
      h("option", { value: "" }, "any"), values.map((value) => h("option", { value, selected: value === chosen }, value)));
  });

  function narrow(): void {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = questions.filter((question) => {
      const text = `${question.words} ${question.tags.join(" ")} ${question.company} q${question.number} ${question.slug}`.toLowerCase();
      return words.every((word) => (/^q?\d+$/.test(word) ? `q${question.number}` === `q${word.replace("q", "")}` : text.includes(word)))
        && FILTERS.every((filter, k) => !selects[k].value || filter.fits(question, selects[k].value));
    });
    keep({ search: search.value, question: null, ...Object.fromEntries(FILTERS.map((filter, k) => [filter.name, selects[k].value])) });
    fill(number, `${count(shown.length, "question")}${shown.length < questions.length ? ` of ${questions.length}` : ""}`);
    announce(count(shown.length, "question"));
    fill(list, shown.length ? questionList(shown) : h("p", {}, "None fits. ", h("a", { href: "/questions" }, "Show all")));
  }

  fill(place, h("h1", {}, "Questions"),
    h("form", { class: "filters", role: "search", onSubmit: (event: Event) => event.preventDefault() },
      h("label", { class: "field search", for: "search" }, "Search", search),
      FILTERS.map((filter, k) => filter.name === "topic" && selects[k].options.length < 3 ? null
        : h("label", { class: "field", for: filter.name }, filter.label, selects[k]))),
    number, list);
  narrow();
};
