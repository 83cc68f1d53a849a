// 插件: what a plugin was refused is red with the line that grants it, and with that line it is refused no more.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

export async function test(visit, { plugin, other, denied, question, config }) {
  const page = await visit.open("#/plugins");
  const plugins = async () => (await page.request.get(`${visit.url}/v1/plugins`)).json();
  const named = async (name) => (await plugins()).find((one) => one.name === name);
  const card = page.locator(`[data-plugin="${plugin}"]`);
  await card.waitFor();
  assert.deepEqual(await page.locator("[data-plugin]").evaluateAll((cards) => cards.map((card) => card.dataset.plugin)), (await plugins()).map(({ name }) => name));

  const told = await named(plugin);
  const [missing] = told.seen.denied;
  assert.equal(missing.what, denied);
  const line = card.locator('[data-state="denied"]');
  assert.equal(await line.count(), told.seen.denied.length);
  const text = await line.first().textContent();
  assert.ok(text.includes(missing.what) && text.includes(missing.line) && text.includes(`[${missing.table}]`), text);
  for (const host of told.grants.hosts) {
    const state = told.seen.used.hosts.includes(host) ? "used" : "unused";
    assert.ok((await card.locator(`.grants [data-state="${state}"]`).allTextContents()).some((text) => text.includes(host)), host);
  }
  for (const base of (await named(other)).grants.knowledge) await page.locator(`[data-plugin="${other}"] .grants`).getByText(base, { exact: true }).waitFor({ state: "attached" });
  const bars = await card.locator(".hours li").evaluateAll((bars) => bars.map((bar) => Number(bar.dataset.calls)));
  assert.equal(bars.length, 24);
  assert.equal(bars.reduce((sum, calls) => sum + calls, 0), told.seen.hours.reduce((sum, { calls }) => sum + calls, 0));
  await visit.audit(page, "a denial");

  // A test run, by keyboard: it is refused the same, and says so.
  await card.locator("details.try > summary").focus();
  await page.keyboard.press("Enter");
  await card.locator("textarea").focus();
  await page.keyboard.type(question);
  await page.keyboard.press("Control+Enter");
  const outcome = card.locator(".try-outcome");
  await outcome.waitFor();
  assert.ok((await outcome.textContent()).includes(missing.line));
  await visit.audit(page, "a test run");

  // The line takes the place of the one with the same key, and the plugin gets through.
  const key = missing.line.split("=")[0].trim();
  const [before, after] = readFileSync(config, "utf8").split(`[${missing.table}]`);
  writeFileSync(config, `${before}[${missing.table}]${after.replace(new RegExp(`^${key} = .*$`, "m"), missing.line)}`);
  const reloaded = await visit.post("/v1/config/reload", {});
  assert.ok(reloaded.applied, JSON.stringify(reloaded));
  await card.getByRole("button", { name: "运行", exact: true }).click();
  await outcome.locator(".mark.good").first().waitFor();
  assert.equal(await outcome.locator('[data-state="denied"]').count(), 0);

  // The other kind of run: what a contributor finds.
  const kb = page.locator(`[data-plugin="${other}"]`);
  if (await kb.getAttribute("open") === null) await kb.locator("> summary").click();
  await kb.locator("details.try > summary").click();
  await kb.locator("textarea").fill(question);
  await kb.getByRole("button", { name: "运行", exact: true }).click();
  await kb.locator(".try-outcome .passages, .try-outcome .muted").first().waitFor();
  await page.close();
  await visit.survey("plugins", "#/plugins", (page) => page.locator("[data-plugin]").first().waitFor());
}
