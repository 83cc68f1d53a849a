//! The words by which a question asks, those that say nothing, and those that mean the same: general ones of spoken
//! and written Chinese. Which domain a base is of is not known here.

use super::answer_type::AnswerType;

/// Words by which each thing is asked for.
pub(super) const ASKS: &[(AnswerType, &str)] = &[
    (AnswerType::How, "怎么 如何 怎样 咋 咋个 咋样才能 怎么才能 怎样才能 如何才能 怎么样才能 怎么才 怎样才 怎么能 点样 \
        啷个 咋才能 怎麽 怎么样去 要怎么 该怎么 应该怎么 怎么去 怎么着 咋地 咋能 怎么可以 怎样可以 如何可以 怎的 \
        怎 找谁 联系谁 找哪个 找哪位 找什么人 问谁 怎么个"),
    (AnswerType::Like, "怎么样 咋样 怎样了 如何呢"),
    (AnswerType::When, "什么时候 什么时间 啥时候 啥时间 啥时 何时 几时 几号 哪天 哪一天 哪日 多会儿 多咱 什么时侯 \
        几月几号 几月 何日 啥子时候 哪个时候 什么日子 几点 几点钟 星期几 周几 时间是几点 时间是几号 时间是什么时候 \
        时间是啥时候 什么时段 几点到几点 什么时间段 几月份 什么日期"),
    (AnswerType::HowLong, "多久 多长时间 多长 几天 多少天 几年 多少年 几个月 多少个月 几个小时 多少小时 几小时 多少分钟 \
        几分钟 多少时间 几个工作日 几日 多少日 好久 几周 几个星期 多少个小时 多少个工作日 几多天 几多日 几岁 \
        多少岁 多大年纪 多大"),
    (AnswerType::Price, "多少钱 几多钱 几块钱 多少元 几元 啥价 什么价 什么价格 什么价钱 多钱 好多钱 怎么收费 如何收费 \
        咋收费 怎么计费 如何计费 怎么算钱 咋算钱 收费多少 费用多少 费用是多少 的费用 收费标准 价格是多少 价格多少 \
        价钱是多少 资费是多少 资费多少"),
    (AnswerType::HowMany, "多少 几多 几个 几次 几张 几本 几件 几 多高 多远 多重 好多 多少个 多少次"),
    (AnswerType::Where, "哪里 哪儿 哪 何处 何地 什么地方 啥地方 啥子地方 哪个地方 哪块 什么位置 地址在哪里 地址在哪 \
        位置在哪里 位置在哪 地址是什么 地址是哪里 地址是多少 怎么走 在哪 在哪里 在哪儿 去哪 去哪里 去哪儿 到哪里 \
        到哪 从哪 从哪里"),
    (AnswerType::Why, "为什么 为啥 为何 为什 怎么会 怎么回事 咋回事 什么原因 啥原因 凭什么 干嘛 原因是什么 是什么原因 \
        咋会"),
    (AnswerType::Who, "谁 哪位 何人 什么人"),
    (AnswerType::Which, "哪个 哪种 哪款 哪一个 哪一种 哪类"),
    (AnswerType::What, "什么 啥 啥子 甚么 哪些 有哪些 有什么 有啥 何 什么样 什么样的 哪些样 啥样的 是什么 是啥 会有什么 \
        要什么 需要什么 需要哪些 要哪些 是哪些 什么东西 哪些东西 些什么 点什么 什么物品 哪些物品 有些什么 些啥"),
    (AnswerType::May, "可以 能 能够 行吗 能吗 可以吗 支持 允许 准许 能不能 可不可以 让不让 给不给 行不行 准不准 许不许 接受 允不允许"),
    (AnswerType::Whether, "吗 么 会不会"),
];

/// Words for how, after which one of [`HOW_VERBS`] says no more than that something is done.
pub(super) const HOW_HEADS: &str =
    "怎么 如何 怎样 咋 咋个 要怎么 该怎么 应该怎么 要如何 应该如何 该如何 怎么才能 怎样才能 如何才能 咋才能 怎么去 \
     咋样 点样 怎么样";

/// Verbs that say no more than that something is done.
pub(super) const HOW_VERBS: &str =
    "办理 办 弄 搞 操作 处理 解决 整 做 进行 办好 办理呢";

