// The frame: keys, languages, themes, the address, an admin key, and a host that goes away.

import assert from "node:assert/strict";

export async function test(visit, { key }) {
  // Without the key the page comes and its data do not.
  const page = await visit.open("#/traces");
  const dialogOf = (page) => page.locator("dialog[open]");
  const dialog = dialogOf(page);
  await dialog.waitFor();
  assert.match(await dialog.textContent(), /管理密钥/);
  await visit.audit(page, "the key's dialog");
  await page.getByRole("textbox", { name: "管理密钥" }).fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("这个密钥不对").waitFor();
  // What no header can hold is asked for once more, and not kept: the tab would be locked by it.
  await page.getByRole("textbox", { name: "管理密钥" }).fill("密钥");
  await page.keyboard.press("Enter");
  await page.getByText("这个密钥不对").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.getItem("qianfan:key")), "wrong");
  await page.getByRole("textbox", { name: "管理密钥" }).fill(key);
  await page.keyboard.press("Enter");
  await page.getByText("还没有对话").waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("qianfan:key")), null, "the key stays in the tab");
  await page.reload();
  await page.getByText("还没有对话").waitFor();

  // By keyboard only: past the header, the keys' list and back, another screen and back.
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "跳到内容");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("显示按键").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.type), "search");
  // Letters in a field are text.
  await page.keyboard.type("gt?");
  await page.waitForURL(/#\/traces\?q=gt%3F$/);

  await page.getByLabel("语言").selectOption("en");
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByLabel("Theme").selectOption("dark");
  assert.notEqual(await ground(), light);
  await page.close();

  // A host that is away: what was there stays, and comes back by itself.
  const away = await visit.open("#/traces", { key });
  await away.getByText("还没有对话").waitFor();
  await away.route("**/*", (route) => route.abort());
  await away.getByRole("button", { name: "刷新" }).click();
  await away.getByText(/连不上 http/).first().waitFor();
  await away.unroute("**/*");
  await away.getByRole("button", { name: "现在就试" }).click();
  await away.getByText(/连不上 http/).first().waitFor({ state: "hidden" });
  await away.getByText("还没有对话").waitFor();
  await away.close();

  // One that was kept all the same is as none; where there is little room, too, the key can be forgotten.
  const locked = await visit.open("#/traces", { key: "密钥", width: 320 });
  await locked.getByRole("textbox", { name: "管理密钥" }).fill(key);
  await locked.keyboard.press("Enter");
  await locked.getByText("还没有对话").waitFor();
  await locked.getByText("更多").click();
  await locked.getByRole("button", { name: "忘掉密钥" }).click();
  await dialogOf(locked).waitFor();
  await locked.close();

  await visit.survey("frame", "#/nowhere", (page) => page.getByText(/没有这个页面|There is no such screen/).waitFor());
}
