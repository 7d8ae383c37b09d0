// Times, dates and verdicts in words.
import { h } from "./dom";

export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

export function when(iso: string | null): string {
  if (!iso) return "";
  const due = new Date(iso);
  const minutes = Math.max(1, Math.round((due.getTime() - Date.now()) / 60000));
  if (minutes <= 90) return `in ${count(minutes, "minute")}`;
  const day = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((day(due) - day(new Date())) / 86400000);
  if (days === 0) return `today at ${due.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
  if (days === 1) return "tomorrow";
  return `on ${due.toLocaleDateString([], { day: "numeric", month: "long" })}`;
}

export function moment(iso: string): string {
  return new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

const MARKS: Record<string, string> = {
  pass: "✓", fragile: "!", wrong: "✗", unfinished: "…", ungraded: "?", none: "–", note: "·",
};

/** A verdict with its mark: never by colour alone. */
export function badge(verdict: string, text = verdict): HTMLElement {
  return h("span", { class: `badge ${verdict || "new"}` },
    h("span", { "aria-hidden": "true" }, MARKS[verdict] ?? "○"), ` ${text || "new"}`);
}

/** A number with so many digits that it can be told from others. */
export function number(value: number | null, digits = 4): string {
  if (value === null) return "–";
  return Math.abs(value) >= 1e7 ? value.toExponential(digits - 1).replace("e+", "e") : String(Number(value.toPrecision(digits)));
}