/// Nouns for the way in which something is done: 退款的流程 asks how.
pub(super) const WAYS: &str =
    "流程 步骤 方法 办法 途径 渠道";

/// What stands around one of [`WAYS`], which `~` stands for.
pub(super) const WAY_FRAMES: &str =
    "的~ ~是什么 的~是什么 ~是怎样的 ~有哪些 ~怎么样 ~是啥";

/// Words that are said out of politeness, wherever they stand, beside the [openings](super::super::polite::openings).
pub(super) const POLITE: &str =
    "请教 麻烦您 麻烦你 麻烦 咨询 一下 谢谢您 谢谢你 谢谢了 谢谢啦 谢谢 多谢 感谢 拜托 请告诉我 告诉我 谁知道 有谁知道 有人知道 你知道 \
     您知道 大家知道 帮我 帮忙 在线等 求助 求解 求告知 亲 各位好";

/// Words that a question can do without.
pub(super) const FILLERS: &str =
    "呢 啊 呀 哦 哈 嘛 吧 啦 喽 哟 噢 诶 嘞 撒 噻 咯 哇 伐 嘎 哩 唉 哎 嗯 呗 的话 的 了 着 地 得 你们 我们 咱们 我的 \
     你的 您的 您 你 我 应该 该 到底 究竟 如果 要是 假如 的时候 时候 是 在 就 都 也 还 会 想 要 需要 这个 那个 这 那 \
     个 才 把 将 来 有 以后 之后 之 所 此 并 而 与 和 及 或 对 于 需 必须 现在 目前 一般 大概 大约 具体 一共 总共 \
     出来 下来 起来 过来 掉 完 过 去 使用 用 进行 这款 那款 这种 给我 一下 自己 大家 正在 已经 我家 我家里 我们家 咱家 先 比较好 合适 好呢 才好 最好 一定 一起 会不会 有没有可能 突然 一直 本人 服务 提供 另外 直接 \
     单独 还是 总是 老是 显示 提示 贵店 贵司 贵校 贵院 你家 你们家 你们店 你们这 你们这里 你们那";

/// Before one of [`HOSTS`] these make it who is asked: 你们公司可以开发票吗.
pub(super) const ADDRESSES: &str = "你们 您们 贵 咱 咱们 我们";

/// Who may be asked.
pub(super) const HOSTS: &str =
    "公司 企业 单位 学校 医院 酒店 银行 平台 机构 店铺 门店 商家 网站 商城 景区";

/// Words behind what is done or so before, behind or beside what is asked: 吃药后多久能喝酒.
pub(super) const CLAUSE_ENDS: &str = "后 之后 以后 前 之前 以前 的时候 时候 期间 再";

/// Before these 后 and 前 are of another word: 后面, 前七天.
pub(super) const NO_CLAUSE_ENDS: &str = "面半来天续台排座门缀头几一二三四五六七八九十两0123456789";

/// Words in what is done: 退了款还能开发票吗. It ends where something is asked or one of [`CLAUSE_GOES_ON`] stands.
pub(super) const DONE: &str = "了 完 过 好";

/// What 好 and 过 stand before where something is done with: 装修好需要什么. 过几天 and 好用 say nothing of that.
pub(super) const BEHIND_DONE: &str = "了 还要 还能 还可以 还需 要 需 能 可以 怎么 什么 多久";

/// By these something is done with too, as by 完.
pub(super) const ALSO_DONE: &str = "了后清毕掉过前";

/// These say how what is asked lies to something: 拆封还能退吗, 拆封之前能退吗.
pub(super) const ALREADY: &str = "前先了完过还已再如若";

/// Of these a word is made that says that what is asked lies before what is done: 之前.
pub(super) const CLAUSE_SIDES: &str = "之前";

/// Behind these 前 is of another word: 售前, 幕前.
pub(super) const NO_CLAUSE_BEFORE: &str = "最售背幕";

/// Words with which what is asked begins, behind what is done.
pub(super) const CLAUSE_GOES_ON: &str = "还 就 也 都 才 要 会 需要 还是 再";

