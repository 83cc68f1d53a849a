// 费用: the figures are the host's table, whatever they are grouped by.

import assert from "node:assert/strict";

export async function test(visit, { turns }) {
  const page = await visit.open("#/costs?days=1");
  const answer = await (await page.request.get(`${visit.url}/v1/costs?by=day`)).json();
  const figure = async (name) => (await page.locator(`[data-figure="${name}"]`).textContent()).replace(/[¥,]/g, "");
  await page.locator('[data-figure="cost"]').waitFor();
  const sum = (name) => answer.data.reduce((all, row) => all + (row[name] ?? 0), 0);
  assert.equal(sum("turns"), turns);
  assert.equal(Number(await figure("turns")), turns);
  assert.equal(Number(await figure("prompt_tokens")), sum("prompt_tokens"));
  assert.equal(Number(await figure("completion_tokens")), sum("completion_tokens"));
  assert.ok(Math.abs(Number(await figure("cost")) - sum("cost")) < 1e-4, `${await figure("cost")} ${sum("cost")}`);
  for (const by of ["app", "model", "purpose"]) {
    await page.getByRole("combobox", { name: "按" }).selectOption(by);
    const cells = await page.locator("tbody tr").evaluateAll((rows) => rows.map((row) => Number(row.querySelectorAll("td")[1].textContent.replace(/,/g, ""))));
    assert.equal(cells.reduce((all, n) => all + n, 0), sum("prompt_tokens"), by);
  }
  assert.equal(await page.locator("[data-day]").count(), 1);
  await page.getByText("7 天").click();
  await page.waitForFunction(() => document.querySelectorAll("[data-day]").length === 7);
  // The dearest leads to its trace.
  await page.locator(".dearest a").first().click();
  await page.locator("h1.question").waitFor();
  await page.close();
  await visit.survey("costs", "#/costs", (page) => page.locator(".bars").waitFor());
}
