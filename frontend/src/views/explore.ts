// Functions over each other, with derivatives, on axes that can be dragged; all that is known of each.
import { get, post } from "../api";
import { Chart, colour, key, type Line } from "../charts";
import { announce, calm, fill, h } from "../dom";
import { number } from "../format";
import { typeset } from "../math";
import { pannable } from "../pan";
import { keep, type View } from "../router";
import type { Curve } from "../types";

interface Named { name: string; title: string; formula: string }
interface About extends Named {
  latex: string;
  source: string;
  notes: string;
  parameters: { name: string; doc: string; default: number; minimum: number | null }[];
  accuracy: Record<string, Record<string, number>>;
  same_as: Record<string, string>;
  disagreements: Record<string, string>;
}

const MOST = 6;
const WIDEST: [number, number] = [-5, 5];

export const view: View = async (place, query) => {
  const catalogue = await get<Named[]>("/api/functions");
  let names = (query.get("f") ?? "relu,gelu,silu").split(",").filter((name) => catalogue.some((f) => f.name === name)).slice(0, MOST);
  let [low, high] = interval(query.get("x"));
  let order = Number(query.get("d") ?? 1);
  const parameters = given(query.get("p") ?? "");
  const about = new Map<string, About>();
  const chart = new Chart({ height: 400, title: "Curves", zeroLines: true });
  const legend = h("div", {});
  const cards = h("div", { class: "grid" });
  const picker = h("div", { class: "picker" });
  const add = h("select", { id: "add", onChange: () => { names = [...names, add.value]; void changed(); } });
  const derivatives = h("select", { id: "order", onChange: () => { order = Number(derivatives.value); void draw(); } },
    ["none", "f′", "f′ and f″"].map((text, k) => h("option", { value: k, selected: k === order }, text)));
  const draw = calm(30, () => void drawn());
  let latest = 0;

  async function drawn(): Promise<void> {
    const mine = ++latest;
    remember();
    if (!names.length) return fill(legend, h("p", {}, "Add a function to see it."));
    const functions = names.map((name) => ({ name, parameters: parameters.get(name) ?? {} }));
    const curves = await post<Curve[]>("/api/curves", { functions, low, high, order, points: 480 });
    if (mine !== latest) return;
    const lines: Line[] = curves.flatMap((curve, k) => {
      const found: Line[] = [{ label: curve.name!, colour: colour(k), values: curve.value }];
      if (curve.derivative) found.push({ label: `${curve.name}′`, colour: colour(k), values: curve.derivative, dashed: true, width: 1.5 });
      if (curve.second) found.push({ label: `${curve.name}″`, colour: colour(k), values: curve.second, dashed: true, width: 0.8 });
      return found;
    });
    chart.show(curves[0].x, lines, { x: [low, high], y: extent(lines, high - low), title: `${names.join(", ")} from ${number(low)} to ${number(high)}` });
    fill(legend, key(lines));
  }

  function remember(): void {
    const p = names.flatMap((name) => Object.entries(parameters.get(name) ?? {}).map(([key, value]) => `${name}.${key}:${value}`));
    const wide = low === WIDEST[0] && high === WIDEST[1];
    keep({ f: names.join(","), d: order === 1 ? null : order, x: wide ? null : `${number(low, 5)}:${number(high, 5)}`, p: p.join(",") });
  }

  async function changed(): Promise<void> {
    fill(picker, names.map((name, k) => {
      const found = h("button", { type: "button", class: "picked", "aria-label": `Remove ${name}`, onClick: () => { names = names.filter((n) => n !== name); void changed(); } },
        name, h("span", { "aria-hidden": "true" }, "×"));
      found.style.borderLeftColor = `var(${colour(k)})`;
      return found;
    }), names.length < MOST ? h("label", { class: "row", for: "add" }, h("span", { class: "unseen" }, "Add a function"), add) : null,
    h("label", { class: "row", for: "order" }, h("span", { class: "quiet" }, "Derivatives"), derivatives));
    fill(add, h("option", { value: "" }, "Add a function…"), catalogue.filter((f) => !names.includes(f.name)).map((f) => h("option", { value: f.name }, f.name)));
    announce(names.join(", "));
    draw();
    await Promise.all(names.filter((name) => !about.has(name)).map(async (name) => about.set(name, await get<About>(`/api/functions/${name}`))));
    fill(cards, names.filter((name) => about.has(name)).map((name) => card(about.get(name)!, names.indexOf(name))));
  }

  function card(found: About, k: number): HTMLElement {
    const formula = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Formula of ${found.name}` });
    void typeset(formula, found.latex, true);
    const title = h("h2", { class: "picked" }, found.name, " ", h("span", { class: "quiet" }, found.title));
    title.style.borderLeftColor = `var(${colour(k)})`;
    return h("article", { class: "card stack" }, title, formula,
      found.parameters.map((parameter) => slider(found.name, parameter)),
      later("Facts", async () => facts(await get<[string, string][]>(`/api/functions/${found.name}/facts`))),
      h("details", {}, h("summary", {}, "Accuracy, names in frameworks, source"),
        facts(Object.entries(found.accuracy).map(([dtype, kernels]) => [`worst ULP, ${dtype}`, Object.entries(kernels).map(([kernel, ulp]) => `${kernel} ${number(ulp)}`).join(", ")])),
        h("h3", {}, "The same as"), facts(Object.entries(found.same_as)),
        Object.keys(found.disagreements).length ? [h("h3", {}, "Differs"), facts(Object.entries(found.disagreements))] : null,
        h("p", { class: "quiet" }, found.source), found.notes ? h("p", { class: "quiet" }, found.notes) : null));
  }

  function slider(name: string, parameter: About["parameters"][number]): HTMLElement {
    const value = parameters.get(name)?.[parameter.name] ?? parameter.default;
    const least = parameter.minimum ?? Math.min(-2, parameter.default - 2);
    const most = Math.max(least + 1, 3, 3 * Math.abs(parameter.default));
    const id = `${name}-${parameter.name}`;
    const shown = h("output", { for: id }, number(value));
    const input = h("input", { type: "range", id, min: least, max: most, step: (most - least) / 400, onInput: () => {
      shown.textContent = number(Number(input.value), 3);
      parameters.set(name, { ...parameters.get(name), [parameter.name]: Number(Number(input.value).toPrecision(4)) });
      draw();
    } });
    input.value = String(value);
    return h("label", { class: "slider", for: id, title: parameter.doc }, parameter.name, input, shown);
  }

  function move(from: number, to: number): void {
    [low, high] = [from, to];
    draw();
  }

  const controls = pannable(chart, () => [low, high], move, () => move(...WIDEST));
  fill(place, h("h1", {}, "Explore"), h("p", { class: "lead" }, "The functions of the catalogue, with their derivatives. Drag the picture, turn the wheel on it, or use the buttons."),
    picker, h("div", { class: "card plotted" }, h("div", { class: "row apart" }, legend, controls), chart.dom),  cards);
  void changed();
  return () => chart.destroy();
};

/** Details that are worked out when they are opened. */
function later(title: string, make: () => Promise<HTMLElement>): HTMLElement {
  const place = h("div", {}, h("p", { class: "quiet" }, "Working it out …"));
  const found = h("details", {}, h("summary", {}, title), place);
  found.addEventListener("toggle", () => void make().then((shown) => fill(place, shown)), { once: true });
  return found;
}

function facts(rows: [string, string][]): HTMLElement {
  return h("dl", { class: "facts" }, rows.filter(([, text]) => text).map(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
}

function interval(text: string | null): [number, number] {
  const [low, high] = (text ?? "").split(":").map(Number);
  return Number.isFinite(low) && Number.isFinite(high) && low < high ? [low, high] : WIDEST;
}

/** "swish.beta:2,elu.alpha:0.5" by function. */
function given(text: string): Map<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>();
  for (const [, name, key, value] of text.matchAll(/(\w+)\.(\w+):(-?[\d.e+-]+)/g)) {
    if (Number.isFinite(Number(value))) found.set(name, { ...found.get(name), [key]: Number(value) });
  }
  return found;
}

/** What is worth seeing: no further up and down than the axis is wide. */
function extent(lines: Line[], wide: number): [number, number] {
  const values = lines.flatMap((line) => line.values).filter((v): v is number => v !== null && Math.abs(v) <= wide);
  const [low, high] = [Math.min(...values, 0), Math.max(...values, 0.2)];
  return [low - 0.06 * (high - low), high + 0.06 * (high - low)];
}
