/** Sentences of the host in Chinese, of texts that come without their facts: why a plugin was called or not, how a question
 * was completed, what is not in a prompt. All others are in `facts.ts`. */

type Kind = readonly [pattern: RegExp, said: string];

/** Of `host/src/route.rs`, `host/src/turn/` and `host/src/prompt/`, and of the plugin `knowledge-base`. `$1` is what the
 * pattern has found first. */
export const reasons: readonly Kind[] = [
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

  [/^no knowledge base was searched: none is granted to this plugin$/, "没有检索：没有授予这个插件任何知识库"],
  [/^([^:;]+): best ([\d.]+) below threshold ([\d.]+)$/, "$1：最高 $2，低于阈值 $3"],
  [/^([^:;]+): best ([\d.]+), left out by the limits set$/, "$1：最高 $2，被设定的条数限制略去"],
  [/^([^:;]+): nothing matched$/, "$1：没有候选"],

  [/^prompt_tokens = (\d+)(?:, of which the tools take (\d+),)?(?: beside the (\d+) tokens that (?:the client asks for the answer|the answer may have))? is used up$/, "提示词的 $1 tokens 已用完（prompt_tokens）"],
  [/^the app's template does not show it: it has no (\{\{.*\}\}) for it$/, "应用的模板没有放它：缺 $1"],
  [/^the app's template has no (\{\{.*\}\})$/, "应用的模板里没有 $1"],
  [/^it is cut or changed by the app's template:.*$/, "应用的模板截短或改动了它；要全部给模型，就不加过滤器、不切片地写出它的文字"],
  // Older traces number what is not in by its place among what was found, which is another one's number in the prompt.
  [/^passage(?: \d+)?: ([^]*)$/, "资料：$1"],
  [/^the end of passage (\d+): ([^]*)$/, "资料 $1 的后段：$2"],
  [/^part of passage (\d+): ([^]*)$/, "资料 $1 的一部分：$2"],
  [/^the whole text of its knowledge base is in the prompt$/, "全文里已有它，不再重复"],
  [/^section: ([^]*)$/, "全文的一节：$1"],
  [/^section (\d+): ([^]*)$/, "全文第 $1 节：$2"],
  [/^part of section (\d+): ([^]*)$/, "全文第 $1 节的一部分：$2"],
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
  [/^the model gave none \(([^]*)\); by rule: ([^]*)$/, "模型没有给出改写（$1）；按规则：$2"],
];

/** Between several reasons in one: conditions that all hold, bases one after the other. */
export const joints: readonly (readonly [between: RegExp, join: string])[] = [
  [/, (?=the variable `)/, "，"],
  [/; (?=[^;:]+: (?:best |nothing matched|could not be))/, "；"],
];
