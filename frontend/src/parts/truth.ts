// Your function against the truth, with the distance in ULP below.
import { Chart, key } from "../charts";
import { fill, h } from "../dom";
import { number } from "../format";
import type { Truth } from "./code";

const FLOOR = 0.1; // a logarithm has no place for 0

export function truthChart(place: HTMLElement, found: Truth, name: string): { destroy: () => void } {
  const values = [...found.truth, ...found.yours].filter((v): v is number => v !== null && Math.abs(v) < 1e6);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.06 * (high - low || 1);
  const above = new Chart({ height: 230, sync: "truth", title: `${name}: yours and the true curve`, y: [low - margin, high + margin], zeroLines: true });
  const below = new Chart({ height: 150, sync: "truth", powers: true, title: `Distance in ULP: ${worst(found)}`, unit: "ULP" });
  const lines = [
    { label: "the truth", colour: "--plot-1", values: found.truth, width: 6 },
    { label: "yours", colour: "--plot-2", values: found.yours, width: 2 },
  ];
  fill(place, h("h3", {}, "Your function against the truth"), key(lines), above.dom,
    h("p", { class: "quiet" }, "Distance from the true value in units of the last place (ULP). ", worst(found)), below.dom);
  above.show(found.x, lines);
  const shown = found.ulp.map((value) => (value === null ? null : Math.log10(Math.max(value, FLOOR))));
  below.show(found.x, [{ label: "ULP", colour: "--plot-2", values: shown }], { y: [-1, Math.max(2, ...shown.map((v) => v ?? 0)) + 0.4] });
  return { destroy: () => { above.destroy(); below.destroy(); } };
}

function worst(found: Truth): string {
  let place = -1;
  found.ulp.forEach((value, k) => {
    if (value !== null && (place < 0 || value > found.ulp[place]!)) place = k;
  });
  return place < 0 ? "" : `The largest shown is ${number(found.ulp[place], 2)}, at x = ${number(found.x[place])}.`;
}
