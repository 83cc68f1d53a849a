// 知识库: how a file would be cut before it is imported; a stored answer is changed, switched off and on again.

import assert from "node:assert/strict";

export async function test(visit, { base, document, question, answer }) {
  const page = await visit.open(`#/bases?base=${base}`);
  await page.locator(".drop").waitFor();
  const text = "# 投档\n\n平行志愿按分数优先投档。\n\n# 录取\n\n学校从高分到低分录取。<img src=x onerror=alert(1)>\n";
  await page.locator('.drop input[type="file"]').first().setInputFiles([
    { name: "新章程.md", mimeType: "text/markdown", buffer: Buffer.from(text) },
    { name: "旧.doc", mimeType: "application/msword", buffer: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]) },
  ]);
  await page.getByRole("button", { name: "看看会怎么切" }).click();
  const cut = page.locator('[data-preview="新章程.md"]');
  await cut.waitFor();
  if (await cut.getAttribute("open") === null) await cut.locator("> summary").click();
  assert.ok((await cut.textContent()).includes("平行志愿按分数优先投档。"));
  assert.ok((await page.locator(".previews .reasons").textContent()).includes("旧.doc"));
  assert.equal(await page.locator("main img").count(), 0);
  const documents = async () => (await (await page.request.get(`${visit.url}/v1/knowledge-bases/${base}/documents`)).json()).data.map(({ id }) => id);
  assert.deepEqual(await documents(), [document], "nothing is stored");
  await visit.audit(page, "a preview");
  await page.setViewportSize({ width: 320, height: 800 });
  assert.ok(await page.evaluate(() => globalThis.document.documentElement.scrollWidth) <= 320);
  await page.close();

  const view = await visit.open(`#/bases?base=${base}&document=${encodeURIComponent(document)}`);
  const section = view.locator('[data-section="0"]');
  await section.getByRole("button", { name: "编辑第 1 段" }).focus();
  await view.keyboard.press("Enter");
  await section.getByRole("textbox", { name: /^答案/ }).fill(answer);
  await visit.audit(view, "an edit");
  await section.getByRole("button", { name: "保存" }).click();
  await section.getByText(answer).waitFor();
  const asked = async () => (await visit.post("/v1/knowledge-bases/search", { query: question, knowledge_bases: [base] })).hits.find((hit) => hit.standard_answer !== null)?.standard_answer;
  assert.equal(await asked(), answer);

  await section.getByRole("button", { name: "停用第 1 段" }).click();
  await section.getByText("已停用").waitFor();
  assert.equal(await asked(), undefined, "what is off is not found");
  await section.getByRole("button", { name: "启用第 1 段" }).click();
  await section.getByText("已停用").waitFor({ state: "hidden" });
  assert.equal(await asked(), answer);

  await view.getByRole("button", { name: "停用这篇文档" }).click();
  await view.getByText("这篇文档已停用：检索找不到它。").waitFor();
  assert.equal(await asked(), undefined);
  await view.getByRole("button", { name: "启用这篇文档" }).click();
  await view.getByText("这篇文档已停用：检索找不到它。").waitFor({ state: "hidden" });
  assert.equal(await asked(), answer);
  await view.close();
  await visit.survey("document", `#/bases?base=${base}&document=${encodeURIComponent(document)}`, (page) => page.locator("[data-section]").first().waitFor());
}
