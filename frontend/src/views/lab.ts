// Claims of textbooks: predict what a run will find, then have it run.
import { get, stream } from "../api";
import { announce, fill, h } from "../dom";
import { badge, count, number } from "../format";
import { link, type View } from "../router";

interface Asked { name: string; question: string; choices: string[]; missing: string }
interface Found {
  says: string; source: string; code: string; right: string; expected: string; verdict: string; because: string;
  numbers: { what: string; mean: number | null; half_width: number | null; unit: string }[];
}

const LOOKS: Record<string, string> = { holds: "pass", "holds only if": "fragile", "does not hold": "wrong" };

export const view: View = async (place, query) => {
  const { claims, missing } = await get<{ claims: Asked[]; missing: string }>("/api/claims");
  const wanted = query.get("claim");
  const shown = wanted ? claims.filter((asked) => asked.name === wanted) : claims;
  const able = claims.filter((asked) => !asked.missing);
  fill(place, h("h1", {}, "Lab"),
    h("p", { class: "lead" }, "What textbooks and interviewers claim, put to the test. Predict first; then the claim is run on this machine, with fixed seeds, and its verdict and numbers are shown beside what you said."),
    missing ? h("p", { role: "note", class: "card" }, h("strong", {}, `${missing} is not installed. `),
      `${claims.length - able.length} of the ${claims.length} claims read its digits and wait for it: `, h("code", {}, `pip install ${missing}`),
      `, where actfn is installed, and load this page again. The other ${able.length} run.`) : null,
    wanted ? h("p", {}, shown.length ? null : `There is no claim '${wanted}'. `, h("a", { href: "/lab" }, `All ${count(claims.length, "claim")}`)) : null,
    h("ol", { class: "claims" }, shown.map(card)));
};

function card(asked: Asked): HTMLElement {
  const outcome = h("div", { class: "stack", tabindex: -1 });
  const title = `claim-${asked.name}`;
  const buttons = asked.choices.map((choice) => h("button", {
    type: "button", disabled: Boolean(asked.missing), "aria-pressed": "false", onClick: () => void predict(choice),
  }, choice));

  async function predict(choice: string): Promise<void> {
    buttons.forEach((button, k) => {
      button.disabled = true;
      button.setAttribute("aria-pressed", String(asked.choices[k] === choice));
    });
    const words = h("span", { class: "quiet" }, "Running …");
    fill(outcome, h("div", { class: "actions" }, h("span", { class: "meter endless" }, h("i", {})), words));
    announce("Running.");
    outcome.focus({ preventScroll: true }); // the button that had it is disabled
    try {
      const found = await stream<Found>(`/api/claims/${asked.name}/run`, {}, (seconds) => {
        words.textContent = seconds ? `Running for ${Math.floor(seconds)} s` : "Waiting for the claim before it";
      });
      reveal(found, choice);
    } catch (error) {
      fill(outcome, h("p", { class: "error", role: "alert" }, (error as Error).message));
      for (const button of buttons) button.disabled = false;
    }
  }

  function reveal(found: Found, choice: string): void {
    const said = judged(found, choice);
    fill(outcome, h("p", { class: "verdict" }, said.mark, h("span", {}, said.words)),
      h("blockquote", {}, found.says, h("footer", { class: "quiet" }, found.source)),
      h("p", {}, badge(LOOKS[found.verdict], found.verdict), ` ${found.because}.`),
      h("dl", { class: "facts" }, found.numbers.map((n) => [h("dt", {}, n.what),
        h("dd", {}, number(n.mean), n.half_width ? ` ± ${number(n.half_width, 2)}` : "", n.unit ? ` ${n.unit}` : "")])),
      h("pre", { tabindex: 0, "aria-label": "Code" }, h("code", {}, found.code)),
      h("p", { class: "quiet" }, "In the terminal: ", h("code", {}, `actfn lab ${asked.name}`)));
    announce(`${said.words} The claim ${found.verdict}${found.verdict === "holds only if" ? "" : ":"} ${found.because}.`);
  }

  return h("li", {}, h("article", { class: "card stack", "aria-labelledby": title },
    h("h2", { id: title }, asked.question),
    h("div", { class: "row", role: "group", "aria-label": "Your prediction" }, buttons),
    outcome,
    h("p", { class: "quiet" }, asked.missing ? `Needs ${asked.missing}. ` : null,
      h("a", { href: link("/lab", { claim: asked.name }), "aria-describedby": title }, "Link to this claim"))));
}

/** Whether the prediction was right; that is known only where the run found what was expected. */
function judged(found: Found, choice: string): { mark: HTMLElement; words: string } {
  if (found.verdict !== found.expected) {
    return { mark: badge("ungraded", "open"), words: `You said “${choice}”. This run found something else than “${found.expected}”, which was expected: judge by the numbers.` };
  }
  return choice === found.right
    ? { mark: badge("pass", "right"), words: `You said “${choice}”.` }
    : { mark: badge("wrong", "not right"), words: `You said “${choice}”; it is “${found.right}”.` };
}
