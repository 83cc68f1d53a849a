// The waterfall: bars of what ran side by side overlap, and what came after begins after.

import assert from "node:assert/strict";

export async function test(visit, { id }) {
  const page = await visit.open(`#/traces?id=${id}`);
  await page.locator(".fall li").first().waitFor();
  const rows = await page.locator(".fall li.depth-0").evaluateAll((rows) => rows.map((row) => {
    const bars = [...row.querySelectorAll(".bar")].map((bar) => bar.getBoundingClientRect());
    return { label: row.querySelector(".label").textContent, left: Math.min(...bars.map(({ left }) => left)), right: Math.max(...bars.map(({ right }) => right)) };
  }));
  const named = (label) => rows.filter((row) => row.label === label);
  const [first] = named("first");
  const [second] = named("second");
  const overlap = Math.min(first.right, second.right) - Math.max(first.left, second.left);
  const longer = Math.max(first.right - first.left, second.right - second.left);
  // One that waited for the other would not overlap at all; on a busy machine either may take longer.
  assert.ok(overlap >= 0.25 * longer, `they ran side by side: ${JSON.stringify({ first, second })}`);
  const [third] = named("third");
  const models = named("模型 up");
  assert.equal(models.length, 2);
  assert.ok(models[0].left >= Math.max(first.right, second.right) - 3, "the model waits for the plugins");
  assert.ok(third.left >= models[0].right - 3, "a tool is called when the model has said so");
  assert.ok(models[1].left >= third.right - 3, "and the model goes on when it has answered");
  assert.deepEqual(rows.map(({ label }) => label), ["路由", "改写", "first", "second", "模型 up", "third", "模型 up"], "in the order begun");

  // What a step took is told where it is looked at, by keyboard too.
  const plugin = page.locator(".fall li", { hasText: "first" }).first();
  await plugin.focus();
  assert.match(await plugin.locator(".parts").innerText(), /运行 \d/);
  await page.getByLabel("对数刻度").check();
  for (const [bar, lane] of await page.locator(".lane .bar").evaluateAll((bars) => bars.map((bar) => [bar, bar.parentElement].map((e) => e.getBoundingClientRect().toJSON())))) {
    assert.ok(bar.width >= 2 && bar.left >= lane.left - 1 && bar.right <= lane.right + 3, JSON.stringify({ bar, lane }));
  }
  await visit.audit(page, "the waterfall");

  // What the axis says can be read where there is little room, too.
  for (const width of [1280, 720, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const isLogarithmic of [true, false]) {
      await page.getByLabel("对数刻度").setChecked(isLogarithmic);
      const ticks = await page.locator(".ticks span:visible").evaluateAll((ticks) => ticks.map((tick) => tick.getBoundingClientRect().toJSON()));
      assert.ok(ticks.length >= 2, `${ticks.length} at ${width}`);
      for (const [n, { right }] of ticks.entries()) assert.ok(n + 1 === ticks.length || right <= ticks[n + 1].left, `tick ${n} at ${width}`);
    }
  }
  // How many ticks there are is a matter of how long the turn took: three are the fewest of a straight scale.
  await page.evaluate(() => [...document.querySelectorAll(".ticks span")].slice(3).forEach((tick) => tick.remove()));
  assert.equal(await page.locator(".ticks span").count(), 3);
  assert.equal(await page.locator(".ticks span:visible").count(), 2, "three ticks at 320");
  await page.close();

  // A result in the prompt is a run of its text like any other: no rule of another screen breaks the lines around it.
  const prompt = await visit.open(`#/traces?id=${id}&tab=prompt`);
  await prompt.locator(".runs .run.outcome").first().waitFor();
  const displays = await prompt.locator(".runs .run").evaluateAll((runs) => runs.map((run) => [run.dataset.source, getComputedStyle(run).display]));
  assert.deepEqual(displays.filter(([, display]) => display !== "inline"), []);
  const shares = await prompt.locator(".share i").evaluateAll((shares) => shares.map((share) => [share.className, share.getBoundingClientRect().height]));
  assert.ok(shares.length > 1 && shares.every(([, height]) => height > 0), JSON.stringify(shares));
  await prompt.close();
}
