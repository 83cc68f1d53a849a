// 知识库: files are dropped, looked at, sent, and what became of each is told.

import assert from "node:assert/strict";

export async function test(visit, { base, present }) {
  const page = await visit.open("#/bases");
  await page.getByRole("link", { name: base }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();

  // Good ones, one that is there already, one that cannot be read, one in a folder.
  const files = [
    ...Array.from({ length: 5 }, (_, n) => ({ name: `新文档${n}.md`, text: `# 标题 ${n}\n\n第 ${n} 篇文档说的是投档的第 ${n} 条。` })),
    { name: present, text: "平行志愿按照分数优先的原则投档，这是新的一版。" },
    { name: "旧格式.doc", text: "\u00d0\u00cf" },
    { name: "<img src=x onerror=alert(1)>.md", text: "名字里有标记的文档。" },
    { name: '说"引号"的.md', text: "名字里有引号的文档。" },
  ];
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, text } of files) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
  await page.locator(".drop.over").waitFor();
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
  await page.getByText(`${files.length} 个文件`).waitFor();
  await page.getByText("1 个同名文件会替换现有文档").waitFor();
  await visit.audit(page, "before sending");
  await page.getByRole("button", { name: `导入 ${files.length} 个` }).click();
  await page.locator('.job[data-state="done"]').waitFor();
  const { data: [{ id }] } = await (await page.request.get(`${visit.url}/v1/jobs?knowledge_base=${base}`)).json();
  const job = await (await page.request.get(`${visit.url}/v1/jobs/${id}`)).json();
  await page.locator(".reasons li").first().waitFor();
  assert.equal(job.imported, files.length - 1);
  assert.equal(job.unreadable_total, 1);
  const told = await page.locator(".job").first().textContent();
  assert.ok(told.includes(`导入 ${job.imported}`) && told.includes(`读不了 ${job.unreadable_total}`), told);
  assert.ok(told.includes(job.unreadable[0].document), told);
  // In Chinese; the host's own words are behind it.
  const reason = page.locator(".job").first().locator(".reasons .told-text").first();
  assert.match(await reason.textContent(), /[\u4e00-\u9fff]/);
  assert.equal(await reason.getAttribute("title"), job.unreadable[0].reason);

  // The list has them, and a name is a name.
  await page.getByRole("row").nth(files.length - 1).waitFor();
  assert.equal(await page.getByRole("row").count(), files.length, "the head, and all but the one that cannot be read");
  assert.equal(await page.locator("main img").count(), 0);
  await page.getByRole("link", { name: '说"引号"的.md', exact: true }).waitFor();
  const polled = page.requests.length;
  await page.waitForTimeout(1500);
  assert.equal(page.requests.slice(polled).filter((request) => request.url().includes("/v1/jobs")).length, 0, "nothing is asked while nothing is at work");

  await page.getByRole("searchbox").fill("新文档3");
  await page.waitForFunction(() => document.querySelectorAll(".documents .track .row").length === 1);
  await page.getByRole("button", { name: "删除 新文档3.md", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "确认删除 新文档3.md" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("没有符合条件的文档").waitFor();
  const { data } = await (await page.request.get(`${visit.url}/v1/knowledge-bases/${base}/documents`)).json();
  assert.ok(!data.some(({ id }) => id === "新文档3.md") && data.some(({ id }) => id === "新文档2.md"));
  await page.reload();
  await page.locator('.job[data-state="done"]').first().waitFor();

  // The address has kept what was searched for.
  assert.equal(await page.getByRole("searchbox").inputValue(), "新文档3");
  await page.close();

  await visit.survey("bases", "#/bases", (page) => page.locator(".tiles li").first().waitFor());
  await visit.survey("base", `#/bases?base=${base}`, (page) => page.getByRole("row").nth(1).waitFor({ state: "attached" }));
}
