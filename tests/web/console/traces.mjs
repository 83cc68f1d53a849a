// 轨迹: the list, one turn with its waterfall and its prompt; everything by keyboard.

import assert from "node:assert/strict";

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

  // Each filter is the host's: the rows are those that it names.
  const list = async (query) => (await (await page.request.get(`${visit.url}/v1/traces?limit=50&${query}`)).json()).data.length;
  const choices = [["回答来自", "model", "kind=model"], ["回答来自", "nothing_found", "kind=nothing_found"], ["结果", "ok", "result=ok"], ["结果", "error", "result=error"], ["评价", "none", "rating=none"], ["评价", "up", "rating=up"], ["插件", "kb", "plugin=kb"]];
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
  await page.close();

  const detail = await visit.open(`#/traces?id=${id}`);
  const trace = await (await detail.request.get(`${visit.url}/v1/traces/${id}`)).json();
  await detail.getByRole("heading", { level: 1, name: trace.question }).waitFor();
  for (const { plugin, reason } of trace.routes) {
    const line = detail.locator(".routes li", { hasText: plugin });
    assert.equal(await line.locator("[title]").first().getAttribute("title"), reason);
  }
  assert.equal(await detail.locator(".fall li").count(), trace.calls.length + trace.calls.flatMap(({ report }) => [...report.searches, ...report.http]).length + trace.model_calls.length + trace.formatters.length);
  // No bar goes over the edge of its lane, and each can be seen.
  for (const [bar, lane] of await detail.locator(".lane .bar").evaluateAll((bars) => bars.map((bar) => [bar, bar.parentElement].map((e) => e.getBoundingClientRect().toJSON())))) {
    assert.ok(bar.width >= 2 && bar.left >= lane.left - 1 && bar.right <= lane.right + 3, JSON.stringify({ bar, lane }));
  }

  await detail.getByRole("tab", { name: "瀑布" }).focus();
  await detail.keyboard.press("ArrowRight");
  assert.match(detail.url(), /tab=prompt/);
  const sent = JSON.parse(trace.model_calls[0].request_text).messages;
  const shown = await detail.locator(".messages > li").evaluateAll((items) => items.map((item) => (item.querySelector(".runs") ?? item.querySelector("pre")).textContent));
  assert.deepEqual(shown, sent.map(({ content }) => content), "the prompt byte for byte");
  // What each source takes is estimated as the host does: together it is what the host says of the texts.
  const shares = await detail.locator(".legend li[data-source] b").evaluateAll((numbers) => numbers.map((b) => Number(b.textContent.replace(/,/g, ""))));
  const wide = sent.flatMap(({ content }) => [...content]).filter((sign) => sign.codePointAt(0) >= 0x2e80).length;
  const all = shares.reduce((sum, n) => sum + n, 0);
  assert.ok(all >= wide && all <= trace.model_calls[0].estimated_tokens + shares.length, `${shares} of ${trace.model_calls[0].estimated_tokens}`);
  await detail.close();

  const pruned = await visit.open("#/traces?id=chatcmpl-none");
  await pruned.getByText("轨迹 chatcmpl-none 不在了").waitFor();
  await pruned.close();

  await visit.survey("traces", "#/traces", (page) => page.getByRole("row").nth(1).waitFor({ state: "attached" }));
  await visit.survey("trace", `#/traces?id=${id}`, (page) => page.locator(".fall li").first().waitFor());
  await visit.survey("prompt", `#/traces?id=${id}&tab=prompt`, (page) => page.locator(".messages li").first().waitFor());
}
