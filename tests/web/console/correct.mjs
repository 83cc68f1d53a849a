// The loop: a bad answer is seen, rated, mended, asked again, and its question is measured from then on.

import assert from "node:assert/strict";

export async function test(visit, { app, base, question, answer, document }) {
  const page = await visit.open(`#/chat?app=${app}`);
  const field = page.locator("#question");
  await field.fill(question);
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary");
  await panel.getByRole("button", { name: "差评" }).waitFor();

  await panel.getByRole("button", { name: "差评" }).click();
  await panel.getByRole("textbox", { name: "哪里不对？（可不填）" }).fill("<b>答非所问</b>");
  await page.keyboard.press("Enter");
  await panel.getByText("已记下：<b>答非所问</b>").waitFor();
  assert.equal(await panel.getByRole("button", { name: "差评" }).getAttribute("aria-pressed"), "true");

  // Which document is right goes into the set of questions.
  await panel.getByRole("button", { name: "加入评测集" }).click();
  const judging = page.getByRole("form", { name: "加入评测集" });
  await judging.getByRole("radio", { name: document }).first().check();
  assert.ok(await judging.getByRole("radio", { name: "错" }).isChecked(), "a bad rating has said so");
  await judging.getByRole("button", { name: "加入", exact: true }).click();
  await judging.getByText("已加入评测集。").waitFor();
  const lines = (await (await page.request.get(`${visit.url}/v1/evaluation-questions?app=${app}`)).text()).trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 1);
  assert.equal(lines[0].question, question);
  assert.ok(JSON.stringify(lines[0]).includes(document), JSON.stringify(lines[0]));

  // The right answer is stored and asked again at once.
  await panel.getByRole("button", { name: "设为标准答案" }).click();
  const storing = page.getByRole("form", { name: "设为标准答案" });
  await storing.getByRole("combobox").selectOption(base);
  await storing.getByRole("textbox", { name: /^答案/ }).fill(answer);
  await visit.audit(page, "a correction");
  await storing.getByRole("button", { name: "写入并再问一次" }).click();
  await storing.getByText(/已写入。再问同一句，直接给出这个答案/).waitFor();
  const again = storing.getByRole("link", { name: "在对话里再问一次" });
  await page.waitForFunction((link) => link.getBoundingClientRect().bottom <= innerHeight, await again.elementHandle());
  await again.click();
  await page.waitForFunction((question) => globalThis.document.getElementById("question").value === question, question);
  // The field has the focus, so that Enter asks.
  await page.keyboard.press("Enter");
  const last = page.locator(".exchange").last();
  await last.locator('[data-state="done"]').waitFor();
  assert.ok((await last.textContent()).includes(answer));
  await panel.getByText("标准答案", { exact: false }).first().waitFor();
  await page.close();

  // The list shows the rating and finds by it; a good one is no bad one.
  const list = await visit.open("#/traces?rating=down");
  await list.getByRole("row").nth(1).waitFor();
  assert.equal(await list.getByRole("row").count(), 2, "the head and the one that was rated");
  assert.equal(await list.locator(".marks").getByText("差评").count(), 1);
  await list.getByLabel("评价").selectOption("up");
  await list.getByText("没有符合条件的轨迹").waitFor();
  await list.close();

  // The set is measured in the bulk test.
  const bulk = await visit.open(`#/bulk?set=${app}`);
  await bulk.getByRole("button", { name: "不用这个文件" }).waitFor();
  await bulk.getByRole("button", { name: "开始评测" }).click();
  await bulk.getByRole("slider").waitFor();
  await bulk.close();
}
