// Drop the JSON of a diagnosis and read its report.
import { Chart } from "../charts";
import { readDiagnosis, type Diagnosis, type Layer, type Problem, type Remedy, type Snapshot } from "../diagnosis";
import { announce, fill, h, ticked } from "../dom";
import { count, number } from "../format";
import type { View } from "../router";

const SEVERITIES = { serious: "wrong", warning: "fragile", note: "new" };
const LOOKS: Record<string, string> = { "certified dead": "--wrong", dead: "--wrong", saturated: "--plot-6", silent: "--plot-4", sparse: "--plot-5", healthy: "--plot-1" };

export const view: View = (place) => {
  const report = h("div", {});
  const said = h("p", { class: "error", role: "alert" });
  const file = h("input", { type: "file", id: "file", class: "unseen", accept: ".json,application/json", onChange: () => void take(file.files) });
  const zone = h("div", { class: "drop unprinted" },
    h("p", {}, "Drop a diagnosis here, or"), h("label", { class: "button", for: "file" }, "Choose a file"), file,
    h("p", { class: "quiet after" }, "Made in Python by ", h("code", {}, 'actfn.diagnose(model, batches).save("diagnosis.json")'), ". It is read in this page and sent nowhere."));
  let chart: Chart | null = null;

  async function take(files: FileList | null | undefined): Promise<void> {
    const found = files?.[0];
    if (!found) return;
    try {
      show(readDiagnosis(await found.text()));
      fill(said);
    } catch (error) {
      fill(said, `${found.name}: ${(error as Error).message}`);
      fill(report);
    }
    file.value = "";
  }

  function show(found: Diagnosis): void {
    chart?.destroy();
    chart = null;
    fill(report, h("div", { class: "stack after" },
      h("h2", { tabindex: -1 }, found.model),
      h("p", { class: "quiet" }, `${count(found.samples, "sample")} in ${count(found.batches, "batch").replace("batchs", "batches")}${found.loss === null ? "" : `, loss ${number(found.loss)}`}. ${found.findings.length ? count(found.findings.length, "finding") : "Nothing is wrong"}.`),
      found.findings.map(problem), units(found), layers(found.layers), training(found)));
    announce(found.findings[0]?.title ?? "Nothing is wrong.");
    report.querySelector<HTMLElement>("h2")!.focus();
  }

  function training(found: Diagnosis): Node | null {
    const run = found.training;
    if (!run || run.losses.length < 2) return null;
    chart = new Chart({ height: 190, title: "Loss in the first steps of training" });
    chart.show(run.losses.map((_, k) => k), [{ label: "loss", colour: "--plot-2", values: run.losses }]);
    return h("section", { class: "card" }, h("h3", {}, "The first steps of training, on a copy"),
      h("p", { class: "quiet" }, `${run.steps} steps with ${run.optimizer} at rate ${number(run.rate)}.`), chart.dom);
  }

  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    void take(event.dataTransfer?.files);
  });
  fill(place, h("h1", {}, "Diagnose"), h("p", { class: "lead" }, "Why a network does not learn: dead, saturated and vanishing units, with their cause and remedies that were tried."),
    h("div", { class: "after" }, zone), said, report);
  return () => chart?.destroy();
};

function problem(found: Problem): HTMLElement {
  return h("article", { class: "card stack" },
    h("h3", {}, h("span", { class: `badge ${SEVERITIES[found.severity] ?? "new"}` }, found.severity), " ", found.title),
    h("p", {}, h("strong", {}, found.number)), h("p", {}, found.why),
    found.layers?.length ? h("p", { class: "quiet" }, `In ${found.layers.join(", ")}.`) : null,
    found.causes?.length ? [h("h4", {}, "Why, by evidence"), h("ol", { class: "hints" }, found.causes.map((cause) =>
      h("li", {}, h("strong", {}, cause.name), ` (${Math.round(100 * cause.score)} %): `, ticked(cause.evidence))))] : null,
    found.remedies?.length ? [h("h4", {}, `Remedies, tried${found.remedies[0].steps ? ` for ${found.remedies[0].steps} steps` : ""} on a copy`),
      table("Remedies", ["Remedy", "Idle units", "Gradient, first to last", "Loss", ""], found.remedies.map(remedy))] : null);
}

function remedy(found: Remedy): (Node | string)[] {
  const pair = (of: (snapshot: Snapshot) => number | null) => {
    const [before, after] = [of(found.before), of(found.after)];
    return before === null || after === null ? "–" : `${number(before, 3)} → ${number(after, 3)}`;
  };
  return [h("div", {}, found.name, h("pre", { tabindex: 0 }, found.code)), pair((s) => s.lost + s.saturated), pair((s) => s.sensitivity), pair((s) => s.loss),
    h("span", { class: `badge ${found.works ? "pass" : "wrong"}` }, found.works ? "✓ works" : "✗ does not")];
}

function units(found: Diagnosis): HTMLElement {
  const mark = (verdict: string) => {
    const cell = h("i", {});
    cell.style.background = `var(${LOOKS[verdict] ?? "--edge"})`;
    if (verdict === "certified dead" || verdict === "dead") cell.style.borderRadius = "0";
    return cell;
  };
  return h("section", { class: "card stack", "aria-labelledby": "units" }, h("h3", { id: "units" }, "Units"),
    h("ul", { class: "key strip" }, found.verdicts.map((verdict) => h("li", { class: "row" }, mark(verdict), verdict))),
    Object.entries(found.units).map(([name, verdicts]) => {
      const counts = found.verdicts.map((v) => [v, verdicts.filter((w) => w === v).length] as const).filter(([, n]) => n);
      const cells = verdicts.map((verdict, k) => {
        const cell = mark(verdict);
        cell.title = `unit ${k}: ${verdict}, awake in ${number(100 * (found.rates?.[name]?.[k] ?? 0), 3)} % of the samples`;
        return cell;
      });
      return h("div", {}, h("p", {}, h("strong", {}, name), " ", h("span", { class: "quiet" }, counts.map(([v, n]) => `${n} ${v}`).join(", "))),
        h("div", { class: "strip", "aria-hidden": "true" }, cells));
    }));
}

function layers(found: Layer[]): HTMLElement {
  const exact = (measured: number | null, predicted: number | null) =>
    measured === null ? "–" : number(measured, 3) + (predicted === null ? "" : ` (${number(predicted, 3)})`);
  const heads = ["Layer", "f", "Units", "Mean z", "Std z", "f / z", "dz / da", "Gradient", "Awake", "Update"];
  return h("section", { class: "card" }, h("h3", {}, "Layers"),
    table("Layers", heads, found.map((layer) => [layer.name, layer.activation ?? "none", String(layer.units), number(layer.mean, 3), number(layer.spread, 3),
      exact(layer.forward_gain, layer.predicted_forward_gain), exact(layer.backward_gain, layer.predicted_backward_gain),
      number(layer.sensitivity, 3), layer.awake === null ? "–" : `${Math.round(100 * layer.awake)} %`, number(layer.update, 3)])),
    h("p", { class: "quiet after" }, "f / z and dz / da: what the activation makes of signal and gradient, measured, and in brackets exactly for Gaussian z. Gradient: over that of the last layer."));
}

function table(name: string, heads: string[], rows: (Node | string)[][]): HTMLElement {
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": name }, h("table", { class: "plainly" },
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))))));
}
