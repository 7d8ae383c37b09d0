// A network whose units go dark: say how many, then see.
import { post } from "../api";
import { Chart } from "../charts";
import { announce, calm, fill, h } from "../dom";
import { count, number } from "../format";
import { keep, type View } from "../router";

interface Frame { step: number; loss: number | null; accuracy: number; active: number[][] }

const STEPS = 60;
const BEAT = 90; // milliseconds a step
const rateAt = (k: number) => Number((10 ** (k / 50 - 2)).toPrecision(2)); // 0.01 to 10

export const view: View = async (place, query) => {
  let [rate, seed, bias] = [Number(query.get("rate") ?? 2), Number(query.get("seed") ?? 0), Number(query.get("bias") ?? 0)];
  let activation = query.get("activation") ?? "relu";
  let frames: Frame[] = [];
  let revealed = false;
  let playing = 0;
  const units = h("div", { class: "layers", role: "img" });
  const chart = new Chart({ height: 170, title: "Loss at every step" });
  const words = h("p", { role: "status" });
  const said = h("output", { for: "guess" });
  const guess = h("input", { type: "range", id: "guess", min: 0, max: 48, step: 1, onInput: () => { said.textContent = guess.value; } });
  const time = h("input", { type: "range", id: "step", min: 0, max: STEPS, step: 1, "aria-label": "Step", onInput: () => { pause(); show(Number(time.value)); } });
  const at = h("output", { for: "step" });
  const reveal = h("button", { type: "button", class: "primary", onClick: () => void run() }, "Reveal");
  const again = h("button", { type: "button", onClick: () => (playing ? pause() : play()) }, "Play");
  const player = h("div", { class: "stack", hidden: true }, h("label", { class: "slider", for: "step" }, "Step", time, at), h("div", { class: "row" }, again), chart.dom);

  const dark = (frame: Frame) => frame.active.flat().filter((share) => share === 0).length;

  function show(k: number): void {
    const frame = frames[k];
    if (!frame) return;
    time.value = String(k);
    at.textContent = `${k} of ${frames.length - 1}`;
    fill(units, frame.active.map((layer, number) => h("div", { class: "layer" }, `Layer ${number + 1}`, layer.map((share) => {
      const unit = h("i", { class: share === 0 ? "unit dark" : "unit", title: share === 0 ? "passes no gradient" : `passes a gradient for ${Math.round(100 * share)} % of the points` });
      unit.style.opacity = String(0.25 + 0.75 * share);
      return unit;
    }))));
    units.setAttribute("aria-label", frame.active.map((layer, n) => `layer ${n + 1}: ${layer.filter((s) => s === 0).length} of ${layer.length} dark`).join(", "));
    fill(words, `After ${count(k, "step")}: ${count(dark(frame), "unit")} of 48 dark, ${number(100 * frame.accuracy, 3)} % of the points right, loss ${number(frame.loss, 3)}.`);
  }

  function play(): void {
    if (Number(time.value) >= frames.length - 1) time.value = "0";
    fill(again, "Pause");
    playing = window.setInterval(() => {
      const next = Number(time.value) + 1;
      if (next >= frames.length) return ended();
      show(next);
    }, BEAT);
  }

  function pause(): void {
    clearInterval(playing);
    playing = 0;
    fill(again, "Play");
  }

  function ended(): void {
    pause();
    const last = dark(frames.at(-1)!);
    const off = Math.abs(last - Number(guess.value));
    announce(`${last} dark`);
    words.append(h("strong", {}, ` You said ${guess.value}: ${off === 0 ? "exactly." : `off by ${off}.`}`));
  }

  async function load(): Promise<void> {
    keep({ rate: rate === 2 ? null : rate, seed: seed || null, bias: bias || null, activation: activation === "relu" ? null : activation });
    const found = await post<{ frames: Frame[] }>("/api/dying", { rate, seed, bias, activation, steps: STEPS });
    frames = found.frames;
    chart.show(frames.map((frame) => frame.step), [{ label: "loss", colour: "--plot-2", values: frames.map((frame) => frame.loss) }]);
    show(revealed ? Number(time.value) : 0);
  }

  async function run(): Promise<void> {
    revealed = true;
    player.hidden = false;
    reveal.disabled = true;
    await load();
    show(0);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { show(frames.length - 1); ended(); } else play();
  }

  const reload = calm(60, () => {
    pause();
    revealed = false; // another network, another guess
    player.hidden = true;
    reveal.disabled = false;
    void load();
  });
  const shown = h("output", { for: "rate" }, number(rate, 2));
  const slider = h("input", { type: "range", id: "rate", min: 0, max: 150, step: 1, onInput: () => {
    rate = rateAt(Number(slider.value));
    shown.textContent = number(rate, 2);
    reload();
  } });
  slider.value = String(Math.round((Math.log10(rate || 0.01) + 2) * 50));
  said.textContent = guess.value = "8";
  const field = (id: string, label: string, value: number, set: (value: number) => void, step = 1) => {
    const input = h("input", { type: "number", id, value, step, onChange: () => { set(Number(input.value) || 0); reload(); } });
    return h("label", { class: "field", for: id }, label, input);
  };
  const choice = h("select", { id: "activation", onChange: () => { activation = choice.value; reload(); } },
    ["relu", "leaky_relu", "tanh"].map((name) => h("option", { value: name, selected: name === activation }, name)));

  fill(place, h("h1", {}, "Dying ReLU"),
    h("p", { class: "lead" }, "Three layers of 16 units learn to tell two half-moons apart, by gradient descent on all points at once. A unit is dark where its activation passes no gradient for any point. The brighter, the more points it answers to."),  h("div", { class: "grid aside" },
      h("section", { class: "card stack", "aria-label": "The network" }, units, words, player),
      h("section", { class: "card stack", "aria-label": "What you choose" },
        h("label", { class: "field", for: "rate" }, h("span", { class: "row apart" }, "Learning rate", shown), slider),
        h("label", { class: "field", for: "activation" }, "Activation", choice),
        field("bias", "Bias at the start", bias, (v) => { bias = Math.max(-100, Math.min(100, v)); }, 0.1),
        field("seed", "Seed", seed, (v) => { seed = Math.max(0, Math.floor(v)); }),
        h("label", { class: "field", for: "guess" }, h("span", { class: "row apart" }, `Dark after ${STEPS} steps? Your guess`, said), guess),
        reveal)));
  await load();
  return () => { pause(); chart.destroy(); };
};
