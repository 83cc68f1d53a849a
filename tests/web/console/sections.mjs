// A document of many sections: those in sight are in the page, any place of it can be gone to, and what is being edited stays.

import assert from "node:assert/strict";

export async function test(visit, { base, document, sections }) {
  const page = await visit.open(`#/bases?base=${base}&document=${document}`);
  const section = (n) => page.locator(`[data-section="${n}"]`);
  await section(0).waitFor();
  const list = page.getByRole("list", { name: "段落" });
  const go = (share) => list.evaluate((list, share) => (list.scrollTop = list.scrollHeight * share), share);
  await go(1);
  await section(sections - 1).waitFor();
  // It is the end, also when the rows have turned out to be of other heights.
  await page.waitForFunction((n) => {
    const [last, list] = [`[data-section="${n}"]`, ".rows.sections"].map((selector) => globalThis.document.querySelector(selector)?.getBoundingClientRect());
    return last && last.bottom <= list.bottom;
  }, sections - 1);
  assert.ok(await page.locator("[data-section]").count() <= 60, "sections in the page");

  await go(0);
  await section(1).getByRole("button", { name: "编辑第 2 段" }).click();
  const text = section(1).getByRole("textbox");
  await text.fill("改到一半的文字");
  // The one below makes room for the form.
  await page.waitForFunction(() => {
    const [form, next] = [1, 2].map((n) => globalThis.document.querySelector(`[data-section="${n}"]`)?.getBoundingClientRect());
    return form && next && form.bottom <= next.top;
  });
  await visit.audit(page, "sections in a list");
  await go(0.5);
  await section(0).waitFor({ state: "detached" });
  assert.equal(await text.inputValue(), "改到一半的文字");
  await go(0);
  await section(1).getByRole("button", { name: "保存" }).click();
  await section(1).getByText("改到一半的文字").waitFor();
  await page.close();
}
