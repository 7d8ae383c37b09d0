// The clock of a visit against its budget: visible, pausable, never in red.
import { put } from "./api";
import { fill, h, svg } from "./dom";
import { clock } from "./format";
import type { Visit } from "./types";

const AROUND = 2 * Math.PI * 20;

export function timer(visit: Visit): { dom: HTMLElement; stop: () => void } {
  let { seconds, paused } = visit;
  let since = performance.now();
  const spent = svg("circle", { class: "spent", cx: 24, cy: 24, r: 20, "stroke-dasharray": AROUND });
  const time = h("b", {});
  const of = h("small", {});
  const button = h("button", { type: "button", class: "plain", onClick: toggle });
  const dom = h("div", { class: "timer", role: "group", "aria-label": "Clock" },
    svg("svg", { class: "ring", viewBox: "0 0 48 48", "aria-hidden": "true" }, svg("circle", { cx: 24, cy: 24, r: 20 }), spent),
    h("div", { role: "timer", "aria-live": "off" }, time, of), button);

  const now = () => seconds + (paused ? 0 : (performance.now() - since) / 1000);

  function draw(): void {
    const passed = now();
    const share = visit.budget ? Math.min(1, passed / visit.budget) : 0;
    const over = visit.budget > 0 && passed >= visit.budget + 1;
    spent.setAttribute("stroke-dashoffset", String(AROUND * (1 - share)));
    dom.classList.toggle("over", over);
    time.textContent = clock(passed);
    const budget = visit.budget ? `of ${clock(visit.budget)}` : "no limit";
    of.textContent = paused ? "paused" : over ? `${clock(passed - visit.budget)} over, take your time` : budget;
    fill(button, paused ? "Resume" : "Pause");
  }

  async function toggle(): Promise<void> {
    const found = await put<{ seconds: number; paused: boolean }>(`/api/visits/${visit.visit}/clock`, { running: paused });
    ({ seconds, paused } = found);
    since = performance.now();
    draw();
  }

  draw();
  const ticking = window.setInterval(draw, 500);
  return { dom, stop: () => clearInterval(ticking) };
}