/// Words in which one of the others is only a part.
pub(super) const WHOLE: &str =
    "请假 请柬 请客 请求 请愿 功能 性能 智能 能力 技能 能源 节能 可能 能量 要求 主要 重要 必要 要点 需求 几乎 几何 不错 不同 不过 否则 目的 \
     的士 地址 地方 地点 地铁 地区 地图 本地 外地 异地 当地 产地 得到 取得 得分 心得 是非 会员 会计 社会 机会 学会 \
     会议 大会 协会 理想 思想 想象 将来 来电 来显 未来 来源 来访 去年 去世 过户 过期 过敏 通过 过年 过程 超过 经过 \
     过滤 错过 难过 去程 个人 个税 着急 存在 有效 有限 国有 所有 拥有 有关 了解 了结 把手 人才 才艺 着装 还款 还钱 归还 还书 还清 \
     还贷 对象 对账 对方 反对 和平 和解 场所 厕所 派出所 事务所 研究所 诊所 之前 此外 因此 参与 合并 并发 而且 原来 \
     会所 都市 首都 成都 还原 就诊 就业 就医 就读 就餐 地板 大地 基地 场地 土地 目的地 完税 完成 完整 掉线 过路 用户 \
     信用 费用 作用 用途 用品 通用 应用 适用 用法 用量 专用 家用 常用 用电 用水 用车 录用 征用 公用 用餐 用药 副作用 \
     去除 去向 过境 过关 那曲 别人 特别 分别 区别 级别 性别 类别 别的 非常 无线 无法 无理由 不好意思 没事 不要紧 \
     未成年 有没有用 信得过 服务费 服务器 服务区 服务密码 服务态度 服务员 服务商 服务台 服务中心 客服 免费版 付费版 \
     收费站 免费期 提供商 先生 先进 优先 首先 祖先 合同 非常 零食 零件 零钱 零售 零花钱 零散";

