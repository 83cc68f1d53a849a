// 知识库: documents found by a filter, tried again and deleted by it; and what a base is searched by.

import assert from "node:assert/strict";

export async function test(visit, { base, present }) {
  const page = await visit.open(`#/bases?base=${base}`);
  await page.locator('.drop input[type="file"]').first().setInputFiles([
    ...Array.from({ length: 4 }, (_, n) => ({ name: `新文档${n}.md`, mimeType: "text/markdown", buffer: Buffer.from(`第 ${n} 篇文档说的是投档的第 ${n} 条。`) })),
    { name: "旧格式.doc", mimeType: "application/msword", buffer: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]) },
  ]);
  await page.getByRole("button", { name: "导入 5 个" }).click();
  await page.locator('.job[data-state="done"]').waitFor();

  // What failed is found by its state and tried again alone: it fails once more, and says that it was another try.
  await page.getByRole("combobox", { name: "状态" }).selectOption("failed");
  const failed = page.locator(".reasons.whole li");
  await failed.filter({ hasText: "旧格式.doc" }).waitFor();
  assert.equal(await failed.count(), 1);
  await page.locator(".documents").getByRole("button", { name: "只重试失败的" }).click();
  await page.locator(".job .mark").getByText("重试", { exact: true }).waitFor();
  await page.locator(".job").filter({ hasText: "读不了 1" }).first().waitFor();
  const { data: [again] } = await (await page.request.get(`${visit.url}/v1/jobs?knowledge_base=${base}`)).json();
  assert.ok(again.retry_of, JSON.stringify(again));

  // All that match are deleted once their number was seen; nothing else is.
  await page.getByRole("combobox", { name: "状态" }).selectOption("");
  await page.getByRole("searchbox").fill("新文档");
  await page.getByRole("button", { name: "删除符合条件的 4 篇" }).click();
  const sure = page.getByRole("alertdialog");
  await sure.getByText("将删除 4 篇文档").waitFor();
  assert.ok((await sure.textContent()).includes("新文档0.md"));
  await visit.audit(page, "a deletion");
  await page.setViewportSize({ width: 320, height: 800 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
  await visit.audit(page, "a deletion 320");
  await page.setViewportSize({ width: 1280, height: 800 });
  await sure.getByRole("button", { name: "删除这 4 篇" }).click();
  await page.getByText("没有符合条件的文档").waitFor();
  await page.getByRole("button", { name: "清空筛选" }).first().click();
  await page.getByRole("link", { name: present, exact: true }).waitFor();
  const left = (await (await page.request.get(`${visit.url}/v1/knowledge-bases/${base}/documents`)).json()).data.map(({ id }) => id);
  assert.deepEqual(left, [present]);

  // A link that is pasted into the open list fills its field.
  await page.evaluate(() => (location.hash += "&q=there"));
  await page.waitForFunction(() => document.querySelector(".filters input[type=search]").value === "there");
  await page.getByRole("button", { name: "清空筛选" }).first().click();

  // By days and metadata: the address has them, and the host says how many.
  await page.locator(".more > summary").click();
  await page.getByRole("button", { name: "加一个条件" }).click();
  await page.getByRole("textbox", { name: "属性，如 year" }).fill("year");
  await page.getByRole("textbox", { name: "值", exact: true }).fill("2024");
  await page.getByRole("textbox", { name: "值", exact: true }).press("Tab");
  await page.getByText("没有符合条件的文档").waitFor();
  assert.match(decodeURIComponent(page.url()), /"field":"year"/);
  await page.getByRole("button", { name: "清空筛选" }).first().click();
  // What is cleared is folded again.
  await page.locator(".more > summary").click();
  await page.getByLabel("从", { exact: true }).fill("2001-02-03");
  await page.waitForURL(/from=2001-02-03/);
  await page.getByRole("link", { name: present, exact: true }).waitFor();

  // The settings say where each value is from; one is changed once the difference was seen.
  await page.getByRole("tab", { name: "设置" }).click();
  const setting = (name) => page.locator(`[data-setting="${name}"]`);
  const detail = async () => (await page.request.get(`${visit.url}/v1/knowledge-bases/${base}`)).json();
  const { settings } = await detail();
  assert.match(await setting("threshold").textContent(), new RegExp(`第 ${settings.threshold.line} 行`));
  assert.match(await setting("weight").textContent(), /默认/);
  await setting("top_k").locator("input").fill("0");
  await page.getByText("超出范围：").waitFor();
  assert.ok(await page.getByRole("button", { name: "写进配置" }).isDisabled());
  await setting("top_k").locator("input").fill("7");
  await page.getByRole("button", { name: "写进配置" }).click();
  await page.locator(".diff ins").getByText("top_k = 7").waitFor();
  await page.getByRole("button", { name: "应用", exact: true }).click();
  await page.getByText("已写入并生效").waitFor();
  assert.deepEqual([(await detail()).settings.top_k.value, (await detail()).settings.top_k.source], [7, "file"]);
  await setting("top_k").getByText("来自配置文件").waitFor();
  // And back to the default.
  await setting("top_k").getByRole("button", { name: /用默认/ }).click();
  await page.getByRole("button", { name: "写进配置" }).click();
  await page.locator(".diff del").getByText("top_k = 7").waitFor();
  await page.getByRole("button", { name: "应用", exact: true }).click();
  await page.waitForFunction(() => /默认/.test(document.querySelector('[data-setting="top_k"] .source-of').textContent));
  await page.close();

  await visit.survey("settings", `#/bases?base=${base}&tab=settings`, (page) => page.locator("[data-setting]").first().waitFor());
}
