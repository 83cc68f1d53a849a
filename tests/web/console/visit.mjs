// A visit of the console: opens its pages, and notes what must never happen in any of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const AXE = readFileSync(join(import.meta.dirname, "../node_modules/axe-core/axe.min.js"), "utf8");

const WIDTHS = [1280, 720, 320];
const THEMES = ["light", "dark"];
const LANGUAGES = ["zh", "en"];

export class Visit {
  faults = [];

  constructor(browser, url, pictures) {
    Object.assign(this, { browser, url, pictures });
  }

  /** Opens a place such as `#/traces`. `requests` of the page are what it has asked the host for. */
  async open(place, { width = 1280, theme = "light", language = "zh", key } = {}) {
    const page = await this.browser.newPage();
    page.requests = [];
    const origin = new URL(this.url).origin;
    page.on("request", (request) => {
      page.requests.push(request);
      const asked = new URL(request.url());
      if (!["data:", "blob:"].includes(asked.protocol) && asked.origin !== origin) this.faults.push(`asked ${asked}`);
    });
    page.on("pageerror", (error) => this.faults.push(`${place}: ${error.stack}`));
    page.on("console", (message) => {
      // A status that is an error is the host's to give and the page's to show.
      const isStatus = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isStatus) this.faults.push(`${place}: ${message.text()}`);
    });
    page.on("dialog", async (dialog) => {
      this.faults.push(`${place}: a dialog said ${dialog.message()}`);
      await dialog.dismiss();
    });
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.addInitScript(([language, key]) => {
      localStorage.setItem("qianfan:language", language);
      if (key) sessionStorage.setItem("qianfan:key", key);
    }, [language, key]);
    await page.goto(`${this.url}/console/${place}`);
    return page;
  }

  /** Sends JSON past the page, as the page would: a browser that does not say from which page is refused. */
  async post(path, data) {
    const response = await this.browser.request.post(`${this.url}${path}`, { data, headers: { origin: new URL(this.url).origin } });
    assert.equal(response.status(), 200, await response.text());
    return response.json();
  }

  /** Looks at a place in each language, theme and width: nothing goes over the edge, and axe finds nothing
   * where it could find something else. */
  async survey(name, place, settled) {
    for (const language of LANGUAGES) {
      const page = await this.open(place, { language });
      await settled(page);
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 800 });
          const where = `${name} ${language} ${theme} ${width}`;
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${where}: the page is ${wide} px wide`);
          // Nor does it go on below its end.
          const below = await page.evaluate(() => document.documentElement.scrollHeight - Math.max(innerHeight, document.querySelector("main").getBoundingClientRect().bottom + scrollY));
          assert.ok(below <= 1, `${where}: ${below} px of nothing below the page`);
          // Neither contrast nor structure depends on the language, nor on the width in between.
          const isTelling = language === "zh" ? width !== 720 : theme === "light" && width === 320;
          if (isTelling) await this.audit(page, where);
          if (this.pictures) await page.screenshot({ path: join(this.pictures, `${name}-${language}-${theme}-${width}.png`) });
        }
      }
      await page.close();
    }
  }

  /** axe in the page. It is put there by the browser, past the page's own policy, which would not have it. */
  async audit(page, where) {
    const found = await page.evaluate(async (axe) => {
      // What is half behind the header would be too small a target.
      scrollTo(0, 0);
      if (!window.axe) (0, eval)(axe);
      const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message)}`).join("\n  ")}`);
    }, AXE);
    assert.deepEqual(found, [], where);
  }

  expectNoFault() {
    assert.deepEqual(this.faults, []);
  }
}
