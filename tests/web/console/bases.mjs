// 知识库: files are dropped, looked at, sent, and what became of each is told.

import assert from "node:assert/strict";

export async function test(visit, { base, present }) {
  const page = await visit.open("#/bases");
  const tile = await page.locator(".tiles .card").filter({ has: page.getByRole("link", { name: base }) }).textContent();
  assert.ok(tile.includes("0.100") && tile.includes("用它的应用: plain"), tile);
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

  // Forty at once, with a scanned page and one name twice: each number and each reason is the job's.
  const choose = page.locator('.drop input[type="file"]').first();
  const markdown = (name, text) => ({ name, mimeType: "text/markdown", buffer: Buffer.from(text) });
  await choose.setInputFiles([
    ...Array.from({ length: 36 }, (_, n) => markdown(`四十之${n}.md`, `第 ${n} 篇说的是第 ${n} 条。`)),
    { name: "扫描.pdf", mimeType: "application/pdf", buffer: scanned() },
    { name: "更旧.doc", mimeType: "application/msword", buffer: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]) },
    markdown("同名.md", "先来的一篇。"), markdown("同名.md", "后来的一篇。"),
  ]);
  await page.getByText("40 个文件").waitFor();
  // Told before anything is sent: two of one name, and one of a format that nothing reads.
  await page.getByText("1 个与另一个文件同名").waitFor();
  await page.getByText("1 个的格式读不了").waitFor();
  await page.getByRole("button", { name: "导入 40 个" }).click();
  const newest = async () => (await (await page.request.get(`${visit.url}/v1/jobs?knowledge_base=${base}`)).json()).data[0];
  const forty = page.locator(".job").filter({ hasText: "扫描.pdf" });
  await forty.locator(".reasons li").first().waitFor();
  const whole = await (await page.request.get(`${visit.url}/v1/jobs/${(await newest()).id}`)).json();
  assert.equal(whole.imported + whole.unchanged + whole.unreadable_total, 40, JSON.stringify(whole));
  const text = await forty.textContent();
  assert.ok(text.includes(`导入 ${whole.imported} · 未变 ${whole.unchanged}`) && text.includes(`读不了 ${whole.unreadable_total}`), text);
  const reasons = await forty.locator(".reasons .told-text").evaluateAll((all) => all.map(({ title }) => title));
  assert.deepEqual(reasons.slice(0, whole.unreadable_total), whole.unreadable.map(({ reason }) => reason));
  assert.match(text, /页面是扫描或画出来的/);

  // One that takes long: the bar is there after the page was loaded anew, and a cancellation shows at once.
  await choose.setInputFiles(Array.from({ length: 40 }, (_, n) => markdown(`长篇${n}.md`, Array.from({ length: 400 }, (_, m) => `# 第 ${m} 节\n\n第 ${n} 篇第 ${m} 节说的是平行志愿怎么投档。`).join("\n\n"))));
  await page.getByRole("button", { name: "导入 40 个" }).click();
  const running = page.locator('.job:is([data-state="running"], [data-state="queued"])');
  await running.locator("progress").waitFor();
  await page.reload();
  await running.locator("progress").waitFor();
  await running.getByRole("button", { name: "取消" }).click();
  await page.locator(".job").first().getByText(/正在取消|已取消/).first().waitFor();
  await page.locator('.job[data-state="cancelled"]').waitFor();
  await page.close();

  await visit.survey("bases", "#/bases", (page) => page.locator(".tiles li").first().waitFor());
  await visit.survey("base", `#/bases?base=${base}`, (page) => page.getByRole("row").nth(1).waitFor({ state: "attached" }));
}

/** A PDF of one page with a drawing and no text. */
function scanned() {
  const drawn = "10 10 50 50 re f";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>", `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
  ];
  let pdf = "%PDF-1.4\n";
  const places = objects.map((object, n) => {
    const place = pdf.length;
    pdf += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = pdf.length;
  return Buffer.from(`${pdf}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`, "latin1");
}