/// Words of one meaning, a group on a line; the first stands for all.
pub(super) const SYNONYMS: &[&str] = &[
    "快递 快件 包裹",
    "宿舍 寝室",
    "驾驶证 驾照",
    "运费 邮费 快递费",
    "条件 要求",
    "春节 过年 春节期间",
    "电动车 电瓶车",
    "手机卡 电话卡 sim卡",
    "费 费用",
    "忘 忘记 忘了 忘掉",
    "身份证 身分证",
    "账号 帐号 账户 帐户",
    "账 帐",
    "订单 定单",
    "发票 开具发票 票据",
    "开发票 开票",
    "毕业 结业",
    "转班 换班 调班",
    "转专业 换专业",
    "缺货 没货 断货 无货",
    "登不上 登录不了 登不了 登不进去 无法登录 登录不上 登陆不了 登陆不上 登不进",
    "打不开 开不了 无法打开",
    "收不到 没收到 未收到 没有收到 收不着",
    "用不了 不能用 无法使用 使用不了 没法用",
    "连不上 连接不上 无法连接 连不了",
    "看不到 看不见 看不了",
    "男 男生 男孩 男的 男士",
    "女 女生 女孩 女的 女士",
    "学生 同学",
    "父亲 爸爸",
    "母亲 妈妈",
    "发烧 发热",
    "看病 就诊 就医",
    "吃饭 用餐 就餐 吃东西",
    "公交 公交车 公共汽车",
    "停车场 停车库 车库",
    "门票 入场券 入场票",
    "工资 薪水 薪资 薪酬",
    "辞职 离职",
    "续费 续期 续缴 续交",
    "赔 赔偿 赔付",
    "租 租用 租赁 租借",
    "卖 出售 售卖",
    "合同 协议",
    "当天 当日",
    "晚上 夜里 夜间 晚间",
    "早上 早晨 清晨",
    "国庆 国庆节 国庆期间",
    "节假日 假期 放假期间",
    "年龄 岁数",
    "wifi 无线网络 无线网",
    "自提 自取",
    "密码 口令",
    "会员 vip",
    "区别 不同 差异 差别 不一样 有何不同",
    "得到 获得 获取",
    "区分 分辨 辨别 识别 分清",
    "其他 其它 别的",
    "全部 全额",
    "审核 审批 批下来",
    "确认 核实",
    "优惠 打折 折扣 优惠活动",
    "收费 收钱 要钱 花钱 要收费 要付费 需付费 交钱 收费用 要费用",
    "课 课程",
    "网课 网上课 线上课 线上课程 在线课 在线课程 网络课 网络课程 网上课程",
    "线下课 线下课程 面授 面授课",
    "材料 资料",
    "午饭 午餐 中饭 中餐",
    "早饭 早餐",
    "晚饭 晚餐",
    "伙食费 餐费 饭费 饭钱",
    "午睡 午休 睡午觉",
    "暑假 暑期",
    "父母 家长 爸妈",
    "校车 班车",
    "保修 质保",
    "保修期 质保期",
    "车位 停车位",
    "门禁卡 门卡",
    "后果 会怎么样 会怎样 影响 有什么后果 有什么影响 会有什么后果 会有什么影响 什么后果 什么影响 后果是什么",
    "提醒 通知",
    "手机 手机端",
    "客服 人工客服 人工",
    "教练 私教教练",
    "老师 教师 任课老师",
    "拉肚子 拉稀 腹泻",
    "疼 痛",
    "医生 大夫 医师",
    "护士 护理师",
    "优惠券 优惠卷 优惠劵",
    "外地 异地",
    "周日 周天",
    "网址 网站地址",
    "泳池 游泳池",
    "空调 冷气",
    "超过 超出",
    "泄露 泄漏",
    "失败 不成功 没成功",
    "余额 剩余金额",
    "配送员 快递员 快递小哥",
    "入口 进口处",
    "洗澡 洗个澡 冲澡 淋浴 冲凉",
    "帮 帮忙 协助",
    "投诉 反映问题",
    "坏 坏了 出故障 故障 有故障 出问题 损坏 弄坏 坏掉",
    "残疾人 残障人士",
    "首次 第1次 第一次 头1次 头一次 头一回 首回 初次 头回",
    "未成年 未成年人 18岁以内 18周岁以内",
    "成年人 大人 成人",
    "小狗 幼犬 狗崽 小奶狗",
    "小猫 幼猫 猫崽 小奶猫",
    "狗 狗狗 狗子 犬 狗儿",
    "猫 猫咪 喵 猫猫 猫儿",
    "吵 太吵 噪音大 噪声大 吵闹 太吵了",
    "家 家里 屋里 家中 屋子里 房间里",
    "房子 房屋",
    "减肥 瘦身",
    "锻炼 健身 运动",
    "体重 重量",
    "介绍 简介",
    "说明书 使用说明",
    "签名 签字",
    "打电话 致电 来电话",
    "聊天记录 对话记录",
    "预订 预定",
    "登录 登陆 登入",
    "手机号 手机号码",
    "电话 电话号码",
    "物 东西 物品 商品",
    "营业 开门 上班 营业时间 上班时间 开门时间",
    "关门 下班 打烊",
    "买 购买",
    "改 修改 更改 变更 更换",
    "丢 丢失 遗失 弄丢 搞丢 不见 不见了 没了 找不到 找不着",
    "破损 破 破了",
    "查 查询 查看 查找 查阅",
    "办 办理 申请 申办 申领",
    "补 补办 补领 补发",
    "交 缴纳 缴费 交费 缴 交纳",
    "领 领取 申领",
    "取 提取 支取 取出",
    "付 支付 付款 付钱",
    "寄 邮寄 寄送 寄出",
    "开 开通 开启 启用",
    "关 关闭",
    "销 注销",
    "退 退还 返还",
    "换 兑换",
    "连 连接",
    "充 充值 充钱 充费",
    "装 安装",
    "修 维修 修理",
    "送 派送 配送 派件 送货 送件",
    "带 携带",
    "放 存放",
    "算 计算 核算",
    "孩 孩子 小孩 小孩子 小朋友 儿童 娃儿 娃娃 宝宝 娃 小儿",
    "老人 老年人",
    "打 打印",
    "转 转账 转帐 汇款",
    "存 存款 存钱",
    "取 取款 取钱 取现 提现",
    "最多 最高 上限 限额 最多能 最高能 最多可以",
    "还 还款 还钱 还清 还贷",
    "退款 退钱",
    "怀孕 孕妇 怀孕期间 孕期 有身孕",
    "坐 乘坐 搭乘",
    "飞机票 机票",
    "医保 医疗保险 医保卡",
    "社保 社会保险",
    "公积金 住房公积金",
    "周末 周六周日 周6周日 双休日 周六日 周6周天 周六周天",
    "厕所 卫生间 洗手间",
    "网上 线上",
    "出 承担",
    "预约 约定 预定时间",
    "晚 推迟 延迟 延期",
    "早 提前 预先 事先",
    "名字 姓名",
    "挂失 报失",
    "地址 位置",
    "减 减少 降低 调低",
    "加 增加 提高 调高 提升",
    "删 删除",
    "自动取款机 atm",
    "停 停止 暂停",
    "重置 重设 重新设置",
    "境外 国外 外国",
    "公里 千米 km",
];

