/** The host's reasons in the page's language. They come in English; those of a known kind are put into Chinese, all others
 * are shown as they came. */

import { language } from ".";

type Kind = readonly [pattern: RegExp, said: string];

/** Of `host/src/route.rs`, `host/src/turn/` and `host/src/prompt/`, and of the plugin `knowledge-base`. `$1` is what the
 * pattern has found first. */
const KINDS: readonly Kind[] = [
  [/^the request wants no plugins$/, "请求不要插件"],
  [/^the request names it$/, "请求点名了它"],
  [/^its route is `always`$/, "路由为 always：每次都调用"],
  [/^its route is `model`: offered as a tool$/, "路由为 model：作为工具交给模型"],
  [/^its route is `forced` and the request does not name it$/, "路由为 forced，而请求没有点名它"],
  [/^its route is `when` without a condition$/, "路由为 when，却没有写条件"],
  [/^no keyword and no pattern of its `when` is in the question$/, "when：问题里没有它的关键词，也不符合它的模式"],
  [/^the question contains `([^]*)`$/, "问题里有「$1」"],
  [/^the question matches \/([^]*)\/$/, "问题符合模式 /$1/"],
  [/^the variable `([^`]*)` is `([^]*)`, not `([^]*)`$/, "变量 $1 是「$2」，不是「$3」"],
  [/^the variable `([^`]*)` is `([^]*)`$/, "变量 $1 是「$2」"],
  [/^the request has no variable `([^]*)`$/, "请求没有变量 $1"],
  [/^it asked the user in the turn before: the reply chooses `([^]*)`$/, "上一轮是它追问的；这句回复选了「$1」"],
  [/^it asked the user in the turn before$/, "上一轮是它追问的"],

  [/^follow_up is off$/, "追问改写已关闭（follow_up）"],
  [/^nothing was said before$/, "之前没有对话"],
  [/^it stands by itself$/, "问题本身完整，无需改写"],
  [/^it is short: bases are also searched for it behind the one before$/, "问题较短：检索时也接在上一个问题之后"],
  [/^the model left it as it is$/, "模型没有改动它"],
  [/^the model's wording$/, "用模型的说法"],
  [/^the answer to a question back; it refers to `([^]*)`$/, "它在回答追问；承接「$1」"],
  [/^asks for more of the same; it refers to `([^]*)`$/, "要求再说一些；承接「$1」"],
  [/^holds a word that refers; it refers to `([^]*)`$/, "含有指代词；承接「$1」"],
  [/^names only what is asked for; it refers to `([^]*)`$/, "只说了要问什么；承接「$1」"],
  [/^names another value; it refers to `([^]*)`$/, "换了一个值；承接「$1」"],
  [/^names a value and nothing to ask of it; it refers to `([^]*)`$/, "只给了一个值；承接「$1」"],
  [/^asks of an aspect of something it does not name; it refers to `([^]*)`$/, "问一个方面，没说是什么的；承接「$1」"],
  [/^compares something it does not name; it refers to `([^]*)`$/, "在比较，没说拿什么比；承接「$1」"],
  [/^very short and without a subject; it refers to `([^]*)`$/, "很短，没有主语；承接「$1」"],
  [/^names another thing and nothing to ask of it; it refers to `([^]*)`$/, "换了一个对象，没说问什么；承接「$1」"],

  [/^nothing was searched: a filter needs the variable `([^`]*)`, which the (?:turn|request) does not have(?:; [^]*)?$/, "没有检索：筛选条件需要变量 $1，而这次对话没有它"],
  [/^no knowledge base was searched: none is granted to this plugin$/, "没有检索：没有授予这个插件任何知识库"],
  [/^([^:;]+): best ([\d.]+) below threshold ([\d.]+)$/, "$1：最高 $2，低于阈值 $3"],
  [/^([^:;]+): best ([\d.]+), left out by the limits set$/, "$1：最高 $2，被设定的条数限制略去"],
  [/^([^:;]+): nothing matched$/, "$1：没有候选"],
  [/^([^:;]+): could not be searched: ([^]*)$/, "$1：检索不了：$2"],

  [/^prompt_tokens = (\d+)(?:, of which the tools take (\d+),)?(?: beside the (\d+) tokens that the client asks for the answer)? is used up$/, "提示词的 $1 tokens 已用完（prompt_tokens）"],
  [/^the app's template does not show it: it has no (\{\{.*\}\}) for it$/, "应用的模板没有放它：缺 $1"],
  [/^the app's template has no (\{\{.*\}\})$/, "应用的模板里没有 $1"],
  [/^it is cut or changed by the app's template:.*$/, "应用的模板截短或改动了它；要全部给模型，就不加过滤器、不切片地写出它的文字"],
  [/^passage (\d+): ([^]*)$/, "资料 $1：$2"],
  [/^the end of passage (\d+): ([^]*)$/, "资料 $1 的后段：$2"],
  [/^part of passage (\d+): ([^]*)$/, "资料 $1 的一部分：$2"],
  [/^the end of result (\d+): ([^]*)$/, "接口结果 $1 的后段：$2"],
  [/^the end of the tool `([^`]*)`'s result$/, "工具 $1 结果的后段"],
  [/^the (\d+) oldest messages of the history$/, "历史里最早的 $1 条消息"],
  [/^the client's system message$/, "客户端的 system 消息"],
  [/^still running when the turn ended$/, "对话结束时它还在运行"],

  // Of the built-in plugins, and of what a plugin asked for.
  [/^Calls an API described by configuration$/, "按配置调用一个接口"],
  [/^Finds passages and standard answers in knowledge bases$/, "在知识库里找资料和标准答案"],
  [/^Closes, links and cleans markdown while it streams$/, "边输出边补全、加链接、清理 Markdown"],
  [/^Finds passages on the web$/, "在网上找资料"],
  [/^the plugin may not reach ([^\s:;]+(?::\d+)?)[:;] add (hosts = \[[^]*\]) to \[([^\]]*)\]$/, "插件不能访问 $1：在 [$3] 里写 $2"],
  [/^the plugin may not search `([^`]*)`[:;] add (knowledge = \[[^]*\]) to \[([^\]]*)\]$/, "插件不能检索 $1：在 [$3] 里写 $2"],
  [/^no result within ([^;]+); `limits.timeout` of the plugin sets the time$/, "$1 内没有结果；时限由插件的 limits.timeout 设定"],
  [/^no knowledge base could be searched: ([^]*)$/, "没有一个知识库检索得了：$1"],
  [/^unavailable: (\S+): the connection was refused$/, "连不上 $1：连接被拒绝"],
  [/^unavailable: (\S+): ([^]*)$/, "用不了 $1：$2"],
  [/^invalid configuration: ([^]*)$/, "插件的配置不对：$1"],
  [/^invalid arguments: ([^]*)$/, "参数不对：$1"],
  [/^denied: ([^]*)$/, "被拒绝：$1"],
  [/^error sending request: [^]*Connection refused[^]*$/, "连接被拒绝"],
  [/^error sending request: [^]*dns error[^]*$/, "找不到这个主机名"],

  // Of turns and models.
  [/^the client left$/, "客户端断开了"],
  [/^the turn took longer than turn_timeout = (\S+) in \[server\]$/, "对话超过了时限：[server] turn_timeout = $1"],
  [/^the plugin `([^`]*)` failed: ([^]*)$/, "插件 $1 出错：$2"],
  [/^the host failed: ([^]*)$/, "主机出错：$1"],
  [/^model `([^`]*)` cannot be reached at (\S+): ([^]*); check base_url in \[models\.[^\]]*\] and that the server runs$/, "连不上模型 $1（$2）：$3。检查 [models.$1] 的 base_url，以及服务是否在运行"],
  [/^model `([^`]*)` sent no answer within ([^;]+); raise first_byte_timeout[^]*$/, "模型 $1 在 $2 内没有回答；若它只是慢，调大 [models.$1] 的 first_byte_timeout"],
  [/^model `([^`]*)` stopped sending for ([^;]+); raise stall_timeout[^]*$/, "模型 $1 停了 $2 没有再发；若它只是慢，调大 [models.$1] 的 stall_timeout"],
  [/^model `([^`]*)` answered HTTP (\d+): ([^]*)$/, "模型 $1 返回 HTTP $2：$3"],
  [/^model `([^`]*)` gave no answer: ([^]*)$/, "模型 $1 没有给出回答：$2"],
  [/^model `([^`]*)` broke off in the middle of its answer: ([^]*)$/, "模型 $1 答到一半断了：$2"],
  [/^model `([^`]*)` called tools in all (\d+) rounds and never answered; [^]*$/, "模型 $1 在 $2 轮里一直调用工具，没有回答；可调大应用的 max_tool_rounds"],
  [/^model `([^`]*)` said more than the (\d+) bytes an answer may have[^]*$/, "模型 $1 的回答超过 $2 字节，被截断；需要的话调大应用的 max_answer_bytes"],
  [/^model `([^`]*)` sent something that is not a chat completion: ([^]*); check[^]*$/, "模型 $1 返回的不是对话格式：$2。检查 [models.$1] 的 base_url 是不是 OpenAI 兼容接口"],
];

/** Longer texts are not looked into. */
const LONGEST = 4_000;

export function reasoned(text: string): string {
  if (language.value !== "zh" || text.length > LONGEST) return text;
  return whole(text) ?? joined(text) ?? text;
}

function whole(text: string): string | null {
  for (const [pattern, said] of KINDS) if (pattern.test(text)) return text.replace(pattern, said);
  return null;
}

/** Several reasons in one: conditions that all hold, bases one after the other. Each has to be known. */
function joined(text: string): string | null {
  for (const [between, join] of [[/, (?=the variable `)/, "，"], [/; (?=[^;:]+: (?:best |nothing matched|could not be))/, "；"]] as const) {
    const parts = text.split(between);
    if (parts.length < 2) continue;
    const said = parts.map(whole);
    if (said.every((part) => part !== null)) return said.join(join);
  }
  const byRule = /^the model gave none \(([^]*)\); by rule: ([^]*)$/.exec(text);
  return byRule ? `模型没有给出改写（${byRule[1]}）；按规则：${reasoned(byRule[2] ?? "")}` : null;
}
