// Formulas; KaTeX comes when there is one.

/** Show LaTeX in an element. */
export async function typeset(element: HTMLElement, latex: string, display = false): Promise<void> {
  const { default: katex } = await import("./katex");
  element.replaceChildren();
  // Without MathML a screen reader would have nothing; KaTeX adds it beside the drawing.
  katex.render(latex, element, { displayMode: display, throwOnError: false, strict: false });
}

/** Show all formulas of a passage. */
export function typesetAll(place: HTMLElement): void {
  for (const element of place.querySelectorAll<HTMLElement>(".math")) {
    void typeset(element, element.textContent ?? "", element.classList.contains("display"));
  }
}
