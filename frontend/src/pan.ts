// Dragging, the wheel, keys and buttons that move the x axis of a chart.
import type { Chart } from "./charts";
import { h } from "./dom";

const STEP = 0.15;
const NARROWEST = 1e-3;
const FARTHEST = 1e4;

export function pannable(chart: Chart, now: () => [number, number], move: (low: number, high: number) => void, reset: () => void): HTMLElement {
  const { dom } = chart;

  const shift = (share: number) => {
    const [low, high] = now();
    set(low + share * (high - low), high + share * (high - low));
  };
  const zoom = (factor: number, at = 0.5) => {
    const [low, high] = now();
    const centre = low + at * (high - low);
    set(centre - (centre - low) * factor, centre + (high - centre) * factor);
  };
  function set(low: number, high: number): void {
    if (high - low > NARROWEST && low > -FARTHEST && high < FARTHEST) move(low, high);
  }

  dom.addEventListener("pointerdown", (event) => {
    const wide = chart.area?.width;
    if (!wide || event.button) return;
    const [start, [low, high]] = [event.clientX, now()];
    dom.setPointerCapture(event.pointerId);
    dom.classList.add("dragged");
    const dragged = (moved: PointerEvent) => {
      const by = ((start - moved.clientX) / wide) * (high - low);
      set(low + by, high + by);
    };
    dom.addEventListener("pointermove", dragged);
    const end = () => {
      dom.removeEventListener("pointermove", dragged);
      dom.classList.remove("dragged");
    };
    dom.addEventListener("pointerup", end, { once: true });
    dom.addEventListener("pointercancel", end, { once: true });
  });
  dom.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = dom.querySelector(".u-over")!.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1 + STEP : 1 / (1 + STEP), (event.clientX - box.left) / box.width);
  }, { passive: false });

  const button = (text: string, label: string, work: () => void) =>
    h("button", { type: "button", class: "plain", "aria-label": label, title: label, onClick: work }, text);
  return h("div", { class: "row", role: "group", "aria-label": "The x axis" },
    button("←", "Move left", () => shift(-STEP)), button("→", "Move right", () => shift(STEP)),
    button("+", "Closer", () => zoom(1 / 1.5)), button("−", "Farther", () => zoom(1.5)), button("Reset", "Reset: from -5 to 5", reset));
}
