// 命中测试: a slider asks nobody, what it lets in is what the host lets in, and all of it works by keyboard.

import assert from "node:assert/strict";

export async function test(visit, { question, bases }) {
  const search = (query) => visit.post("/v1/knowledge-bases/search", query);
  const page = await visit.open("#/hit");
  await page.getByRole("searchbox", { name: "问题" }).fill(question);
  await page.keyboard.press("Enter");
  await page.locator(".hit-row").first().waitFor();
  assert.match(page.url(), /#\/hit\?q=/);
  // Where a base counts for more, what stands above a higher score says why.
  await page.locator('.hit-row[data-id^="b "]').first().getByText("权重 ×1.2").waitFor();
  assert.equal(await page.locator('.hit-row[data-id^="a "]').getByText("权重").count(), 0);

  // Passages and stored questions have thresholds of their own, in one base too.
  const untouched = await search({ query: question, knowledge_bases: bases, raw: true, top_k: 100 });
  const limits = Object.fromEntries(untouched.reports.map(({ knowledge_base, thresholds }) => [knowledge_base, thresholds]));
  const own = ({ knowledge_base, question }) => (question === null ? limits[knowledge_base].passages : limits[knowledge_base].questions);
  const passing = untouched.hits.filter((hit) => hit.score >= own(hit)).map(({ knowledge_base, id }) => `${knowledge_base} ${id}`);
  assert.ok(untouched.hits.some((hit) => hit.question !== null && hit.score >= limits[hit.knowledge_base].passages && hit.score < own(hit)), "a question between the two");
  assert.deepEqual(await page.locator(".inside .hit-row").evaluateAll((rows) => rows.map((row) => row.dataset.id)), passing);
  await page.getByRole("slider", { name: `${bases[0]} 问答 的阈值` }).waitFor();

  // Of 100 thresholds each lets in what the host lets in, nothing grown.
  const raw = await search({ query: question, knowledge_bases: bases, raw: true, top_k: 100 });
  const all = page.getByRole("slider", { name: "全部知识库的阈值" });
  const drawn = () => page.locator(".inside .hit-row").evaluateAll((rows) => rows.map((row) => row.dataset.id));
  for (let n = 0; n <= 100; n += 1) {
    const threshold = n / 100;
    await all.fill(String(threshold));
    const expected = raw.hits.filter(({ score }) => score >= threshold).map(({ knowledge_base, id }) => `${knowledge_base} ${id}`);
    assert.deepEqual(await drawn(), expected, `at ${threshold}`);
    if (n % 20 === 0) {
      // And the host says the same where it is asked with that threshold.
      for (const base of bases) {
        const { hits } = await search({ query: question, knowledge_bases: [base], threshold, top_k: 100 });
        const theirs = new Set(hits.flatMap(({ id, joined }) => [id, ...joined]));
        const ours = expected.filter((id) => id.startsWith(`${base} `)).map((id) => id.slice(base.length + 1));
        assert.deepEqual([...theirs].sort(), ours.sort(), `${base} at ${threshold}`);
      }
    }
  }

  // By keyboard, and no request.
  await all.fill("0.5");
  await page.waitForTimeout(400);
  const before = asked(page);
  await all.focus();
  const value = async () => Number(await all.inputValue());
  const from = await value();
  await page.keyboard.press("ArrowRight");
  assert.equal(await value(), Math.round((from + 0.01) * 100) / 100);
  await page.keyboard.press("Shift+ArrowRight");
  assert.equal(await value(), Math.round((from + 0.06) * 100) / 100);
  await page.keyboard.press("End");
  assert.equal(await value(), 1);
  // Nothing is in: the nearest is named with what it lacks.
  await page.getByText(/没有一条达到阈值。最接近：/).waitFor();
  await page.keyboard.press("Home");
  assert.equal(await value(), 0);
  assert.equal(asked(page), before, "a slider asks nobody");
  assert.ok(await page.locator(".hit-row mark").count() > 0, "words in common are marked");

  // The parts of each score add up to it.
  for (const [score, parts] of await page.locator(".hit-row").evaluateAll((rows) => rows.map((row) => [
    Number(row.querySelector(".score").title), [...row.querySelectorAll(".score-bar i")].reduce((sum, part) => sum + parseFloat(part.style.width), 0) / 100,
  ]))) {
    // Browsers keep six digits of a width.
    assert.ok(Math.abs(score - parts) < 1e-4, `${score} ${parts}`);
  }

  // As in chat: ids and scores are those of the search that chat does.
  await page.getByText("和对话里一样").click();
  await page.getByRole("slider").first().waitFor({ state: "detached" });
  const chat = await search({ query: question, knowledge_bases: bases });
  await page.locator(".hit-row").first().waitFor();
  assert.deepEqual(await drawn(), chat.hits.map(({ knowledge_base, id }) => `${knowledge_base} ${id}`));
  await page.reload();
  await page.locator(".hit-row").first().waitFor();
  assert.deepEqual(await drawn(), chat.hits.map(({ knowledge_base, id }) => `${knowledge_base} ${id}`), "the address says it all");

  // Of documents with that year only, in both ways of asking; the address says it.
  await page.getByText("按文档属性筛选").click();
  await page.getByRole("button", { name: "加一个条件" }).click();
  await page.getByRole("textbox", { name: "属性，如 year" }).fill("year");
  await page.getByRole("combobox", { name: "比较" }).selectOption("gte");
  await page.getByRole("textbox", { name: "值", exact: true }).fill("2024");
  await page.getByRole("textbox", { name: "值", exact: true }).press("Enter");
  const filters = { filters: [{ field: "year", operator: "gte", value: "2024" }] };
  const expected = (await search({ query: question, knowledge_bases: bases, filters })).hits.map(({ knowledge_base, id }) => `${knowledge_base} ${id}`);
  assert.ok(expected.length > 0 && expected.every((id) => id.includes("2024.md")), String(expected));
  await page.waitForFunction((n) => document.querySelectorAll(".hit-row").length === n, expected.length);
  assert.deepEqual(await drawn(), expected);
  // With a threshold and a number of its own.
  await page.getByRole("spinbutton", { name: "阈值" }).fill("1");
  await page.getByRole("spinbutton", { name: "阈值" }).press("Tab");
  await page.getByText(/没有一条达到阈值。最接近：/).waitFor();
  await visit.audit(page, "a filter");
  await page.setViewportSize({ width: 320, height: 800 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
  await page.close();

  // Each question is a step that Back takes back; a link that is pasted into the open screen is obeyed wholly.
  const walked = await visit.open("#/hit");
  const field = walked.getByRole("searchbox", { name: "问题" });
  const places = [question, "顺序志愿"];
  for (const asked of places) {
    await field.fill(asked);
    await field.press("Enter");
    await walked.waitForURL((url) => url.hash.includes(new URLSearchParams({ q: asked }).toString()));
    await walked.locator(".hit-row").first().waitFor();
  }
  await walked.goBack();
  await walked.waitForFunction((question) => document.querySelector("#hit-question")?.value === question, question);
  await walked.locator(".hit-row").first().waitFor();
  // Longer than the address takes to follow the sliders.
  await walked.waitForTimeout(600);
  const paste = (hash) => walked.evaluate((hash) => (location.hash = hash), hash);
  await paste(`#/hit?q=${encodeURIComponent(question)}&t=0.93`);
  await walked.waitForFunction(() => document.querySelector(".strips input[type=range]")?.value === "0.93");
  await paste(`#/hit?q=${encodeURIComponent(places[1])}`);
  await walked.waitForFunction((question) => document.querySelector("#hit-question")?.value === question, places[1]);
  // No more than the host gives.
  const most = walked.getByRole("spinbutton", { name: "每库最多" });
  await most.fill("500");
  await most.press("Tab");
  await walked.waitForURL(/k=200/);
  await walked.locator(".hit-row").first().waitFor();
  assert.equal(await walked.getByRole("alert").count(), 0);
  await walked.close();

  const place = `#/hit?q=${encodeURIComponent(question)}`;
  await visit.survey("hit", place, (page) => page.locator(".hit-row").first().waitFor());
}

/** Requests of the page so far, but for those of the lamp, which looks again now and then. */
function asked(page) {
  return page.requests.filter((request) => !request.url().endsWith("/readyz")).length;
}
