// Softmax at any temperature, its two limits included, over logits that can be dragged.
import { post } from "../api";
import { Chart, colour, key } from "../charts";
import { announce, calm, fill, h } from "../dom";
import { number } from "../format";
import { typeset } from "../math";
import { keep, type View } from "../router";

interface Row { shares: number[]; entropy: number }

const REACH = 6; // logits from -6 to 6
const STEPS = 200; // of the slider; its ends are T = 0 and T = ∞
const DECADES = 2; // to each side of T = 1
const LADDER = Array.from({ length: 61 }, (_, k) => 10 ** (-DECADES + (2 * DECADES * k) / 60));

const temperatureAt = (step: number) => (step <= 0 ? 0 : step >= STEPS ? Infinity : 10 ** ((step / STEPS) * 2 * DECADES - DECADES));
const stepOf = (t: number) => (t === 0 ? 0 : t === Infinity ? STEPS : Math.min(STEPS - 1, Math.max(1, Math.round(((Math.log10(t) + DECADES) / (2 * DECADES)) * STEPS))));
const written = (t: number) => (t === Infinity ? "∞" : t === 0 ? "0" : number(t, 3));

export const view: View = async (place, query) => {
  let logits = (query.get("z") ?? "2,1,0.5,-1,-2").split(",").map(Number).filter(Number.isFinite).slice(0, 12);
  if (logits.length < 2) logits = [2, 1, 0];
  const asked = query.get("t");
  let t = asked === "inf" ? Infinity : asked === null ? 1 : Math.max(0, Number(asked) || 0);
  const bars = h("div", { class: "bars", role: "group", "aria-label": "Logits: drag, or use the arrow keys" });
  const shares = h("div", { class: "bars", role: "img" });
  const value = h("output", { for: "temperature" });
  const words = h("p", { class: "quiet" });
  const slider = h("input", { type: "range", id: "temperature", min: 0, max: STEPS, step: 1, onInput: () => { t = temperatureAt(Number(slider.value)); draw(); } });
  slider.value = String(stepOf(t));
  const chart = new Chart({ height: 240, title: "Shares at all temperatures", logarithmicX: true, y: [0, 1] });
  const legend = h("div", {});
  const formula = h("span", {});
  void typeset(formula, "p_i = \\frac{\\exp(z_i/T)}{\\sum_j \\exp(z_j/T)}");
  const draw = calm(16, () => void drawn());
  let latest = 0;

  async function drawn(): Promise<void> {
    const mine = ++latest;
    keep({ z: logits.map((z) => number(z, 3)).join(","), t: t === Infinity ? "inf" : number(t, 3) });
    const sent = (hot: number) => (hot === Infinity ? "inf" : hot);
    const [now, ...ladder] = await post<Row[]>("/api/softmax", { logits, temperatures: [sent(t), ...LADDER.map(sent)] });
    if (mine !== latest) return;
    value.textContent = `T = ${written(t)}`;
    slider.setAttribute("aria-valuetext", `T = ${written(t)}`);
    const entropy = `Entropy ${number(now.entropy, 3)} of ${number(Math.log2(logits.length), 3)} bits.`;
    const limit = t === 0 ? "The limit T → 0: one-hot at the largest logit; equal ones share. " : t === Infinity ? "The limit T → ∞: uniform, whatever the logits. " : "";
    fill(words, limit, entropy);
    announce(`T = ${written(t)}: ${now.shares.map((p) => number(p, 2)).join(", ")}`);
    shares.setAttribute("aria-label", `Shares: ${now.shares.map((p) => number(p, 3)).join(", ")}`);
    fill(shares, now.shares.map((p) => {
      const fillIn = h("i", {});
      fillIn.style.height = `${100 * p}%`;
      return h("div", { class: "bar" }, h("b", {}, number(p, 3)), h("div", { class: "shaft share" }, fillIn));
    }));
    const lines = logits.map((z, k) => ({ label: `z = ${number(z, 3)}`, colour: colour(k), values: ladder.map((row) => row.shares[k]) }));
    chart.show(LADDER, lines);
    fill(legend, key(lines));
  }

  function bar(k: number): HTMLElement {
    const shown = h("b", {});
    const fillIn = h("i", {});
    const shaft = h("div", { class: "shaft", role: "slider", tabindex: 0, "aria-label": `Logit ${k + 1}`, "aria-valuemin": -REACH, "aria-valuemax": REACH, "aria-orientation": "vertical" }, fillIn, h("hr", {}));
    (shaft.lastChild as HTMLElement).style.top = "50%";
    const set = (z: number) => {
      logits[k] = Math.round(Math.max(-REACH, Math.min(REACH, z)) * 20) / 20;
      shown.textContent = number(logits[k], 3);
      shaft.setAttribute("aria-valuenow", String(logits[k]));
      fillIn.style.height = `${(50 * (logits[k] + REACH)) / REACH}%`;
      draw();
    };
    const drag = (event: PointerEvent) => {
      const box = shaft.getBoundingClientRect();
      set(REACH * (1 - (2 * (event.clientY - box.top)) / box.height));
    };
    shaft.addEventListener("pointerdown", (event) => {
      shaft.setPointerCapture(event.pointerId);
      drag(event);
      shaft.addEventListener("pointermove", drag);
      shaft.addEventListener("pointerup", () => shaft.removeEventListener("pointermove", drag), { once: true });
    });
    shaft.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 0.1, ArrowRight: 0.1, ArrowDown: -0.1, ArrowLeft: -0.1, PageUp: 1, PageDown: -1, Home: -99, End: 99 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      set(logits[k] + by);
    });
    set(logits[k]);
    return h("div", { class: "bar" }, shown, shaft);
  }

  const rebuild = () => { fill(bars, logits.map((_, k) => bar(k))); draw(); };
  const resize = (by: number) => { logits = by > 0 ? [...logits, 0].slice(0, 12) : logits.slice(0, Math.max(2, logits.length - 1)); rebuild(); };
  fill(place, h("h1", {}, "Softmax temperature"), h("p", { class: "lead" }, "Only differences of logits count, and T divides them: small T sharpens, large T flattens. ", formula), 
    h("div", { class: "card stack" },
      h("label", { class: "slider", for: "temperature" }, "Temperature, 0 to ∞", slider, value), words), 
    h("div", { class: "grid halves" },
      h("section", { class: "card" }, h("div", { class: "row apart" }, h("h2", {}, "Logits"), h("div", { class: "row" },
        h("button", { type: "button", class: "plain", "aria-label": "One logit less", onClick: () => resize(-1) }, "−"),
        h("button", { type: "button", class: "plain", "aria-label": "One logit more", onClick: () => resize(1) }, "+"))), bars),
      h("section", { class: "card" }, h("h2", {}, "Shares"), shares)), 
    h("section", { class: "card" }, h("h2", {}, "At every temperature"), h("p", { class: "quiet" }, "T from 0.01 to 100, on a logarithmic axis."), legend, chart.dom));
  rebuild();
  return () => chart.destroy();
};
