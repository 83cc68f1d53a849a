// The console in a real Chromium, as its user would: one script for each screen, in console/.
//
// Reads nothing, prints nothing where all is as it should be; else it says what was expected and ends with 1. A request
// to any host but the console's own, an error in the page, and a breach of WCAG A or AA that axe finds are failures too.
//
//     node console.mjs CHROMIUM URL SCREEN [ORDER]

import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { Visit } from "./console/visit.mjs";

// Longer than anything takes on the slowest machine.
const PATIENCE = 60_000;

const [program, url, screen, order = "{}"] = process.argv.slice(2);
const { test } = await import(`./console/${screen}.mjs`);
// Pictures of the screens, kept where somebody wants to look at them.
const pictures = process.env.CONSOLE_PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });

const profile = mkdtempSync(join(tmpdir(), "console-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: program,
  headless: true,
  timeout: PATIENCE,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
browser.setDefaultTimeout(PATIENCE);
try {
  const visit = new Visit(browser, url, pictures);
  await test(visit, JSON.parse(order));
  visit.expectNoFault();
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
