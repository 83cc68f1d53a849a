/** What the keys of the built-in plugins' configuration mean, in Chinese: `plugins/<name>/src/config.schema.json` says the same. */

export const pluginKeys: Record<string, Record<string, string>> = {
  "builtin:knowledge-base": {
    knowledge_bases: "检索哪些知识库；不写就是授权的全部。",
    top_k: "每个知识库最多取几段；不写就按知识库自己的。",
    threshold: "分数低于它的不要；不写就按知识库自己的。",
    filters: "按属性只找哪些文档：几个条件须都满足，或写 {filters, condition}。值里可以写 {{ variables.名字 }}；这次对话没有这个变量时不检索，条件标了 optional 的则略去。",
    max_passages: "总共最多给出几段（去重之后）；不写就是全部。",
    standard_answers: "标准答案够确定（达到知识库的 answer_threshold）时，是否不经过模型直接给出。",
    offer_choices: "最接近的是个问题、又不够确定时，最多列几个让用户选。",
    offer_text: "列出选项之前问的话。",
  },
  "builtin:http-api": {
    method: "不写就是 GET；有 body 时是 POST。",
    url: "地址的模板，可用 question、search_text、arguments 和 variables。主机须在授权里；密钥不写在这里。",
    query: "查询参数的模板；结果为空的略去。密钥不写在这里。",
    headers: "请求头的模板。密钥不写在这里，由主机放进去。",
    body: "对象或列表按 JSON 发送，其中的文字都是模板；文字则整个是一个模板。",
    extract_arguments: "模型没有给出参数时，用这些正则从问题里取；命名的组就是参数名。",
    success: "什么样的响应算成功。",
    on_error: "接口拒绝时算插件出错，还是把它自己的话作为结果（outcome）。",
    empty_status: "表示没有查到的状态码，例如 404。",
    extract: "用 JSONPath 从响应里取值，各起一个名字；全都为空就算没有查到。",
    result: "结果的 Markdown 模板；不写就列出取到的值，或原样给出响应。",
    title: "来源名称的模板。",
    link: "来源链接的模板；不写就没有链接。",
    empty: "没有查到时轨迹里写什么。",
  },
  "builtin:search": {
    provider: "用哪家的接口：百度 AI 搜索，或开了 json 格式的 SearXNG。",
    endpoint: "服务地址；不带路径时用该接口自己的。主机须在授权里，密钥由主机放进去。",
    top_k: "最多几条结果。",
    recency: "只要多久以内的；不写就不限。模型可以另选。",
    sites: "只要这些网站的；不写就不限。",
    safe: "请搜索服务去掉不雅内容；不写就按它自己的默认。",
    language: "仅 SearXNG，例如 zh-CN；不写就按它自己的默认。",
  },
  "builtin:markdown": {
    sources: "是否在末尾列出引用的来源；引用标记总会变成链接。",
    heading: "来源列表上面的标题；留空就没有。",
    images: "哪些图片仍作图片：一个都不，或地址在来源里的，或来自这些主机的；其余变成链接。",
  },
};
