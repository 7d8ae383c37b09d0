// Line charts with the colours of the page; they are drawn again when these change.
import uPlot from "uplot";
import { h } from "./dom";

export interface Line {
  label: string;
  values: (number | null)[];
  colour: string;
  dashed?: boolean;
  width?: number;
}

export interface Looks {
  height: number;
  x?: [number, number];
  y?: [number, number];
  powers?: boolean; // the values are exponents of 10
  logarithmicX?: boolean;
  title: string;
  unit?: string;
  sync?: string;
  zeroLines?: boolean;
}

const variable = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The colour of the k-th curve, as a CSS variable. */
export function colour(k: number): string {
  return `--plot-${(k % 6) + 1}`;
}

export class Chart {
  readonly dom: HTMLElement;
  private plot: uPlot | null = null;
  private x: number[] = [];
  private lines: Line[] = [];
  private readonly observer: ResizeObserver;
  private readonly redraw = () => this.draw();

  constructor(private looks: Looks) {
    this.dom = h("div", { class: "chart", role: "img", "aria-label": looks.title });
    this.observer = new ResizeObserver(() => {
      if (!this.plot) return this.draw();
      const width = this.dom.clientWidth;
      if (width && width !== this.plot.width) this.plot.setSize({ width, height: looks.height });
    });
    this.observer.observe(this.dom);
    window.addEventListener("theme", this.redraw);
  }

  show(x: number[], lines: Line[], looks: Partial<Looks> = {}): void {
    this.x = x;
    this.lines = lines;
    Object.assign(this.looks, looks);
    this.dom.setAttribute("aria-label", this.looks.title);
    this.draw();
  }

  /** The plotting area, for whoever drags in it; null before the first drawing. */
  get area(): { width: number; height: number } | null {
    return this.plot && { width: this.plot.over.clientWidth, height: this.plot.over.clientHeight };
  }

  destroy(): void {
    this.observer.disconnect();
    window.removeEventListener("theme", this.redraw);
    this.plot?.destroy();
  }

  private draw(): void {
    const width = this.dom.clientWidth;
    if (!width || !this.x.length) return;
    this.plot?.destroy();
    const { looks } = this;
    const axis = {
      stroke: variable("--soft"), font: `12px ${variable("--sans")}`,
      grid: { stroke: variable("--line"), width: 1 }, ticks: { show: false },
    };
    const options: uPlot.Options = {
      width,
      height: looks.height,
      padding: [10, 10, 0, 0],
      cursor: { drag: { x: false, y: false, setScale: false }, points: { size: 7 }, sync: looks.sync ? { key: looks.sync } : undefined },
      legend: { show: false },
      scales: {
        x: { time: false, distr: looks.logarithmicX ? 3 : 1, range: looks.x ? () => looks.x! : undefined },
        y: { range: looks.y ? () => looks.y! : undefined },
      },
      axes: [{ ...axis, size: 32 }, { ...axis, ...(looks.powers ? { values: powers } : {}), size: 56, label: looks.unit, labelSize: looks.unit ? 22 : 0, labelFont: axis.font }],
      series: [{}, ...this.lines.map((line) => ({
        label: line.label, stroke: variable(line.colour), width: line.width ?? 2,
        dash: line.dashed ? [6, 5] : undefined, points: { show: false }, spanGaps: false,
      }))],
      hooks: looks.zeroLines ? { drawAxes: [zeroLines] } : {},
    };
    this.plot = new uPlot(options, [this.x, ...this.lines.map((line) => line.values)] as uPlot.AlignedData, this.dom);
  }
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function powers(_: uPlot, exponents: number[]): string[] {
  return exponents.map((k) => (Number.isInteger(k) ? `10${k < 0 ? "⁻" : ""}${[...String(Math.abs(k))].map((d) => RAISED[Number(d)]).join("")}` : ""));
}

function zeroLines(plot: uPlot): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = variable("--edge");
  ctx.lineWidth = devicePixelRatio;
  for (const [scale, vertical] of [["x", true], ["y", false]] as const) {
    const at = Math.round(plot.valToPos(0, scale, true));
    const inside = vertical ? at >= bbox.left && at <= bbox.left + bbox.width : at >= bbox.top && at <= bbox.top + bbox.height;
    if (!inside) continue;
    ctx.beginPath();
    if (vertical) { ctx.moveTo(at, bbox.top); ctx.lineTo(at, bbox.top + bbox.height); }
    else { ctx.moveTo(bbox.left, at); ctx.lineTo(bbox.left + bbox.width, at); }
    ctx.stroke();
  }
  ctx.restore();
}

/** Which line is which. */
export function key(lines: { label: string; colour: string; dashed?: boolean }[]): HTMLElement {
  return h("ul", { class: "key" }, lines.map((line) => {
    const mark = h("i", { class: line.dashed ? "dashed" : "" });
    mark.style.borderColor = `var(${line.colour})`;
    return h("li", {}, mark, line.label);
  }));
}
