// What was found in an answer.
import { badge } from "../format";
import { h, ticked } from "../dom";
import type { Finding, Result } from "../types";

export function verdict(result: Result): HTMLElement {
  const seconds = result.seconds === undefined ? null : h("span", { class: "quiet" }, `graded in ${result.seconds.toFixed(2)} s`);
  return h("div", { class: "verdict" }, badge(result.verdict), h("span", {}, result.says ?? ""), seconds);
}

export function findings(found: Finding[]): HTMLElement {
  return h("ul", { class: "findings" }, found.map((finding) =>
    h("li", { class: finding.severity },
      h("strong", {}, `${finding.severity}: `), ticked(finding.message),
      finding.line === null ? null : h("span", { class: "quiet" }, ` · line ${finding.line}`),
      values(finding))));
}

function values(finding: Finding): HTMLElement | null {
  const rows = (["input", "got", "expected"] as const).filter((name) => finding[name]);
  if (!rows.length) return null;
  return h("dl", {}, rows.map((name) => [h("dt", {}, name), h("dd", {}, finding[name])]));
}
