// Renders markdown as people's clients do, and tells what of it would run, load or lead where it must not.
//
// Reads one JSON object a line: `text`, and `images`, the URLs that may be loaded. Answers with one line each: with
// the argument `check` an array of findings, empty where all is well; with `render` an object of each renderer's HTML.

import { createInterface } from 'node:readline'
import { Parser as CommonMarkParser, HtmlRenderer } from 'commonmark'
import MarkdownIt from 'markdown-it'
import { Marked } from 'marked'
import { parseFragment } from 'parse5'
import rehypeRaw from 'rehype-raw'
import rehypeStringify from 'rehype-stringify'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'

// Every one of them with HTML let through, which is the default of marked and commonmark: a client that cleans what
// it renders is safe without the formatter.
const marked = new Marked()
const markedWithBreaks = new Marked({ breaks: true })
const markedPlain = new Marked({ gfm: false })
const markdownIt = new MarkdownIt({ html: true, linkify: true })
const markdownItPlain = new MarkdownIt('commonmark', { html: true })
const remark = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeStringify, { allowDangerousHtml: true })
const commonmarkParser = new CommonMarkParser()
const commonmarkRenderer = new HtmlRenderer()

const RENDERERS = {
  marked: (text) => marked.parse(text),
  'marked with breaks': (text) => markedWithBreaks.parse(text),
  'marked without gfm': (text) => markedPlain.parse(text),
  'markdown-it': (text) => markdownIt.render(text),
  'markdown-it commonmark': (text) => markdownItPlain.render(text),
  'remark-gfm': (text) => String(remark.processSync(text)),
  commonmark: (text) => commonmarkRenderer.render(commonmarkParser.parse(text)),
}

// What the renderers themselves write. Anything else was HTML in the answer.
const ELEMENTS = new Set(
  ('a blockquote br code del em h1 h2 h3 h4 h5 h6 hr img input li ol p pre s section strong sup table tbody td th ' +
    'thead tr ul').split(' '),
)
const ATTRIBUTES = new Set(
  ('align alt aria-describedby aria-label checked class data-footnote-backref data-footnote-ref data-footnotes ' +
    'disabled href id src start style title type').split(' '),
)
const STYLE = /^text-align: ?(left|right|center);?$/
const SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:', 'ftp:', 'xmpp:'])

function leadsAstray(url) {
  // Some clients decode or trim more than a browser does; whatever they make of it must be harmless.
  const readings = [url, url.trim(), url.replace(/[\s\p{C}\p{Z}]/gu, '')]
  try {
    readings.push(decodeURIComponent(url).replace(/[\s\p{C}\p{Z}]/gu, ''))
  } catch {
    // Not a percent encoding: nothing to decode.
  }
  return readings.some((reading) => {
    const scheme = /^[^/?#]*?:/.exec(reading)?.[0].toLowerCase()
    return scheme !== undefined && /^[a-z][a-z0-9+.-]*:$/.test(scheme) && !SCHEMES.has(scheme)
  })
}

// Renderers encode what is not ASCII, each in its way.
function same(image, src) {
  try {
    return new URL(image).href === new URL(src).href
  } catch {
    return false
  }
}

function findings(html, images) {
  const found = []
  const walk = (node) => {
    if (node.nodeName.startsWith('#')) {
      if (node.nodeName !== '#text' && node.nodeName !== '#document-fragment') found.push(node.nodeName)
    } else {
      if (!ELEMENTS.has(node.tagName)) found.push(`<${node.tagName}>`)
      for (const { name, value } of node.attrs) {
        const shown = `<${node.tagName} ${name}=${JSON.stringify(value)}>`
        if (!ATTRIBUTES.has(name)) found.push(shown)
        else if (name === 'style' && !STYLE.test(value)) found.push(shown)
        else if (name === 'type' && value !== 'checkbox') found.push(shown)
        else if (name === 'href' && leadsAstray(value)) found.push(shown)
        else if (name === 'src' && !images.some((image) => same(image, value))) found.push(shown)
      }
    }
    node.childNodes?.forEach(walk)
  }
  walk(parseFragment(html))
  return found
}

const mode = process.argv[2] ?? 'check'
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { text, images = [] } = JSON.parse(line)
  const answer = mode === 'render' ? {} : []
  for (const [name, render] of Object.entries(RENDERERS)) {
    let html
    try {
      html = render(text)
    } catch (error) {
      // A renderer that gives up shows nothing.
      html = ''
      if (mode === 'render') answer[name] = `failed: ${error.message}`
      continue
    }
    if (mode === 'render') answer[name] = html
    else for (const found of findings(html, images)) answer.push(`${name}: ${found}`)
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
