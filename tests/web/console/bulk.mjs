// 批量评测: a run is kept and can be cancelled, its figures are those of the host's own report, and two runs are compared.

import assert from "node:assert/strict";

export async function test(visit, { questions, empty, slow }) {
  const page = await visit.open("#/bulk");
  // A base without documents cannot be asked; the others still can.
  const chip = (name) => page.locator(".chip").filter({ hasText: name }).getByRole("checkbox");
  await chip(empty).waitFor();
  assert.ok(await chip(empty).isDisabled() && !await chip(empty).isChecked(), empty);
  const get = async (path) => (await page.request.get(`${visit.url}${path}`)).json();
  const run = async (text) => {
    const asked = page.waitForResponse((response) => response.url().endsWith("/v1/evaluations") && response.status() === 202);
    await page.locator("textarea").fill(text);
    await page.locator("textarea").press("Control+Enter");
    const answer = await asked;
    assert.equal(answer.status(), 202, await answer.text());
    return (await answer.json()).id;
  };

  // One that takes long is seen on its way, and ends when it is told to.
  const long = await run(`问题,文档\n${Array.from({ length: slow }, (_, n) => `第 ${n} 个问题问的是什么？,1.md`).join("\n")}\n`);
  const running = page.locator(`[data-run="${long}"]`);
  await running.locator("progress").waitFor();
  await running.getByRole("button", { name: "取消" }).click();
  await page.locator(`[data-run="${long}"][data-state="cancelled"]`).waitFor();

  // How a file is read is seen before it runs: the first questions with what is right, and the lines that are none, with why.
  const more = Array.from({ length: 6 }, (_, n) => `第 ${n} 问？,1.md\n`).join("");
  await page.locator("textarea").fill(`${questions}只有问题,\n${more}`);
  const read = page.locator(".understood");
  await read.getByText("读懂 10 题").waitFor();
  assert.match(await read.textContent(), /其中 1 题不该有结果/);
  const lines = await read.locator("ol > li").allTextContents();
  assert.deepEqual(lines, ["平行志愿按什么原则投档？ → 1.md", "顺序志愿看什么？ → 2.md", "平行志愿呢？ → 2.md", "红烧肉怎么炖？ → 不该有结果", "第 0 问？ → 1.md"]);
  await read.getByText("另有 5 题").waitFor();
  assert.match(await read.locator("details").textContent(), /1 行没有读懂.*第 6 行：没有写什么是对的/s);
  await visit.audit(page, "questions before they are asked");

  const first = await run(questions);
  await read.locator("details").waitFor({ state: "detached" });
  await page.locator(`[data-run="${first}"][data-state="done"]`).waitFor();
  const record = await get(`/v1/evaluations/${first}`);
  const { overall } = record.variants[0].report;
  const slider = page.getByRole("slider");
  await slider.waitFor();
  await page.waitForTimeout(300);
  const before = asked(page);
  const figure = (name) => page.locator(`[data-figure="${name}"]`).textContent();
  const percent = (share) => (share === null ? "–" : `${(100 * share).toFixed(1)}%`);
  for (const at of [0, 13, 40, 77, 100]) {
    await slider.fill(String(at));
    const point = overall.curve.points[at];
    assert.equal(await figure("threshold"), point.threshold.toFixed(2));
    assert.equal(await figure("precision"), percent(point.precision));
    assert.equal(await figure("recall"), percent(point.recall));
    assert.equal(await figure("kept"), percent(point.kept));
    assert.equal(await figure("answered"), `${point.answered} / ${overall.curve.questions}`);
    assert.equal(await figure("right"), String(point.right));
  }
  // A press on the chart moves the threshold there.
  const box = await page.locator(".plot svg").boundingBox();
  await page.mouse.click(box.x + box.width * 0.25, box.y + 20);
  assert.equal(await slider.inputValue(), "25");
  assert.equal(asked(page), before, "neither asks anybody");

  // Every question, by how it came out.
  const list = async (query) => get(`/v1/evaluations/${first}/questions?variant=0&limit=50${query}`);
  const choose = page.getByRole("combobox", { name: "哪些题" });
  for (const verdict of ["missed", "right", ""]) {
    await choose.selectOption(verdict);
    const { data } = await list(verdict && `&verdict=${verdict}`);
    await page.waitForFunction((n) => document.querySelectorAll(".misses > li").length === n, data.length);
    const shown = await page.locator(".misses > li b:first-child").allTextContents();
    for (const { question } of data) assert.ok(shown.includes(question), question);
  }
  await visit.audit(page, "a report");

  // Another run, after the threshold has changed, beside the first.
  const second = await run(questions.replace("平行志愿呢？,2.md", "平行志愿呢？,1.md"));
  await page.locator(`[data-run="${second}"][data-state="done"]`).waitFor();
  await page.getByRole("combobox", { name: "与哪一次比较" }).selectOption(first);
  await page.locator(".chart .then").first().waitFor();
  await choose.selectOption("better");
  const better = await get(`/v1/evaluations/${second}/questions?variant=0&limit=50&verdict=better&against=${first}:0`);
  assert.deepEqual(better.data.map(({ question }) => question), ["平行志愿呢？"]);
  await page.waitForFunction(() => document.querySelectorAll(".misses > li").length === 1);
  assert.match(await page.locator(".misses > li").textContent(), /平行志愿呢？.*之前/s);
  for (const width of [1280, 720, 320]) {
    await page.setViewportSize({ width, height: 800 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, String(width));
    await visit.audit(page, `two runs ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  // The address says it all, and the runs outlive the page.
  await page.reload();
  await page.locator(".chart .then").first().waitFor();
  assert.equal(await page.locator("[data-run]").count(), 3);
  // Which run is open is a step that Back takes back.
  const opened = page.locator('[data-run] button[aria-pressed="true"]');
  const shown = page.url();
  await page.locator(`[data-run="${first}"] button[aria-pressed]`).click();
  await page.locator(`[data-run="${first}"] button[aria-pressed="true"]`).waitFor();
  await page.goBack();
  await page.locator(`[data-run="${second}"] button[aria-pressed="true"]`).waitFor();
  assert.equal(await opened.count(), 1);
  assert.equal(page.url(), shown);

  // One of them is deleted, on the second press.
  const gone = page.locator(`[data-run="${long}"]`);
  await gone.getByRole("button", { name: /删除评测/ }).click();
  await gone.getByRole("button", { name: /确认删除/ }).click();
  await gone.waitFor({ state: "detached" });
  assert.equal((await page.request.get(`${visit.url}/v1/evaluations/${long}`)).status(), 404);

  // A file that cannot be read says what is wrong with it.
  await page.locator("textarea").fill("没有表头的一行");
  await page.locator("textarea").press("Control+Enter");
  await page.getByRole("alert").waitFor();
  assert.match(await page.getByRole("alert").textContent(), /invalid_evaluation.*列名/s);
  // It stands there once, whether it was run or not.
  await page.waitForTimeout(700);
  assert.equal(await page.getByRole("alert").count(), 1);

  // An id that no base has is told in the page's language.
  const third = await run(`${questions}没有这篇怎么办？,没有.md\n`);
  await page.locator(`[data-run="${third}"][data-state="done"]`).waitFor();
  await page.getByText("1 个正确文档不在知识库里，按没找到算（第 6 行: `没有.md`）").waitFor();
  await page.close();
  await visit.survey("bulk", "#/bulk", (page) => page.getByRole("slider").waitFor());
}

/** Requests of the page so far, but for those of the lamp, which looks again now and then. */
function asked(page) {
  return page.requests.filter((request) => !request.url().endsWith("/readyz")).length;
}
