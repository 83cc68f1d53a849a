/** What the host goes by: each value under its key, those that the file does not name in grey. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { words } from "../../words";

interface Value {
  key: string;
  value: unknown;
  isDefault: boolean;
}

export function Effective({ of }: { of: unknown }): JSX.Element | null {
  const w = words().config;
  const [own, setOwn] = useState(false);
  if (typeof of !== "object" || of === null || Object.keys(of).length === 0) return null;
  const tables = Object.entries(of).map(([name, value]) => ({ name, values: flat(value, "") }));
  const shown = tables.map(({ name, values }) => ({ name, values: own ? values.filter(({ isDefault }) => !isDefault) : values })).filter(({ values }) => values.length > 0);
  return (
    <section class="card">
      <div class="head">
        <h2>{w.effective}</h2>
        <label class="check"><input type="checkbox" checked={own} onChange={() => setOwn(!own)} /> {w.onlyOwn}</label>
      </div>
      {shown.map(({ name, values }) => (
        <details class="fold" key={name}>
          <summary><b>{name}</b> <span class="muted small">{values.length}</span></summary>
          <dl class="values">
            {values.map(({ key, value, isDefault }) => (
              <div key={key} class={isDefault ? "default" : ""}>
                <dt class="id">{key || name}</dt>
                <dd class="id">{said(value)} {isDefault && <span class="small">{w.default}</span>}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </section>
  );
}

/** The leaves of a table, by their whole keys. A leaf may say of itself that it is the default. */
function flat(value: unknown, above: string): Value[] {
  if (typeof value !== "object" || value === null || (Array.isArray(value) && !value.some((item) => typeof item === "object"))) {
    return [{ key: above, value, isDefault: false }];
  }
  const leaf = value as { value?: unknown; default?: unknown };
  if (typeof leaf.default === "boolean" && "value" in leaf) return [{ key: above, value: leaf.value, isDefault: leaf.default }];
  return Object.entries(value).flatMap(([name, inner]) => flat(inner, above ? `${above}.${name}` : name));
}

function said(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value || "\"\"" : JSON.stringify(value);
}
