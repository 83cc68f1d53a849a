/** Markdown as nodes. Markup in it stays text, and images become links: an answer can neither run nor call out. */

import { Lexer, type MarkedToken, type Token } from "marked";
import type { ComponentChild, ComponentChildren, JSX } from "preact";
import { LongText } from "./long";

/** Longer texts are shown as they are, so that no text can keep the page busy. */
const LONGEST = 60_000;

export interface MarkdownProps {
  text: string;
  /** Draws a citation such as `[1]`; nothing where it cites nothing. */
  cite?: ((number: number) => ComponentChild | null) | undefined;
}

export function Markdown({ text, cite }: MarkdownProps): JSX.Element {
  if (text.length > LONGEST) return <LongText text={text} />;
  let nodes: ComponentChildren;
  try {
    // A citation without an address comes escaped from the host's formatter.
    const said = cite ? text.replace(/\\\[(\d{1,3})\\\]/g, "[$1]") : text;
    nodes = blocks(new Lexer({ gfm: true }).lex(said), { cite });
  } catch {
    // Nested deeper than any answer a person would read.
    return <LongText text={text} />;
  }
  return <div class="markdown">{nodes}</div>;
}

interface Drawing {
  cite: MarkdownProps["cite"];
}

function blocks(tokens: Token[], drawing: Drawing): ComponentChildren {
  return tokens.map((token, index) => <Part key={index} token={token as MarkedToken} drawing={drawing} />);
}

function Part({ token, drawing }: { token: MarkedToken; drawing: Drawing }): JSX.Element | null {
  const inside = () => ("tokens" in token && token.tokens ? blocks(token.tokens, drawing) : null);
  switch (token.type) {
    case "heading": {
      // The page's own headings are above those of an answer.
      const Level = `h${Math.min(6, token.depth + 2)}` as "h3";
      return <Level>{inside()}</Level>;
    }
    case "paragraph":
      return <p>{inside()}</p>;
    case "text":
      return token.tokens ? <>{inside()}</> : <>{plain(token.text, drawing)}</>;
    case "list": {
      const items = token.items.map((item, index) => <li key={index}>{blocks(item.tokens, drawing)}</li>);
      return token.ordered ? <ol start={token.start === "" ? 1 : token.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case "checkbox":
      return <>{token.checked ? "☑ " : "☐ "}</>;
    case "table":
      return (
        <div class="table" tabIndex={0}>
          <table>
            <thead><tr>{token.header.map((cell, n) => <th key={n} class={cell.align ?? ""}>{blocks(cell.tokens, drawing)}</th>)}</tr></thead>
            <tbody>
              {token.rows.map((row, n) => <tr key={n}>{row.map((cell, m) => <td key={m} class={cell.align ?? ""}>{blocks(cell.tokens, drawing)}</td>)}</tr>)}
            </tbody>
          </table>
        </div>
      );
    case "code":
      return <pre><code>{token.text}</code></pre>;
    case "blockquote":
      return <blockquote>{inside()}</blockquote>;
    case "hr":
      return <hr />;
    case "strong":
      return <strong>{inside()}</strong>;
    case "em":
      return <i>{inside()}</i>;
    case "del":
      return <del>{inside()}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "escape":
      return <>{token.text}</>;
    case "image":
      return <Link href={token.href} title={token.title ?? null}>🖼 {entities(token.text || token.href)}</Link>;
    case "link": {
      const cited = /^\\?\[(\d{1,3})\\?\]$/.exec(token.text);
      const citation = cited && drawing.cite?.(Number(cited[1]));
      return citation ? <>{citation}</> : <Link href={token.href} title={token.title ?? null}>{inside()}</Link>;
    }
    case "html":
      return <>{token.raw}</>;
    case "space":
    case "def":
      return null;
    default:
      return <>{(token as Token).raw}</>;
  }
}

/** A link that leads out of the page: only to the web, and without saying from where. */
function Link({ href, title, children }: { href: string; title: string | null; children: ComponentChildren }): JSX.Element {
  const target = webAddress(href);
  if (target === null) return <>{children}</>;
  return <a href={target} title={title ?? target} target="_blank" rel="noopener noreferrer">{children}</a>;
}

export function webAddress(href: string): string | null {
  try {
    const url = new URL(href);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A text with its citations. */
function plain(text: string, { cite }: Drawing): ComponentChildren {
  const parts = entities(text).split(/(\[\d{1,3}\])/);
  if (!cite || parts.length === 1) return parts.join("");
  return parts.map((part) => (/^\[\d/.test(part) ? (cite(Number(part.slice(1, -1))) ?? part) : part));
}

const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0", copy: "©", hellip: "…", mdash: "—", ndash: "–" };

/** Entities as a reader sees them: the host's formatter writes `&lt;` for what would be markup elsewhere. */
function entities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w{2,8}));/g, (whole, decimal, hexadecimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? parseInt(hexadecimal, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : "\ufffd";
  });
}
