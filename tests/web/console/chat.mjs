// 对话: an input method's Enter sends nothing; an answer is seen before its end, its markup is text, and every plugin
// of the app says why it was called or not.

import assert from "node:assert/strict";

export async function test(visit, { question, payloads }) {
  const page = await visit.open("#/chat");
  const field = page.getByRole("textbox", { name: "问题" });
  await field.fill(question);
  const asked = () => page.requests.filter((request) => request.method() === "POST").length;

  // As browsers tell of an input method: Enter while a word is composed, and once more as it ends.
  await field.evaluate((element) => {
    const key = (init) => element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init }));
    element.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    key({ isComposing: true });
    key({ keyCode: 229 });
    element.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "投档" }));
    key({});
  });
  assert.equal(asked(), 0, "an input method's Enter is not the user's");
  await page.waitForTimeout(100);
  await field.press("Shift+Enter");
  assert.equal(asked(), 0, "Shift+Enter is a new line");
  await field.fill(question);
  await field.press("Enter");

  // The model goes on until it is stopped: what is seen is seen before the end.
  const first = page.locator(".exchange").nth(0);
  await first.locator('[data-state="asking"]').getByText("平行志愿").waitFor();
  assert.equal(asked(), 1);
  await page.getByRole("button", { name: "停止" }).click();
  await first.getByText("已停止").waitFor();

  // The next one comes to its end.
  await field.fill(question);
  await page.keyboard.press("Enter");
  const second = page.locator(".exchange").nth(1);
  await second.locator('[data-state="done"]').waitFor();
  const panel = page.getByRole("complementary");
  const link = panel.getByRole("link", { name: "轨迹" });
  await link.waitFor();
  const id = new URLSearchParams((await link.getAttribute("href")).split("?")[1]).get("id");
  const trace = await (await page.request.get(`${visit.url}/v1/traces/${id}`)).json();
  assert.ok(trace.routes.length > 1);
  for (const { plugin, verdict, reason } of trace.routes) {
    const line = panel.locator(`[data-plugin="${plugin}"]`);
    assert.equal(await line.getAttribute("data-verdict"), verdict);
    // Said in the page's language; the host's own words are there to be pointed at.
    assert.deepEqual(await line.locator("[title]").first().getAttribute("title"), reason, plugin);
    assert.doesNotMatch(await line.locator("[title]").first().textContent(), /route|the request|no keyword/);
  }

  // Each search with what it was for, and every base that it has asked, whether something came of it or not.
  const searches = trace.calls.flatMap(({ report }) => report.searches);
  assert.ok(searches.some(({ bases }) => bases.length > 1), JSON.stringify(searches));
  for (const [n, { text, bases }] of searches.entries()) {
    const search = panel.locator(".took-part .plainlist > li").nth(n);
    assert.ok((await search.textContent()).includes(`「${text}」`), text);
    const told = await search.locator(".bases > li").allTextContents();
    assert.deepEqual(told.map((line) => line.split(" ")[0]), bases.map(({ knowledge_base }) => knowledge_base));
    bases.forEach(({ found, best_score, threshold }, at) => {
      const isShort = found === 0 && best_score < threshold;
      assert.match(told[at], best_score === null ? /没有候选/ : isShort ? /最高 [\d.]+，阈值 [\d.]+，差 [\d.]+$/ : new RegExp(`命中 ${found} · 最高`));
    });
  }

  // The same search where it can be looked into: the same passages with the same scores.
  const way = await panel.getByRole("link", { name: "在命中测试中重现" }).getAttribute("href");
  // As the plugin has asked: so many, from that score on.
  assert.match(way, /k=3&min=0\.05/);
  const again = await visit.open(way);
  await again.locator(".inside .hit-row").first().waitFor();
  const scores = await again.locator(".inside .hit-row .score").evaluateAll((scores) => scores.map(({ title }) => title));
  const given = trace.calls.flatMap(({ contribution }) => contribution?.passages ?? []);
  assert.deepEqual(scores, given.map(({ score }) => String(score)));
  await again.close();

  // A citation leads to its passage.
  await second.getByRole("button", { name: "看资料 1" }).first().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "passage-1");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /there\.md/);

  // Markdown is drawn, markup is not.
  const answer = second.locator(".markdown");
  assert.equal(await answer.locator("table").count(), 1);
  assert.equal(await answer.locator("strong").textContent(), "分数优先");
  for (const [n, payload] of payloads.entries()) {
    await field.fill(n === 0 ? `下一题${"补".repeat(2100)}` : "下一题");
    await page.keyboard.press("Enter");
    const exchange = page.locator(".exchange").last();
    await exchange.locator('[data-state="done"] .markdown').waitFor();
    assert.equal(await exchange.locator("script, img, iframe, svg, object, style, form, [onerror], [onclick], [onload]").count(), 0, payload);
    for (const href of await exchange.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) {
      assert.match(href, /^(https?|mailto):/, payload);
    }
  }

  // A long question is folded, as any long text.
  const folded = page.locator(".asked").filter({ hasText: "补补" });
  assert.ok((await folded.textContent()).length < 2100);
  await folded.getByRole("button", { name: /展开全部/ }).click();
  assert.ok((await folded.textContent()).length > 2100);

  // Another app is told nothing of what this one was asked; and this one nothing of the other.
  const messages = () => page.requests.filter((request) => request.url().endsWith("/chat/completions")).at(-1).postDataJSON().messages;
  assert.ok(messages().length > 1, "a talk goes on");
  await page.getByLabel("应用").selectOption("second");
  await field.fill("另一个应用的问题");
  await page.keyboard.press("Enter");
  await page.locator(".exchange").last().locator('[data-state="done"]').getByText("第二个应用的回答").waitFor();
  assert.deepEqual(messages().map(({ content }) => content), ["另一个应用的问题"]);
  await page.getByText(/以下由 second 回答/).waitFor();
  await page.getByLabel("应用").selectOption("plain");

  // A model that fails: its error as the API words it, in the page's language.
  await field.fill("再问");
  await page.keyboard.press("Enter");
  const last = page.locator(".exchange").last();
  await last.getByRole("alert").waitFor();
  assert.match(await last.getByRole("alert").textContent(), /model_failed.*模型/s);
  assert.deepEqual(messages().map(({ content }) => content), ["再问"]);
  await visit.audit(page, "a talk");
  // Asked once more, the answer takes the place of the error.
  const exchanges = await page.locator(".exchange").count();
  await last.getByRole("button", { name: "重试" }).click();
  await last.locator('[data-state="done"]').getByText("这次有了").waitFor();
  assert.deepEqual(messages().map(({ content }) => content), ["再问"]);
  assert.equal(await page.locator(".exchange").count(), exchanges);
  // The explanation can be folded away, and comes back where it is asked for.
  await panel.getByRole("button", { name: "收起" }).click();
  await panel.waitFor({ state: "hidden" });
  await last.getByRole("button", { name: "为什么" }).click();
  await panel.waitFor();
  // On a narrow page the explanation, which was opened last, is a place of its own.
  await page.setViewportSize({ width: 320, height: 800 });
  const fits = async () => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
  await page.getByRole("heading", { name: "这条回答为什么是这样" }).waitFor();
  await visit.audit(page, "an explanation 320");
  await fits();
  await page.getByRole("button", { name: /返回对话/ }).click();
  await field.waitFor();
  await visit.audit(page, "a talk 320");
  await fits();
  await page.getByRole("button", { name: "为什么" }).nth(1).click();
  await page.getByRole("heading", { name: "这条回答为什么是这样" }).waitFor();
  // There it is a place of its own, from which Back leads to the talk.
  await page.goBack();
  await field.waitFor();
  assert.equal(await page.locator(".exchange").count(), exchanges);
  await page.close();

  await visit.survey("chat", "#/chat", (page) => page.getByRole("textbox").waitFor());
}
