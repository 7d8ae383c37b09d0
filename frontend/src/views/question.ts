// A question: the visit goes on after a reload, and is over when it is finished.
import { get, post, Refused } from "../api";
import { fill, h } from "../dom";
import { badge, clock, moment, when } from "../format";
import { go, link, type View } from "../router";
import { sitting } from "../sitting";
import type { Overview, Visit } from "../types";

interface Kept { verdict: string; seconds: number; due: string | null }
interface Attempt { started: string; seconds: number; verdict: string; hints: number; solution_seen: boolean; lines: [string, string][] }

export const view: View = async (place, query) => {
  const slug = query.get("q") ?? "";
  const visit = await opened(slug);
  document.title = `${visit.title} · actfn`;
  const work = h("div", {});
  const past = h("div", {});
  const finish = h("button", { type: "button", onClick: () => void end() }, "Finish");
  const leave = await sitting(work, visit, ready, finish);

  function ready(): void {
    if (visit.parts.every((part) => part.answered)) finish.classList.add("primary");
  }

  async function end(): Promise<void> {
    await leave();
    const kept = await post<Kept>(`/api/visits/${visit.visit}/finish`);
    sessionStorage.removeItem(`visit:${slug}`);
    const { agenda, questions } = await get<Overview>("/api/overview");
    const next = questions.find((question) => question.slug === agenda.find((other) => other !== slug));
    fill(work, h("div", { class: "stack" },
      h("h1", { tabindex: -1 }, visit.title),
      kept.due
        ? h("p", { class: "verdict" }, badge(kept.verdict), ` in ${clock(kept.seconds)}; it comes back ${when(kept.due)}.`)
        : h("p", {}, "Nothing was answered, so nothing is kept of this question."),
      kept.verdict === "unfinished" ? h("p", { class: "quiet" }, "Parts without an answer count as not known.") : null,
      h("div", { class: "row" },
        next ? h("a", { class: "button primary", href: link("/question", { q: next.slug }) }, `Next: ${next.title}`) : null,
        h("button", { type: "button", onClick: () => go(link("/question", { q: slug })) }, "Once more"),
        h("a", { href: "/" }, "Back to today"))));
    work.querySelector<HTMLElement>("h1")!.focus();
    void history(past, slug);
  }

  fill(place, work, past);
  ready();
  void history(past, slug);
  return () => void leave();
};

/** The visit of this tab, if it is still open, or a new one. */
async function opened(slug: string): Promise<Visit> {
  const stored = `visit:${slug}`;
  const known = sessionStorage.getItem(stored);
  if (known) {
    try {
      return await get<Visit>(`/api/visits/${known}`);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
    }
  }
  const visit = await post<Visit>("/api/visits", { question: slug });
  sessionStorage.setItem(stored, visit.visit);
  return visit;
}

async function history(place: HTMLElement, slug: string): Promise<void> {
  const attempts = await get<Attempt[]>(`/api/history?question=${encodeURIComponent(slug)}`);
  if (!attempts.length) return fill(place);
  fill(place, h("section", { class: "history unprinted", "aria-labelledby": "past" },
    h("details", {}, h("summary", { id: "past" }, `Your attempts (${attempts.length})`), attempts.map(attempt))));
}

const KINDS: Record<string, string> = { "+": "add", "-": "del" };

function attempt(found: Attempt, index: number, all: Attempt[]): HTMLElement {
  const last = index === all.length - 1;
  return h("article", {},
    h("p", {}, badge(found.verdict), " ", moment(found.started), h("span", { class: "quiet" },
      ` · ${clock(found.seconds)}${found.hints ? ` · ${found.hints} hints` : ""}${found.solution_seen ? " · model answer seen" : ""}`)),
    h("details", {}, h("summary", {}, last ? "What you wrote" : "What changed since the attempt before"),
      h("div", { class: "diff", tabindex: 0, role: "region", "aria-label": "Differences" }, found.lines.map(([mark, line]) =>
        h("div", { class: KINDS[mark] ?? "" }, `${mark} ${line}`)))));
}
