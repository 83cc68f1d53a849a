//! Answers as models write them, which must come through as they are.

/// Each looks the same in every renderer before and after.
pub(crate) const ANSWERS: &[&str] = &[
    "平行志愿按照**分数优先、遵循志愿**的原则投档。\n\n1. 先看分数；\n2. 再看志愿：\n   - 院校专业组\n   - 专业\n     - 冲\n     - 稳\n3. 最后看*体检*。\n\n> 注意：~~一本~~已经取消。\n> 以当年公布为准。\n",
    "# 标题\n\n## 小标题\n\n正文 `inline code`，又如 `Vec<String>`、`a && b`、`std::vector<int>`。\n\n---\n\n正文\n\n***\n\n标题二\n===\n\n标题三\n---\n",
    "```rust\nfn main() {\n    let v: Vec<String> = vec![];\n    println!(\"{}\", v[0]);\n}\n```\n\n```html\n<div class=\"a\"><img src=\"x.png\" onerror=\"no()\"></div>\n```\n\n~~~sh\necho \"$HOME\" | grep `whoami`\n~~~\n",
    "````md\n```js\nlet x = `a${b}`\n```\n````\n",
    "- 第一步：\n  ```bash\n  cat <<EOF > a.txt\n  <b>\n  EOF\n  ```\n- 第二步\n\n1. 安装\n\n   ```python\n   if a < b and c > d:\n       print(\"<ok>\")\n   ```\n\n2. 运行\n",
    "> 引用里的代码\n>\n> ```xml\n> <a href=\"x\">y</a>\n> ```\n>\n> 后面\n",
    "| 省份 | 分数 | 说明 |\n|:-----|-----:|:----:|\n| 河南 | 514 | `a \\| b` |\n| 河北 | 449 | **加粗** 与 `<tag>` |\n| 山东 | 443 | [链接](https://a.example/x?a=1&b=2) |\n",
    "行内公式 $E = mc^2$ 与 $a_1 + b_2 \\le c$。\n\n$$\n\\int_0^1 x^2\\,dx = \\frac{1}{3}\n$$\n\n其中 $x < y$，且 $\\alpha \\in [0, 1]$。\n\n\\[ \\sum_{i=1}^{n} i = \\frac{n(n+1)}{2} \\]\n",
    "官网：https://gaokao.example/查询?省=河南 ，或者 www.gaokao.example 。邮箱 help@gaokao.example。\n\n[章程](https://a.example/1 \"题\")、<https://a.example/x>、<mailto:a@b.example>、[电话](tel:+86-10-12345678)、[见下](#节)、[相对](/a/b.html)。\n",
    "- [ ] 待办\n- [x] 完成\n\n脚注一[^注]。\n\n[^注]: 说明文字，见第 3 页。\n\n[参考][ref]\n\n[ref]: https://a.example/ref \"题目\"\n",
    "1 < 2 且 3 > 2，a <= b，x<5，C++ 与 C#，5 * 3 = 15，snake_case_name，2**10，~约 30%~，“引号”，it's，!重要！\n",
    "第一行  \n硬换行\\\n再换\n\n    indented <code>\n    more\n\n后面\n",
    "参见第[8]条、【注】、数组 `a[1]` 与 a[i]。好！真的！？\n",
    "```mermaid\ngraph TD;\n  A[开始] --> B{是否?};\n  B -- 是 --> C((结束));\n```\n\n```json\n{\"a\": [1, 2], \"b\": \"<x>\"}\n```\n",
    "**注意：** 请在 6 月 25 日前确认。*斜体*与_下划线_，***都有***，`` 含 ` 的代码 ``。\n\n* 星号列表\n* 第二项\n\n+ 加号列表\n+ 第二项\n",
    "家庭 👨‍👩‍👧 与 café、naïve，全角：ＡＢＣ１２３，日本語の「かな」，한국어。\n",
];
