// 轨迹: the list, one turn with its waterfall and its prompt; everything by keyboard.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export async function test(visit, { turns, id }) {
  const page = await visit.open("#/traces");
  await page.getByRole("row").nth(turns).waitFor();
  assert.equal(await page.getByRole("row").count(), turns + 1, "the turns and the head");

  // What a user has typed is text, whatever it looks like.
  assert.equal(await page.getByText("<img src=x onerror=alert(1)>").count(), 1);
  assert.equal(await page.locator("main img, main script").count(), 0);

  await page.locator("body").press("j");
  await page.keyboard.press("j");
  const second = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: second }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("row").nth(turns).waitFor();
  await page.waitForFunction((text) => document.activeElement.textContent === text, second);

  await page.keyboard.press("/");
  await page.keyboard.type("没有这样的问题");
  await page.getByText("没有符合条件的轨迹").waitFor();
  await page.getByRole("button", { name: "清空筛选" }).first().click();
  await page.getByRole("row").nth(turns).waitFor();

  // What a model is tuned with: the messages that were sent and the answer, one turn a line.
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "导出微调数据" }).click()]);
  const lines = readFileSync(await saved.path(), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, turns);
  const { model_calls: [call], answer } = await (await page.request.get(`${visit.url}/v1/traces/${id}`)).json();
  const expected = [...JSON.parse(call.request_text).messages, { role: "assistant", content: answer }];
  assert.ok(lines.some(({ messages }) => JSON.stringify(messages) === JSON.stringify(expected)), JSON.stringify(lines));

  // Each filter is the host's: the rows are those that it names.
  const list = async (query) => (await (await page.request.get(`${visit.url}/v1/traces?limit=50&${query}`)).json()).data.length;
  const choices = [["回答来自", "model", "kind=model"], ["结果", "error", "result=error"], ["评价", "none", "rating=none"], ["插件", "kb", "plugin=kb"]];
  for (const [label, value, query] of choices) {
    const expected = await list(query);
    // What was there before goes when the answer comes.
    const answered = page.waitForResponse((response) => response.url().includes("/v1/traces?") && response.url().includes(query));
    await page.getByRole("combobox", { name: label, exact: true }).selectOption(value);
    assert.equal((await answered).status(), 200, query);
    await page.waitForFunction((n) => document.querySelectorAll(".turns .track .row").length === n, expected);
    await page.getByRole("button", { name: "清空筛选" }).first().click();
    await page.getByRole("row").nth(turns).waitFor();
  }
  assert.equal(await list("kind=model"), turns);
  assert.equal(await list("result=error"), 0);
  // From a turn to the others of its conversation.
  const { conversation } = await (await page.request.get(`${visit.url}/v1/traces/${id}`)).json();
  if (conversation) {
    await page.getByPlaceholder("会话编号").fill(conversation);
    const expected = await list(`conversation=${encodeURIComponent(conversation)}`);
    await page.waitForURL(/conversation=/);
    await page.waitForFunction((n) => document.querySelectorAll(".turns .track .row").length === n, expected);
  }
  // A link that is pasted into the open list fills its fields, and what is chosen is a step that Back takes back.
  await page.evaluate(() => (location.hash = "#/traces?q=%E5%BF%97%E6%84%BF&min_ms=1"));
  await page.waitForFunction(() => document.querySelector(".filters input[type=search]").value === "志愿" && document.querySelector(".filters input[type=number]").value === "1");
  await page.getByRole("combobox", { name: "回答来自", exact: true }).selectOption("ask");
  await page.waitForURL(/kind=ask/);
  await page.goBack();
  await page.waitForURL((url) => !url.hash.includes("kind="));
  assert.equal(await page.getByRole("searchbox").inputValue(), "志愿");
  await page.close();

  await visit.survey("traces", "#/traces", (page) => page.getByRole("row").nth(1).waitFor({ state: "attached" }));
}
