// The code editor: CodeMirror with Python, Ctrl-Enter, and remarks beside the lines they concern.
import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState, Prec, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap, WidgetType } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";
import { h } from "./dom";
import type { Finding } from "./types";

const nonce = document.querySelector<HTMLMetaElement>("meta[name='csp-nonce']")!.content;

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--plot-3)", fontWeight: "550" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--pass)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--plot-2)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: tags.function(tags.definition(tags.variableName)), color: "var(--accent)", fontWeight: "600" },
]);

const looks = EditorView.theme({
  "&": { fontSize: "14px", backgroundColor: "var(--surface)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", minHeight: "15em", maxHeight: "60vh", fontVariantLigatures: "none" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 24%, transparent) !important" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-matchingBracket": { backgroundColor: "var(--accent-soft) !important" },
});

class Remark extends WidgetType {
  constructor(readonly finding: Finding) {
    super();
  }

  eq(other: Remark): boolean {
    return other.finding === this.finding;
  }

  toDOM(): HTMLElement {
    const { severity, message, input, got, expected } = this.finding;
    const shown = input && ` At ${input}: got ${got || "nothing"}${expected ? `, expected ${expected}` : ""}.`;
    return h("span", { class: `cm-remark ${severity}` }, `${severity}: ${message}.`, shown && h("code", {}, shown));
  }
}

const setRemarks = StateEffect.define<Finding[]>();

const remarks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(found, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setRemarks)) return placed(effect.value, transaction.state.doc);
    }
    return found.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function placed(findings: Finding[], text: Text): DecorationSet {
  // Notes are in the gutter only: there may be many, and none breaks the answer.
  const there = findings.filter((f) => f.severity !== "note" && f.line !== null && f.line <= text.lines);
  return Decoration.set(there.map((finding) =>
    Decoration.widget({ widget: new Remark(finding), block: true, side: 1 }).range(text.line(finding.line!).to)), true);
}

export interface Editor {
  readonly dom: HTMLElement;
  text(): string;
  replace(text: string): void;
  show(findings: Finding[]): void;
  focus(): void;
  destroy(): void;
}

export function editor(text: string, label: string, run: () => void, changed: () => void): Editor {
  const view = new EditorView({
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }])),
        basicSetup, keymap.of([indentWithTab]), python(), indentUnit.of("    "), lintGutter(), remarks,
        syntaxHighlighting(colours), looks, EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.updateListener.of((update) => update.docChanged && changed()),
      ],
    }),
  });
  return {
    dom: h("div", { class: "editor" }, view.dom),
    text: () => view.state.doc.toString(),
    replace: (fresh) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: fresh } }),
    show(findings) {
      const { doc } = view.state;
      const marked: Diagnostic[] = findings.filter((f) => f.line !== null && f.line <= doc.lines).map((f) => ({
        from: doc.line(f.line!).from, to: doc.line(f.line!).to, message: f.message,
        severity: f.severity === "wrong" ? "error" : f.severity === "fragile" ? "warning" : "info",
      }));
      view.dispatch({ effects: setRemarks.of(findings) });
      view.dispatch(setDiagnostics(view.state, marked));
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
