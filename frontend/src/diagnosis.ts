// The JSON of a diagnosis; it is read here and never leaves the page.

export const SCHEMA = "actfn-diagnosis/1";

export interface Snapshot { lost: number; saturated: number; sensitivity: number | null; loss: number | null }
export interface Remedy { name: string; code: string; before: Snapshot; after: Snapshot; steps: number; works: boolean }
export interface Problem {
  severity: "serious" | "warning" | "note";
  title: string;
  number: string;
  why: string;
  layers: string[];
  causes: { name: string; score: number; evidence: string }[];
  remedies: Remedy[];
}
export interface Layer {
  name: string;
  activation: string;
  units: number;
  mean: number | null;
  spread: number | null;
  forward_gain: number | null;
  predicted_forward_gain: number | null;
  backward_gain: number | null;
  predicted_backward_gain: number | null;
  sensitivity: number | null;
  awake: number | null;
  update: number | null;
}
export interface Diagnosis {
  model: string;
  batches: number;
  samples: number;
  loss: number | null;
  healthy: boolean;
  verdicts: string[];
  findings: Problem[];
  layers: Layer[];
  units: Record<string, string[]>;
  rates: Record<string, number[]>;
  training: { optimizer: string; rate: number; steps: number; losses: (number | null)[] } | null;
}

/** Read it, or say in a sentence why it is none. */
export function readDiagnosis(text: string): Diagnosis {
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is no JSON: ${(error as Error).message}.`);
  }
  const schema = (found as { schema?: unknown } | null)?.schema;
  if (schema !== SCHEMA) {
    const is = typeof schema === "string" ? `its schema is '${schema}'` : "it has no schema";
    throw new Error(`This is no diagnosis that can be read here: ${is}, and '${SCHEMA}' is wanted. In Python: actfn.diagnose(model, batches).save("diagnosis.json").`);
  }
  for (const name of ["findings", "layers", "verdicts"]) {
    if (!Array.isArray(found[name])) throw new Error(`This diagnosis is not whole: '${name}' is missing.`);
  }
  if (typeof found.units !== "object" || found.units === null) throw new Error("This diagnosis is not whole: 'units' is missing.");
  return found as unknown as Diagnosis;
}
