// What is written into files: the difference is seen first, nothing else of the file changes, and new turns go by it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export async function test(visit, { question, base, config, template, app, id }) {
  const page = await visit.open(`#/hit?q=${encodeURIComponent(question)}`);
  const slider = page.getByRole("slider", { name: `${base} 的阈值` });
  await slider.waitFor();
  const before = readFileSync(config, "utf8");
  await slider.fill("0.33");
  await page.getByRole("button", { name: "写进配置" }).click();
  const diff = page.locator(".diff");
  await diff.waitFor();
  // With the table it is in.
  assert.match(await diff.textContent(), new RegExp(`^\\[knowledge\\.${base}\\]\n[^]*\\+threshold = 0\\.33`));
  assert.equal(readFileSync(config, "utf8"), before, "only shown so far");
  await visit.audit(page, "a difference");
  await page.getByRole("button", { name: "应用", exact: true }).click();
  await page.getByText("已写入并生效").waitFor();
  const lines = (text) => text.split("\n");
  const after = readFileSync(config, "utf8");
  const gone = lines(before).filter((line) => !lines(after).includes(line));
  const come = lines(after).filter((line) => !lines(before).includes(line));
  assert.ok(gone.length <= 1 && come.length === 1 && come[0].includes("threshold = 0.33"), JSON.stringify({ gone, come }));
  const { reports } = await visit.post("/v1/knowledge-bases/search", { query: question, knowledge_bases: [base] });
  assert.equal(reports[0].threshold, 0.33);
  await page.getByRole("button", { name: "回到配置的阈值" }).waitFor({ state: "hidden" });
  await page.close();

  // Another template for what the turn had found.
  const prompt = await visit.open(`#/traces?id=${id}&tab=prompt`);
  await prompt.getByRole("button", { name: "改模板再试" }).click();
  const pane = prompt.locator(".try-template");
  const field = pane.getByRole("textbox", { name: /^模板/ });
  const text = readFileSync(template, "utf8");
  assert.equal(await field.inputValue(), text);
  await pane.locator(".messages li").first().waitFor();
  await field.fill(`${text}\n{% nonsense %}`);
  await pane.getByRole("alert").waitFor();
  assert.match(await pane.getByRole("alert").textContent(), /模板用不了：没有 nonsense/);
  await pane.getByRole("button", { name: /^跳到第/ }).click();
  assert.ok(await field.evaluate((field) => field === document.activeElement));
  assert.ok(await pane.getByRole("button", { name: "写回文件" }).isDisabled(), "what cannot be rendered is not written");
  await field.fill(`请用一句话回答。\n${text}`);
  await pane.locator(".messages").getByText("请用一句话回答。").waitFor();
  assert.equal(readFileSync(template, "utf8"), text);
  // What the model makes of it, beside what was answered.
  await pane.getByRole("button", { name: "用它问一次模型" }).click();
  await pane.locator(".tried-answer").getByText("只此一句。").waitFor();
  await visit.audit(prompt, "another template");
  await pane.getByRole("button", { name: "写回文件" }).click();
  await pane.locator(".diff ins").getByText("请用一句话回答。").first().waitFor();
  await pane.getByRole("button", { name: "应用", exact: true }).click();
  await pane.getByText("已写入并生效").waitFor();
  assert.equal(readFileSync(template, "utf8"), `请用一句话回答。\n${text}`);
  const turn = await visit.post("/v1/chat/completions", { model: app, messages: [{ role: "user", content: question }] });
  const trace = await (await prompt.request.get(`${visit.url}/v1/traces/${turn.id}`)).json();
  assert.ok(trace.model_calls.at(-1).request_text.includes("请用一句话回答。"));
  await prompt.setViewportSize({ width: 320, height: 800 });
  assert.ok(await prompt.evaluate(() => document.documentElement.scrollWidth) <= 320);
  await visit.audit(prompt, "another template 320");
  await prompt.close();
}
