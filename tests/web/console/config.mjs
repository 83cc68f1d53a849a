// 配置: mistakes stand at their lines, a bad file is not applied, a good one is, and the page says what runs.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

export async function test(visit, { path, base }) {
  const good = readFileSync(path, "utf8");
  const page = await visit.open("#/config");
  await page.getByText("检查过，没有问题").waitFor();
  const lines = () => page.locator(".source > div > code").allTextContents();
  const linesOf = (text) => text.replace(/\n$/, "").split("\n").map((line) => line || " ");
  assert.deepEqual(await lines(), linesOf(good));

  const bad = `${good}\n# <img src=x onerror=alert(1)>\n[knowledge.c]\nembedder = "nobody"\ntreshold = 0.5\ntop_k = "three"\n`;
  writeFileSync(path, bad);
  await page.getByRole("button", { name: "重新检查" }).click();
  await page.locator(".problems li").first().waitFor();
  await page.getByText(/文件已改/).waitFor();
  const { problems } = await (await page.request.post(`${visit.url}/v1/config/check`, { data: "", headers: { "content-type": "application/octet-stream", origin: new URL(visit.url).origin } })).json();
  const shown = await page.locator(".problems li").evaluateAll((items) => items.map((item) => ({ line: item.dataset.line, text: item.textContent, title: [...item.querySelectorAll("[title]")].map(({ title }) => title).join("\n") })));
  assert.equal(shown.length, problems.length);
  for (const [index, { line, message, where }] of problems.entries()) {
    assert.equal(shown[index].line ?? null, line === null ? null : String(line));
    // In Chinese, with the host's own words behind; where only those are known they are marked.
    assert.ok(shown[index].text.includes(where), shown[index].text);
    assert.ok(shown[index].title.includes(message) || shown[index].text.includes(message), JSON.stringify({ message, shown: shown[index] }));
    assert.match(shown[index].text, /[\u4e00-\u9fff]/);
  }
  const wrongLine = linesOf(bad).findIndex((line) => line.startsWith("treshold")) + 1;
  assert.ok(problems.some(({ line }) => line === wrongLine), JSON.stringify(problems));
  assert.equal(await page.locator("main img").count(), 0, "a comment is text");
  // By keyboard to the line.
  const jump = page.getByRole("button", { name: `跳到第 ${wrongLine} 行` }).first();
  await jump.focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), `line-${wrongLine}`);
  assert.match(await page.evaluate(() => document.activeElement.textContent), new RegExp(`^${wrongLine} 行，treshold`));
  await visit.audit(page, "mistakes");

  // Refused as a whole: the old one serves on.
  await page.getByRole("button", { name: "应用", exact: true }).click();
  await page.getByRole("alert").getByText("运行中的仍是原来的配置").waitFor();
  assert.equal(await page.locator(".problems li").count(), problems.length, "each mistake is told once");

  writeFileSync(path, good.replace(/threshold = [\d.]+/, "threshold = 0.37"));
  await page.getByRole("button", { name: "应用", exact: true }).click();
  await page.getByText(`knowledge.${base}.threshold`).first().waitFor();
  await page.getByText("检查过，没有问题").waitFor();
  const { reports } = await visit.post("/v1/knowledge-bases/search", { query: "投档", knowledge_bases: [base] });
  assert.equal(reports[0].threshold, 0.37);

  // What only a restart applies is not said to be in effect.
  const [head, server] = good.includes("[server]\n") ? good.split("[server]\n") : ["", good];
  writeFileSync(path, `${head}[server]\nmax_traces = 4321\n${server}`.replace(/threshold = [\d.]+/, "threshold = 0.38"));
  await page.getByRole("button", { name: "应用", exact: true }).click();
  const told = page.locator(".reloaded .note");
  await told.getByText("已读入，重启后生效：").waitFor();
  const [applied, later] = await told.allTextContents();
  assert.equal(applied, `已生效： knowledge.${base}.threshold`);
  assert.ok(later.includes("server.max_traces"), later);

  // What the file does not say is marked as a default.
  await page.locator("details.fold > summary").filter({ hasText: "knowledge" }).click();
  const values = page.locator("details[open] .values > div");
  assert.ok(!(await values.filter({ hasText: `${base}.threshold` }).first().getAttribute("class") ?? "").includes("default"));
  assert.ok(await page.locator("details[open] .values > .default").count() > 0);
  await page.close();
  await visit.survey("config", "#/config", (page) => page.locator(".source").waitFor());
}
