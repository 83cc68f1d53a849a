/** The theme is the system's, or light or dark where the operator says so. */

import { effect, signal } from "@preact/signals";
import { keep, kept } from "./kept";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const theme = signal<Theme>(THEMES.find((known) => known === kept("local", "theme")) ?? "auto");

const isDark = signal(false);
const system = matchMedia("(prefers-color-scheme: dark)");
isDark.value = system.matches;
system.addEventListener("change", () => (isDark.value = system.matches));

effect(() => {
  document.documentElement.dataset["theme"] = theme.value === "auto" ? (isDark.value ? "dark" : "light") : theme.value;
  keep("local", "theme", theme.value);
});
