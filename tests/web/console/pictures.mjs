// The pictures of the documentation: one of each screen with the example app at work, as an operator sees it.

import assert from "node:assert/strict";
import { join } from "node:path";

export async function test(visit, { question, id, run, document }) {
  const picture = async (name, place, settled) => {
    const page = await visit.open(place);
    await settled(page);
    // The lamp says how the host is.
    await page.locator(".lamp i.good").waitFor();
    await page.evaluate(() => document.fonts.ready);
    await visit.audit(page, name);
    if (visit.pictures) await page.screenshot({ path: join(visit.pictures, `console-${name}.png`) });
    await page.close();
  };
  const first = (selector) => (page) => page.locator(selector).first().waitFor();

  await picture("chat", "#/chat", async (page) => {
    await page.getByRole("textbox", { name: "问题" }).fill(question);
    await page.keyboard.press("Enter");
    await page.locator('.exchange [data-state="done"]').waitFor();
    await page.getByRole("complementary").getByRole("link", { name: "轨迹" }).waitFor();
    await page.locator(".answered .cite").first().waitFor();
  });
  await picture("traces", "#/traces", async (page) => {
    await page.locator(".turns .row a").nth(5).waitFor();
    assert.ok(await page.locator(".turns .mark.bad").count() > 0, "a turn that stands out");
  });
  await picture("trace", `#/traces?id=${id}`, first(".fall li"));
  await picture("prompt", `#/traces?id=${id}&tab=prompt`, first(".runs .run.passage"));
  await picture("hit", `#/hit?q=${encodeURIComponent(question)}`, first(".inside .hit-row"));
  await picture("bulk", `#/bulk?run=${run}`, first(".chart .plot svg"));
  await picture("base", "#/bases?base=policy", first(".documents .row a"));
  await picture("document", `#/bases?base=faq&document=${document}`, first(".sections .card"));
  await picture("plugins", "#/plugins?name=search", first(".plugin[open] .meters li"));
  await picture("costs", "#/costs", first(".screen table"));
}
