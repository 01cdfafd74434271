/** Light or dark: as the system says, until the reader says otherwise. */
import { recall, remember } from "../lib/memory";
import { button } from "../views/dom";

const KEPT = "theme";
const NEXT = { auto: "light", light: "dark", dark: "auto" } as const;
type Theme = keyof typeof NEXT;
const WORDS: Record<Theme, string> = { auto: "as the system", light: "light", dark: "dark" };
const SIGNS: Record<Theme, string> = { auto: "◐", light: "☀", dark: "☾" };

function kept(): Theme {
  const found = recall(KEPT);
  return found === "light" || found === "dark" ? found : "auto";
}

function apply(theme: Theme): void {
  const { documentElement } = document;
  if (theme === "auto") documentElement.removeAttribute("data-theme");
  else documentElement.setAttribute("data-theme", theme);
}

let drawn: ((theme: Theme) => void) | null = null;

function turn(): void {
  const next = NEXT[kept()];
  remember(KEPT, next === "auto" ? null : next);
  apply(next);
  drawn?.(next);
}

/** From the first moment on: before the server has said who is here, the page has its theme and hears its key. */
export function followTheme(): void {
  apply(kept());
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.key.toLowerCase() === "m") turn();
  });
}

export function themeSwitch(): HTMLElement {
  const draw = (theme: Theme) => {
    element.textContent = SIGNS[theme];
    element.title = `Theme: ${WORDS[theme]} (Alt+M)`;
    element.setAttribute("aria-label", `Theme: ${WORDS[theme]}`);
  };
  const element = button("", turn, { class: "tb-button tb-page-theme", "aria-keyshortcuts": "Alt+M" });
  drawn = draw;
  draw(kept());
  return element;
}
