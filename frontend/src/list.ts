// A list of questions.
import { h } from "./dom";
import { badge, when } from "./format";
import { link } from "./router";
import type { Summary } from "./types";

const KINDS: Record<string, string> = { code: "code", formula: "formula", plot: "picture", spoken: "aloud" };

export function questionList(questions: Summary[]): HTMLElement {
  return h("ol", { class: "questions" }, questions.map((question) => {
    const about = [question.difficulty, question.minutes && `${question.minutes} min`, question.company,
      question.kinds.map((kind) => KINDS[kind]).join(", ")].filter(Boolean).join(" · ");
    return h("li", {}, h("a", { href: link("/question", { q: question.slug }) },
      h("span", { class: "n", "aria-hidden": "true" }, question.number || "·"),
      h("span", { class: "t" }, question.title), h("span", { class: "m" }, about),
      h("span", { class: "v" }, question.verdict ? badge(question.verdict) : h("span", {}, "new"),
        question.due ? h("span", { class: "unseen" }, question.due_now ? " due now" : ` comes back ${when(question.due)}`) : null)));
  }));
}