/// Words that narrow a question to a case of it: when, of whom or where it is asked. Those of one case are on a line.
pub(super) const CONDITIONS: &[&str] = &[
    "周末 双休日 周六 周日 周天 星期六 星期天 星期日 礼拜天 礼拜六", "工作日 平日 平时", "节假日 假日 假期 放假 长假 过节 节日",
    "春节 过年 除夕 大年 年三十 新年", "国庆 十一黄金周", "五一 劳动节", "元旦", "中秋", "清明", "端午", "寒假", "暑假 暑期",
    "晚上 夜里 夜间 晚间 半夜 深夜 凌晨 夜晚 傍晚", "早上 早晨 清晨 大清早", "中午 午间", "上午", "下午",
    "春天 春季", "夏天 夏季 三伏", "秋天 秋季", "冬天 冬季", "雨天 下雨 暴雨 阴天", "下雪 雪天", "台风 停电 停水", "疫情",
    "淡季", "旺季 高峰", "本次 这次 此次", "下次 下一次 下回", "上次 上一次 上回", "本月 这个月 当月", "下个月 下月", "上个月 上月",
    "本学期 这学期 这个学期", "下学期 下个学期", "上学期 上个学期", "今年", "明年", "去年", "第一次 第1次 首次 初次 头一次", "第二次 第2次 再次",
    "第三次 第3次", "老人 老年人 长者 高龄 长辈", "儿童 小孩 小朋友 婴儿 幼儿", "学生 同学", "孕妇 怀孕 孕期 孕晚期", "产妇 哺乳", "残疾 残障",
    "军人 退伍 退役 现役", "外国人 外籍 老外 外宾 留学生 外教", "未成年 未成年人 未满18岁 不满18岁 未满十八岁 不满十八岁", "成年人 成人 大人", "团体 集体 团队", "企业 公司", "应届", "往届", "毕业生", "新生", "老生",
   
    "新用户 新客 新人", "老用户 老客 老顾客", "港澳 台胞 台湾", "农村 农业户口", "外地 异地 外省 省外", "境外 国外 海外 外国 国际", "国内 境内", "跨省", "室外", "室内", "对外", "考试期间 考试周",
    "别人 他人 替人 代人 家人 亲属 家属 亲戚", "本人 亲自", "病人 患者 糖尿病 高血压", "退休", "在职", "离职", "失业 无业",
    "单身 未婚", "已婚", "离异 离婚",
];

/// What makes no case of what it stands in; 边 is left of 这边 and 那边.
pub(super) const ADDS_NOTHING: &str = "正常 通常 通常情况下 正常情况下 边 平均";

/// Days that are cases only where all else is the same: who tells what happened says 今天 beside it.
pub(super) const DAYS: &[&str] = &[
    "周一 星期一 礼拜一", "周二 星期二 礼拜二", "周三 星期三 礼拜三", "周四 星期四 礼拜四", "周五 星期五 礼拜五",
    "今天 今日 今晚 今早", "明天 明日 明晚 明早", "后天", "昨天 昨日 昨晚",
];

/// Characters that make words of one meaning: what one of them adds to another is nothing new.
pub(super) const KIN: &[&str] = &[
    "钱款费", "付支缴交", "办申", "改换变", "丢失掉", "坏损破", "寄邮发送", "到收", "取提领拿", "退返", "关消停", "宿寝住", "号码", "修理维", "查看找", "物货品件", "买购订", "预约", "存放", "陪伴同着", "借贷", "赔偿", "晚延", "人员位", "额限", "算计",
];

/// Characters that add nothing where all else is alike.
pub(super) const LIGHT: &str = "且中为些从他们件份但位信做儿先其内再到即却去又另叫可吧啥她好如子它已弄张很息才收时本来正每由给自被让该较这那里间";

