// The way through every screen with the keyboard alone: no click, no mouse, no field that is filled past its keys.

import assert from "node:assert/strict";

export async function test(visit, { base, document: stored, question }) {
  const page = await visit.open("#/chat");
  await page.getByRole("textbox", { name: "问题" }).waitFor();
  const press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const type = (text) => page.keyboard.type(text);
  const focused = (read) => page.evaluate(read);
  /** Presses Tab until what has the focus is that, as somebody would who knows it is there. */
  const tabTo = async (what, matches, key = "Tab") => {
    for (let n = 0; n < 60; n += 1) {
      if (await page.evaluate(matches)) return;
      await page.keyboard.press(key);
    }
    assert.fail(`Tab does not come to ${what}; it is at ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200))}`);
  };
  const go = async (letter, screen) => {
    await page.evaluate(() => document.activeElement?.blur?.());
    await press("g", letter);
    await page.waitForFunction((screen) => location.hash.startsWith(`#/${screen}`), screen);
  };

  // 对话: ask, and go from the answer to its passage and to its trace.
  await press("/");
  await type(question);
  await press("Enter");
  await page.locator('.exchange [data-state="done"]').waitFor();
  await page.getByRole("complementary").getByRole("link", { name: "轨迹" }).waitFor();
  await tabTo("the citation", () => document.activeElement.matches(".cite"), "Shift+Tab");
  await press("Enter");
  await page.waitForFunction(() => document.activeElement.id.startsWith("passage-"));
  await tabTo("the trace's link", () => document.activeElement.matches('a[href^="#/traces?id="]:not([href*="tab="])'), "Shift+Tab");
  await press("Enter");

  // 轨迹 and 提示词: from tab to tab, and back to the list.
  await page.locator("h1.question").waitFor();
  await tabTo("the tabs", () => document.activeElement.matches('[role="tab"]'));
  await press("ArrowRight");
  await page.locator(".messages > li").first().waitFor();
  await tabTo("another template", () => document.activeElement.textContent === "改模板再试");
  await press("Enter");
  await page.locator(".try-template textarea").waitFor();
  await go("t", "traces");
  await page.getByRole("row").nth(1).waitFor();
  await press("j");
  assert.ok(await focused(() => document.activeElement.matches(".turns .row a")));
  await press("Enter");
  await page.locator("h1.question").waitFor();
  await tabTo("a step", () => document.activeElement.matches(".fall li"));
  await press("Escape");
  await page.getByRole("row").nth(1).waitFor();
  // The filters: one is chosen and cleared again.
  await press("/");
  await tabTo("the source", () => document.activeElement.matches("select") && document.activeElement.labels[0]?.textContent.includes("回答来自"));
  await press("ArrowDown");
  await page.waitForURL(/kind=model/);
  await page.getByRole("row").nth(1).waitFor();
  await tabTo("the clearing", () => document.activeElement.textContent === "清空筛选");
  await press("Enter");
  await page.waitForURL(/#\/traces$/);

  // 命中测试: ask, move a threshold, go through the hits.
  await go("m", "hit");
  await page.getByRole("searchbox", { name: "问题" }).waitFor();
  await press("/");
  await type(question);
  await press("Enter");
  await page.locator(".hit-row").first().waitFor();
  await tabTo("a slider", () => document.activeElement.type === "range");
  const value = () => focused(() => Number(document.activeElement.value));
  const before = await value();
  await press(before < 0.5 ? "ArrowRight" : "ArrowLeft");
  assert.notEqual(await value(), before);
  await page.evaluate(() => document.activeElement.blur());
  await press("j");
  assert.ok(await focused(() => document.activeElement.matches(".hit-row")));

  // 批量评测: paste, run, look at the curve.
  await go("p", "bulk");
  await page.locator("textarea").waitFor();
  await press("/");
  await page.keyboard.insertText(`问题,文档\n${question},${stored}\n红烧肉怎么炖？,-\n`);
  await press("Control+Enter");
  await page.getByRole("slider").waitFor();
  await tabTo("the curve's slider", () => document.activeElement.type === "range");
  await press("ArrowRight");

  // 知识库: into a base, its settings, a document and back.
  await go("z", "bases");
  await page.locator(".tiles [data-entry]").first().waitFor();
  await tabTo("the base", `document.activeElement.matches('.tiles a[href="#/bases?base=${base}"]')`);
  await press("Enter");
  await tabTo("the tabs", () => document.activeElement.matches('[role="tab"]'));
  await press("ArrowRight");
  await page.locator('[data-setting="threshold"] input').waitFor();
  await tabTo("the threshold", () => document.activeElement.id === "setting-threshold");
  await type("0.42");
  await tabTo("the writing", () => document.activeElement.textContent === "写进配置");
  await press("Enter");
  await page.locator(".diff").waitFor();
  await tabTo("the tabs", () => document.activeElement.matches('[role="tab"]'), "Shift+Tab");
  await press("ArrowLeft");
  await page.locator(".documents .row a").first().waitFor();
  await tabTo("a document", () => document.activeElement.matches(".documents .row a"));
  await press("Enter");
  await page.locator("[data-section]").first().waitFor();

  // 插件: a test run.
  await go("c", "plugins");
  await page.locator("[data-plugin]").first().waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await press("j");
  if (await focused(() => !document.activeElement.closest("details").open)) await press("Enter");
  await tabTo("the test run", () => document.activeElement.matches("details.try > summary"));
  await press("Enter");
  await tabTo("its question", () => document.activeElement.matches("details.try textarea"));
  await type(question);
  await press("Control+Enter");
  await page.locator(".try-outcome").waitFor();

  // 配置 and 费用.
  await go("s", "config");
  await page.locator(".source").waitFor();
  await tabTo("the check", () => document.activeElement.textContent === "重新检查");
  await press("Enter");
  await page.getByText("检查过，没有问题").waitFor();
  await go("f", "costs");
  await page.locator(".bars").waitFor();
  await tabTo("the range", () => document.activeElement.type === "radio");
  await press("ArrowRight");
  await page.waitForFunction(() => document.querySelectorAll("[data-day]").length === 30);
  await tabTo("the dearest", () => document.activeElement.matches(".dearest a"));
  await press("Enter");
  await page.locator("h1.question").waitFor();
  await page.close();
}
