// A host whose embedding model is not there yet: each screen says how to get it, in the page's language, and all of it can be read.

import assert from "node:assert/strict";

const HOW = /缺少向量模型的文件.*qianfan-host setup model/s;

export async function test(visit, { question }) {
  const places = {
    "#/bases": ".tiles .note",
    "#/bases?base=docs": ".note",
    [`#/hit?q=${encodeURIComponent(question)}`]: ".strip > .note",
    "#/chat": ".lamp .popover li p",
  };
  for (const width of [1280, 320]) {
    for (const [place, selector] of Object.entries(places)) {
      const page = await visit.open(place, { width });
      if (selector.startsWith(".lamp")) await page.locator(".lamp summary").click();
      const said = page.locator(selector).first();
      await said.waitFor();
      assert.match(await said.textContent(), HOW, place);
      const [box, own, whole] = await said.evaluate((element) => [element.getBoundingClientRect().toJSON(), element.clientWidth, element.scrollWidth]);
      assert.ok(box.left >= 0 && box.right <= width && whole <= own + 1, `${place} ${width}: ${JSON.stringify({ box, own, whole })}`);
      assert.ok(width < 1000 || box.height < 160, `${place} ${width}: ${box.height} px high`);
      // What the box around it cuts off cannot be read either.
      assert.ok(await said.evaluate((element) => [element.closest(".popover, .card, main")].every((around) => around.scrollWidth <= around.clientWidth + 1)), `${place} ${width}`);
      await visit.audit(page, `${place} ${width}`);
      await page.close();
    }
  }
  const page = await visit.open("#/chat");
  await page.getByRole("textbox", { name: "问题" }).fill(question);
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("要等管理员修好").waitFor();
  const panel = page.getByRole("complementary");
  await panel.getByText("缺少向量模型的文件").first().waitFor();
  assert.equal(await panel.getByText("英文原文").count(), 0);
  await page.close();
}