/// Characters that are taken for one another by their shape, a group on a word.
pub(super) const LOOKALIKES: &str =
    "已己巳 未末 人入 土士 侯候 夭天 干千于 日曰 白自 大太犬 票漂飘 圆园 券卷 们门 冒昌 拨拔 籍藉 戴带 账帐 象像 \
     做作 住往 免兔 乌鸟 晴睛 辨辩 今令 间问 贷货 折拆 析折 准淮 贴粘 历厉 治冶 哪那 密蜜 代袋带 签笺 缴激 坏环 待侍 \
     传转 推堆 使便 银很 查杳 销消 锁琐 没设 选送 赠曾 险检 验检 约药 休体 申甲由 季李 侍待 徵微 刷涮 遣遗 薪新 栓拴 \
     己已 第弟 失矢 输轮 狠狼 幕墓 慕暮 清请情 晓哓 诊珍 预顶 顺须 到倒";

/// Words of two characters that sound or look alike, a group in a string, of which none is taken for a slip of another: each is
/// asked about, in the same words (工伤登记怎么办理, 工商登记怎么办理), so who writes one means it. An input method offers whole
/// words, so most words that sound like one that is asked about are slips for it, such as 无业 for 物业, 核算 for 核酸, 待办 for
/// 代办, 登陆 for 登录 and 报道 for 报到: these are in none.
pub(super) const NO_SLIPS: &[&str] = &[
    "教师 教室", "期中 期终", "年级 年纪", "入住 入驻", "事故 世故", "权利 权力", "邮费 油费", "话费 花费",
    "公司 公式 公事 公示 公私", "食物 实物 事物 失物", "收货 售货", "收价 售价", "寄件 计件", "形式 形势", "反应 反映",
    "制定 指定 制订", "使用 试用 适用 食用", "时效 失效 实效", "终止 中止", "电器 电气", "检查 监察 检察", "借款 结款",
    "底价 低价 地价", "议价 溢价", "登记 登机", "数目 书目", "工费 公费", "自费 资费", "学籍 学级", "主任 主人",
    "专业 转业", "专车 转车", "保修 报修", "保价 报价", "保单 报单", "邮箱 油箱", "公证 公正", "食品 饰品", "市长 师长",
    "经历 经理", "升级 省级", "失业 事业", "师范 示范", "心理 心里", "园区 院区", "退货 退伙 退火", "网店 网点",
    "船票 传票", "考试 考室", "复试 复式", "初试 初始", "面试 面市", "笔试 比试", "资助 自助", "住校 驻校", "汇款 回款",
    "分期 分歧", "逾期 预期", "中奖 中将", "受益 收益", "国际 国籍", "全城 全程", "代课 带课", "会费 汇费",
    "工伤 工商", "税费 水费", "税务 水务", "税单 水单", "税票 水票", "税表 水表", "面试 免试", "专票 转票", "公章 公账",
    "学院 学员", "校区 小区", "选课 选科", "务工 误工", "应收 营收", "听课 停课", "启用 弃用", "初诊 出诊", "积分 计分",
    "保险 报险", "课时 课室", "次卡 磁卡", "出境 出警", "打车 大车", "接单 结单", "家装 加装", "停供 停工", "补证 补正",
    "贷款 货款", "体检 体验", "车险 车检",
];

/// Groups of characters with opposite meanings: the first of each group is against the others.
pub(super) const OPPOSITES: &[&str] = &[
    "上下", "左右", "男女", "大小", "长短", "高低", "前后", "早晚", "快慢", "新旧", "好坏", "冷热", "内外", "买卖", "进出", "开关", "增减", "加减", "升降", "胖瘦", "公母", "雌雄", "真假", "强弱", "轻重", "深浅", "粗细", "软硬", "远近", "输赢", "生死", "正反", "涨跌", "借还", "收付", "父母", "爸妈", "夫妻", "东西南北", "春夏秋冬", "存取", "收寄发", "结离", "内外际", "他她它", "收售授", "未已", "本每", "本他", "自他", "先后",
];

/// Words of one kind that are not one: who asks of one does not ask of another.
pub(super) const CONTRASTS: &[&str] = &[
    "借记 贷记", "有线 无线", "普通 专用", "居民 职工", "纸质 电子", "原件 复印件", "正本 副本", "单程 往返", "白天 夜间", "年中 年终", "阳历 阴历 农历",
    "最多 最少", "至多 至少", "最多 至少", "至多 最少", "最高 最少", "最多 最低", "全部 部分", "全额 部分", "单面 双面", "全职 兼职", "进口 国产", "正式 临时 实习", "毕业证 结业证",
];

