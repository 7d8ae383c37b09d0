// The frame around every view: navigation, light and dark, and the way from address to view.
import "katex/dist/katex.min.css";
import "uplot/dist/uPlot.min.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/views.css";
import { Refused } from "./api";
import { fill, h } from "./dom";
import { onArrival, query, type View } from "./router";

const VIEWS: { path: string; title: string; load: () => Promise<{ view: View }>; hidden?: boolean }[] = [
  { path: "/", title: "Today", load: () => import("./views/today") },
  { path: "/questions", title: "Questions", load: () => import("./views/questions") },
  { path: "/question", title: "Question", load: () => import("./views/question"), hidden: true },
  { path: "/mock", title: "Mock interview", load: () => import("./views/mock") },
  { path: "/explore", title: "Explore", load: () => import("./views/explore") },
  { path: "/temperature", title: "Temperature", load: () => import("./views/temperature") },
  { path: "/dying", title: "Dying ReLU", load: () => import("./views/dying") },
  { path: "/lab", title: "Lab", load: () => import("./views/lab") },
  { path: "/diagnose", title: "Diagnose", load: () => import("./views/diagnose") },
];

const main = document.getElementById("main")!;
let leave: (() => void) | void;
let arrivals = 0;

async function show(): Promise<void> {
  const number = ++arrivals;
  const found = VIEWS.find((view) => view.path === location.pathname) ?? VIEWS[0];
  mark(found.path === "/question" ? "/questions" : found.path);
  document.title = `${found.title} · actfn`;
  const place = h("div", { class: "view" });
  try {
    const { view } = await found.load();
    const left = await view(place, query());
    if (number !== arrivals) return void left?.();
    leave?.();
    leave = left;
  } catch (error) {
    leave?.();
    leave = undefined;
    fill(place, h("h1", {}, "That did not work"), h("p", { role: "alert" }, (error as Error).message),
      h("p", {}, h("a", { href: "/" }, "Back to today")));
  }
  fill(main, place);
  main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function mark(path: string): void {
  for (const link of document.querySelectorAll("nav a")) {
    const here = link.getAttribute("href") === path;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (here) link.scrollIntoView({ block: "nearest", inline: "center" });
  }
}

const THEMES = ["auto", "light", "dark"];

function theme(): HTMLElement {
  const apply = (name: string) => {
    if (name === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset.theme = name;
    window.dispatchEvent(new Event("theme"));
  };
  const chosen = query().get("theme") ?? localStorage.getItem("theme") ?? "auto";
  apply(chosen);
  return h("label", { class: "theme" }, h("span", { class: "unseen" }, "Colours"),
    h("select", { "aria-label": "Colours", onChange: (event: Event) => {
      const name = (event.target as HTMLSelectElement).value;
      localStorage.setItem("theme", name);
      apply(name);
    } }, THEMES.map((name) => h("option", { value: name, selected: name === chosen }, name))));
}

function frame(): void {
  const links = VIEWS.filter((view) => !view.hidden);
  fill(document.getElementById("top")!,
    h("a", { class: "brand", href: "/", "aria-label": "actfn: today" }, "actfn"),
    h("nav", { "aria-label": "Views" }, h("ul", {}, links.map((view) =>
      h("li", {}, h("a", { href: view.path }, view.title))))),
    theme());
}

/** What went wrong while nobody was waiting for it, such as a server that was closed. */
function complain(event: PromiseRejectionEvent): void {
  if (!(event.reason instanceof Refused)) return;
  event.preventDefault();
  const banner = h("div", { class: "banner", role: "alert" }, event.reason.message, " ",
    h("button", { type: "button", onClick: () => banner.remove() }, "Dismiss"));
  document.querySelector(".banner")?.remove();
  document.body.append(banner);
}

// The token has done its work: the server has set a cookie.
if (query().has("token")) {
  const rest = query();
  rest.delete("token");
  history.replaceState(null, "", location.pathname + (rest.size ? `?${rest}` : ""));
}
frame();
window.addEventListener("unhandledrejection", complain);
onArrival(() => void show());
void show();
