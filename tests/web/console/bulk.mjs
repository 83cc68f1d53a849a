// 批量评测: the figures at the slider are those of the host's own report.

import assert from "node:assert/strict";

export async function test(visit, { questions, empty }) {
  const page = await visit.open("#/bulk");
  const report = page.waitForResponse((response) => response.url().includes("/evaluate"));
  // A base without documents cannot be asked; the others still can.
  const chip = (name) => page.locator(".chip").filter({ hasText: name }).getByRole("checkbox");
  await chip(empty).waitFor();
  assert.ok(await chip(empty).isDisabled() && !await chip(empty).isChecked(), empty);
  await page.locator("textarea").fill(questions);
  await page.locator("textarea").press("Control+Enter");
  const answer = await report;
  assert.equal(answer.status(), 200, await answer.text());
  const { overall, misses, missed } = await answer.json();
  const slider = page.getByRole("slider");
  await slider.waitFor();
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
  assert.equal(asked(page), before, "a slider asks nobody");
  assert.equal(await page.locator(".misses > li").count(), misses.length);
  assert.ok(missed > 0);
  await visit.audit(page, "a report");
  for (const width of [720, 320]) {
    await page.setViewportSize({ width, height: 800 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, String(width));
    await visit.audit(page, `a report ${width}`);
  }

  // A file that cannot be read says what is wrong with it.
  await page.locator("textarea").fill("没有表头的一行");
  await page.locator("textarea").press("Control+Enter");
  await page.getByRole("alert").waitFor();
  assert.match(await page.getByRole("alert").textContent(), /invalid_evaluation/);
  await page.close();
  await visit.survey("bulk", "#/bulk", (page) => page.locator("textarea").waitFor());
}

/** Requests of the page so far, but for those of the lamp, which looks again now and then. */
function asked(page) {
  return page.requests.filter((request) => !request.url().endsWith("/readyz")).length;
}