/// Measures of time and count: 一天 is not 一次.
pub(super) const MEASURES: &str = "年月天周次";

/// Verbs of looking for and getting: where one does it tells how.
pub(super) const SEEKS: &str = "查看找充交买领打取办补约投缴印载设开";

/// A question with one of these may be about the words themselves: then each one counts.
pub(super) const MENTIONS: &str = "意思字读音词义";

/// Before these a number is one, however it is written.
pub(super) const UNITS: &str = "针平颗节只辆台件户篇间人门班条天日年月个张次岁号元块斤公小分件本位套折期周级层楼人万";

/// What a question begins with that asks for something to be done.
pub(super) const WANTS: &str =
    "我想要 我想 我要 我需要 我打算 我准备 想要 想 要 帮我 帮忙 给我 请帮我 麻烦帮我 麻烦给我";

/// Actions: who asks for another one means another thing. The general ones (办 and its kin) are none.
pub(super) const ACTS: &str =
    "反过来 倒过来 恢复 取消 撤销 撤回 找到 删 退 换 改 绑定 绑 解绑 解除 激活 冻结 解冻 升级 降级 导入 导出 邀请 加入 退出 移出 转让 转移 转 合并 拆 移机 续 延期 补 \
     缓 免 减 加 限制 关 开 停 投诉 举报 表扬 联系 报修 修 装 赔 验证 认证 打印 下载 上传 收藏 分享 查 看 交 付 还 贷 借 存 取 领 \
     寄 收 送 签收 拒收 催 预约 改约 租 卖 买 报名 报到 考 选 算 充 挂失 注册 销 登录 设置 重置 找回 叠加 代 包装 缴 扣 涨 降 \
     带 放 进 出 发 搬 用";

/// Acts of [`ACTS`] that take back what another has done.
pub(super) const UNDOES: &str = "恢复 取消 撤销 撤回 退 删 解绑 解除 解冻 找回 找到 移出 退出 拆 停 销";

/// Measure words behind 多少 and 几, which say what is counted.
pub(super) const COUNTED: &str = "人位名次张本件台部间层家款种套斤米兆度大高远重份条节门";

/// Whole questions that mean the same to every assistant, a group in a string.
pub(super) const IDIOMS: &[&str] = &[
    "你是谁 你叫什么名字 你叫什么 你的名字 你名字是什么 你的名字是什么 你的名字叫什么 你叫什么名 怎么称呼你 怎么称呼 你怎么称呼 你是哪位 您贵姓 你贵姓 你是什么人",
    "你能做什么 你会什么 你会做什么 你能干什么 你有什么功能 你可以做什么 你有哪些功能 你能帮我做什么 你都会什么",
    "转人工 人工客服 人工 人工服务 怎么转人工 我要人工 找人工 接人工 怎么联系人工客服 怎么找人工客服 转人工客服 我要转人工 联系人工客服 真人客服 怎么转接人工",
];

/// What is written in another way before a question is read.
pub(super) const REWRITTEN: &[(&str, &str)] = &[
    ("星期", "周"), ("礼拜", "周"), ("几点到几点", "几点"), ("到几点", "几点结束"), ("到什么时候", "什么时候结束"), ("一回", "一次"), ("每回", "每次"),
    // 免费 is the same question only where it is what is asked: a free plan is no paid one.
    ("免费吗", "收费吗"), ("免费不", "收费不"), ("免费么", "收费吗"), ("付费吗", "收费吗"), ("证掉了", "证丢了"), ("卡掉了", "卡丢了"), ("照掉了", "照丢了"), ("票掉了", "票丢了"), ("钥匙掉了", "钥匙丢了"),
];

/// What a question begins with that the one who asks does for another.
pub(super) const BY_ME: &str = "我给 我帮 我向 我跟 我找 我联系 我怎么 我如何 我怎样 我可以 我能 我什么时候";

/// Words behind a subject which say that the action is for the one who asks.
pub(super) const FOR_ME: &str = "给我 帮我 联系我 找我 向我 跟我 通知我 对我 问我";

/// Verbs that say of a price no more than that it is paid.
pub(super) const PAID_VERBS: &str = "办买做上打挂报交花";

/// Measures that say of one thing no more than that it is one.
pub(super) const ONE_OF: &str = "个张份只位条本辆套名颗根件台节趟家间";

/// What a question that asks with no other word ends with, and what it asks: 洗牙价格 is 洗牙多少钱.
pub(super) const ASKED_LAST: &[(AnswerType, &str)] = &[
    (AnswerType::How, WAYS),
    (AnswerType::When, "时间 日期"),
    (AnswerType::Price, "价格 价钱 费用 收费 价位 资费"),
    (AnswerType::Where, "地址 地点 位置"),
    (AnswerType::Why, "原因"),
];

/// Verbs that make the noun behind them the thing acted on, and not the thing asked for: 改收货地址.
pub(super) const DEALT_WITH: &str = "改换填写选查看删加增设错延定约";

/// Characters behind 不 that deny the verb before it: 登不上.
pub(super) const COMPLEMENTS: &str = "了上到起下出来开动完掉见着住好得清通同错过";

/// Behind a denial these tell where or how, and not what: 不能和什么一起吃.
pub(super) const DENIED_HOW: &str = "和跟与在从用把对为将都全多";

/// What may stand between a denial and what it denies.
pub(super) const DENIED_BEHIND: &str = "有 能 可以 会 想 要 需要 法 再 及时 直接 马上 立即 立刻 一起 给 被 显示";

/// Who may be named beside another.
pub(super) const PARTIES: &str =
    "我 对方 好友 男 男生 男孩 男士 女 女生 女孩 女士 大人 成人 成年人 儿童 孩子 小孩 子女 儿子 女儿 家人 家里人 家属 亲属 亲戚 父母 爸妈 父亲 母亲 爸爸 妈妈 老婆 老公 配偶 爱人 老人 爷爷 奶奶 家长 老师 学生 同学 \
     本人 他人 别人 朋友 同事 员工 公司 客户 客服 商家 医生 病人 患者 护士 房东 租客 业主 物业 买家 卖家";

/// Words before the one for whom something is done.
pub(super) const FOR_WHOM: &str = "给 帮 替 为 代";

/// Words before the one whose thing something is done with.
pub(super) const WITH_WHOSE: &str = "用 拿 凭 刷";

/// Before a number these say that it is gone beyond.
pub(super) const BEYOND: &str = "超过 超出 超 满 达到 高于 大于 多于 过了";

/// Before a number these say that it is not reached.
pub(super) const UP_TO: &str = "低于 少于 小于 不足";

/// The same behind a number, which is then gone beyond.
pub(super) const BEYOND_BEHIND: &str = "及以上 含以上 或以上 以上 之上";

/// The same behind a number that is not gone beyond.
pub(super) const UP_TO_BEHIND: &str = "及以下 含以下 或以下 以下 之下 以内 之内 以里";

/// Behind a number these say that it is over, and where or when that is besides.
pub(super) const LATER: &str = "以后 之后 后 以外 之外 开外 外";

/// Before these 内 and 外 are of another word: 内科, 外地.
pub(super) const NO_SIDE: &str = "科部容存地国卖籍语出宾";

/// Measures of what is bounded.
pub(super) const MEASURED: &str =
    "万元 万块 万人 万 个工作日 工作日 个小时 小时 分钟 个月 个星期 周岁 公斤 千克 公里 千米 平方米 平米 平方 块钱 元 块 天 年 月 日 周 岁 \
     斤 克 吨 米 厘米 毫升 升 人 次 件 个 分 级 折 名 位 张 份 套 倍 期 学分";

/// Behind 从 and 到 these name no place: 从来, 到什么时候, 退到账.
pub(super) const NO_PLACES: &str = "来事业此前小没未不哪什何几多谁中头底了账帐期达返年届";

/// Verbs by which something is brought to a place.
pub(super) const CARRIES: &str = "寄送转传存退发运搬迁调汇移打带";

/// What may stand behind those: 转账到微信, 退回到原卡.
pub(super) const CARRIED: &str = "账货款钱回";

/// Behind a place these say that someone goes there.
pub(super) const TRAVELS: &str =
    "怎么走 怎么去 怎么坐 怎么乘 怎么到 如何走 如何去 如何坐 坐 乘 打车 多远 有多远 多久 要多久 需要多久 多长时间 要多长时间 需要多长时间";

/// Characters that only join whom they stand between.
pub(super) const JOINS: &str = "和跟与同及或";
