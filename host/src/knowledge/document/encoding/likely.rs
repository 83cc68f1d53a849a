//! How likely a character is in a text of a language: a rough share of all characters, by how common it is.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{BIG5_ALL, GB2312, JAPANESE, KOREAN, SIMPLIFIED, TRADITIONAL};
use crate::knowledge::fold::even;

/// What a text may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Chinese,
    /// Chinese in Traditional characters.
    Traditional,
    Japanese,
    Korean,
    /// Alphabets: Latin, Cyrillic, Greek, and others of the kind.
    Western,
    /// Any of these.
    Any,
}

/// What is in no text.
const NEVER: f64 = 1e-9;

/// Gives each character of a text with how likely it is.
pub(super) fn each(text: &str, language: Language, mut to: impl FnMut(char, f64)) {
    if language != Language::Western {
        text.chars().for_each(|c| to(c, of(c, language)));
        return;
    }
    let mut word = String::new();
    for c in text.chars().map(Some).chain([None]) {
        if let Some(c) = c.filter(|c| c.is_alphabetic()) {
            word.push(c);
            continue;
        }
        let likely = in_word(&word);
        word.chars().for_each(|c| to(c, ascii(c).unwrap_or(likely * letter(c))));
        word.clear();
        if let Some(c) = c {
            to(c, ascii(c).unwrap_or_else(|| sign(c)));
        }
    }
}

fn of(c: char, language: Language) -> f64 {
    if let Some(likely) = ascii(c) {
        return likely;
    }
    match language {
        Language::Chinese => chinese(c, 0.1),
        Language::Traditional => traditional(c),
        Language::Japanese => japanese(c),
        Language::Korean => korean(c),
        Language::Western => in_word(&c.to_string()),
        Language::Any => {
            let alphabet = if c < '\u{800}' { in_word(&c.to_string()).min(1e-3) } else { NEVER };
            chinese(c, 0.3).max(japanese(c)).max(korean(c)).max(alphabet)
        }
    }
}

fn ascii(c: char) -> Option<f64> {
    match c {
        '0'..='9' | 'a'..='z' | 'A'..='Z' | ' ' | ',' | '\n' | '\r' | '\t' => Some(0.02),
        '\u{20}'..='\u{7e}' => Some(0.005),
        '\0'..='\u{7f}' => Some(NEVER * NEVER),
        _ => None,
    }
}

/// A mark that all of the encodings for Chinese, Japanese and Korean have.
fn mark(c: char) -> Option<f64> {
    match c {
        '，' | '。' | '、' | '：' | '；' | '？' | '！' | '（' | '）' | '“' | '”' | '《' | '》' | '　'
        | '「' | '」' => Some(0.005),
        '\u{ff01}'..='\u{ff5e}' => Some(1e-3),
        '€' => Some(1e-4),
        c if is_mark(c) => Some(3e-4),
        _ => None,
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// `other`: how common Traditional characters are beside Simplified ones.
fn chinese(c: char, other: f64) -> f64 {
    if let Some(likely) = mark(c) {
        return likely;
    }
    if !is_han(c) {
        return match c {
            '\u{3041}'..='\u{30ff}' => 1e-5,
            '\u{fffd}' | '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' => NEVER,
            '\u{2500}'..='\u{257f}' | '\u{e0}'..='\u{1dc}' => 1e-5,
            c if c > '\u{ffff}' => 1e-7,
            _ => 1e-7,
        };
    }
    let simple = simplified(c);
    let form = if simple == c { 1.0 } else { other };
    form * match COMMON.get(&simple) {
        Some(likely) => *likely,
        None if NAMES.contains(simple) => 4e-6,
        None if SIMPLIFIED.has(simple) => 2e-5,
        None if GB2312.has(simple) => 2e-6,
        None => 2e-8,
    }
}

fn traditional(c: char) -> f64 {
    if !is_han(c) {
        return chinese(c, 1.0);
    }
    match COMMON.get(&simplified(c)) {
        Some(likely) if TRADITIONAL.has(c) => *likely,
        _ if TRADITIONAL.has(c) => 2e-5,
        _ if BIG5_ALL.has(c) => 1e-6,
        _ => 2e-8,
    }
}

fn japanese(c: char) -> f64 {
    match c {
        '\u{3041}'..='\u{3096}' => 0.007,
        '\u{30a1}'..='\u{30fc}' => 0.002,
        // Letters of half the width, as bills and old lists have them.
        '\u{ff61}'..='\u{ff9f}' => 2e-5,
        c if is_han(c) && JAPANESE.has(c) => match COMMON.get(&simplified(c)) {
            Some(likely) => (likely * 0.5).min(3e-4),
            None => 5e-5,
        },
        c if is_han(c) => {
            if GB2312.has(simplified(c)) {
                1e-6
            } else {
                1e-7
            }
        }
        c => mark(c).unwrap_or(1e-7),
    }
}

fn korean(c: char) -> f64 {
    match c {
        '\u{ac00}'..='\u{d7a3}' => match COMMON_KOREAN.get(&c) {
            Some(likely) => *likely,
            None if KOREAN.has(c) => 1.5e-5,
            None => 1e-6,
        },
        '\u{3131}'..='\u{3163}' => 1e-4,
        // Chinese characters are in old texts and newspapers only.
        c if is_han(c) => 3e-7,
        c => mark(c).unwrap_or(1e-7),
    }
}

/// How common a letter is beside others of its alphabet.
fn letter(c: char) -> f64 {
    // Icelandic has them, and what was read wrong.
    if "þÞðÐýÝ".contains(c) {
        return 0.02;
    }
    let is_rare = matches!(c, '\u{c0}'..='\u{24f}') && !"äöüßéèêëàáâçñóòôõíïîúùûåøæœÄÖÜÉÅØÇÑÓÕ".contains(c);
    if is_rare { 0.2 } else { 1.0 }
}

/// A letter beyond ASCII in this word.
fn in_word(word: &str) -> f64 {
    let letters = || word.chars();
    let count = letters().count();
    let all = |is: fn(char) -> bool| letters().all(is);
    let is_latin =
        |c: char| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let is_cased = {
        let rest_is = |is: fn(char) -> bool| letters().skip(1).all(is);
        rest_is(char::is_lowercase) || all(char::is_uppercase)
    };
    if all(is_latin) {
        let plain = letters().filter(char::is_ascii_alphabetic).count();
        return match (plain, count) {
            (1.., _) if is_cased && plain * 3 >= count => 8e-3,
            (_, 1) => 5e-4,
            _ => 1e-4,
        };
    }
    // Most words of any language written in Cyrillic have letters that Russian has too.
    let russian = letters().filter(|c| matches!(c, '\u{410}'..='\u{44f}')).count();
    let is_script = (all(|c| matches!(c, '\u{400}'..='\u{52f}')) && russian * 2 >= count)
        || all(|c| matches!(c, '\u{386}'..='\u{3ce}'))
        || all(|c| matches!(c, '\u{590}'..='\u{5ff}'))
        || all(|c| matches!(c, '\u{600}'..='\u{6ff}'))
        || all(|c| matches!(c, '\u{e00}'..='\u{e7f}'));
    let has_case = letters().any(|c| c.is_lowercase() || c.is_uppercase());
    match count {
        1 if is_script => 5e-4,
        2 if is_script => 2e-3,
        _ if is_script && is_cased && has_case => 0.02,
        _ if is_script && !has_case => 8e-3,
        _ if is_script => 1e-4,
        _ => 1e-6,
    }
}

/// What is not a letter, beyond ASCII, between letters.
fn sign(c: char) -> f64 {
    match c {
        '’' | '‘' | '“' | '”' | '„' | '–' | '—' | '…' | '«' | '»' | '°' | '·' | '€' | '£' | '\u{a0}' => {
            1e-3
        }
        '±' | '×' | '÷' | '§' | '©' | '®' | 'µ' | '²' | '³' | '½' | '¼' | '¾' | '¿' | '¡' | '™' | '•' => {
            3e-4
        }
        '\u{80}'..='\u{9f}' | '\u{fffd}' => NEVER,
        '\u{300}'..='\u{36f}' => 1e-6,
        _ => 1e-5,
    }
}

fn simplified(c: char) -> char {
    even(c.encode_utf8(&mut [0; 4])).next().unwrap_or(c)
}

/// Punctuation and signs that all of the encodings have.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{b0}' | '\u{b1}' | '\u{b7}' | '\u{d7}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{203b}' | '€' | '\u{2103}'
        | '\u{2160}'..='\u{217f}' | '\u{2190}'..='\u{2199}' | '\u{2460}'..='\u{249b}' | '\u{25a0}'..='\u{25ff}'
        | '\u{2605}' | '\u{2606}' | '\u{2713}' | '\u{3000}'..='\u{301f}' | '\u{3220}'..='\u{3229}' | '\u{ff01}'..='\u{ff5e}'
        | '\u{ffe5}')
}

/// Characters with their share, by their place in a list that begins with the commonest.
fn shares(list: &str, places: &[(usize, f64)]) -> HashMap<char, f64> {
    let of = |place: usize| places.iter().find(|(end, _)| place < *end).map(|(_, share)| *share);
    list.chars().enumerate().filter_map(|(place, c)| Some((c, of(place)?))).collect()
}

static COMMON: LazyLock<HashMap<char, f64>> = LazyLock::new(|| {
    // Short texts are lists of names as often as not.
    let surnames = SURNAMES.chars().map(|c| (c, 2.5e-4));
    let usual = shares(CHINESE, &[(100, 4e-3), (500, 9e-4), (1000, 2.5e-4), (2000, 8e-5)]);
    let mut common: HashMap<char, f64> = surnames.collect();
    for (c, share) in usual {
        let known = common.entry(c).or_insert(share);
        *known = known.max(share);
    }
    common
});
static COMMON_KOREAN: LazyLock<HashMap<char, f64>> =
    LazyLock::new(|| shares(HANGUL, &[(100, 5e-3), (400, 1.2e-3)]));

/// The commonest characters of Chinese, in Simplified form.
const CHINESE: &str = "的么是什一有为年在不大我中款以个了国人还怎时于上可多学电和好行地后用会能成到微借日吗天没月哪部下分生要贷名公及出机通本号之里开现发作与这子前线小西最海长度来期手区主动站东家方法如粒物过道体新信卡斯利少话第其提路南色被银北\
    请钱位亚车代等而三自文间他高息意你加港特额何球业由尔定入工全内都市世次经至合字所马因样得语山台鱼理龙说面取对同明香美外建化二事求水赛州看种女改称无平并打金场关候码原也科两目头王民清或当类性教德啊司点影军比式广使游更思克证\
    队进系问员立接数就些巴院条足华品设安重办单太联政岛们网制但十布士英身此呢几罗相米正界任星结果视城那四拉者元约音鳍消尼战包达食交湾谁示起审乐将今回口形运属型宝申才计表失河想格版力门直古未常传流从务较已带认片万份心总林铁收产\
    功白去久图花实又支扣兰洲资红量陆列保近程该江换给败基非客知共账张处角集五放阿统首男戏向应获神县载省黄服每受气显记曾术画具情然京风治别社组始校再般郡则件石只录存级户确纪播演空武职解奥指活转推齿查众剧专完黑算书汉师管核节器需\
    标叫做批离光阳印创历著题限牌见满绑朝登复火史老变吃选费您玩村连群修冠很亦除评谢帮维义族各爱尾洋验展初府密侧夫骨局湖权付领奇命歌造边背质蛇货短青往置参喜志技居域街卫商深九曲际错持亲堂苏园季友举刚漫把配输反研真周写底儿快论余\
    官哥先升干软纳案波速注词百普吴环六易早究博议镇座响死帝观据盟越索言氏容吉引兴层供半笔买李构医段它料导决状八协育圣雄报欢律牠适鲷模调声括沙枚超双邀助听班奖甲宗且装福争威皇即射伯艺森团便孙告肉塞营编源温否值颜象续眼洛澳找划效\
    故令晚停店皮嘉飞免脑围宁蓝留项强萨预桥己岩频莱护像呈土致岸母欧另七佛钟整低投刘却许伊准春病热筑素范雷鳞误兵落礼击云田简康顿灵伦汽瓦送考步根排价优叶岁规征退细拿圆感委终封率增突房块随习端均诺让延精含授馆杀景济永盖哈托塔室降\
    富藏移牙充缘油父跑千唐试例乘淘姓极姆她梦假朱植仔邻境希荐吧破梁农隆末旅沿泽药继票负届念杯读绿卷鲁兽附麻木盘询积远斑备综止草走庙似魔况厂泰陈硬板鹦栖宣婚胜照楼独着担虫练伤莫序猎牛购毛迪乌句夏鸟朋财织衣途销菲亡币猫须俗守住吸\
    帐君严章党杂派酒异难幼雅闭珠左昌识弟股防韩穿雀弹售佳签典勒毕逾采树昆减啥宫急辑曼棘腹津操惠灰丁必狗嘴唱俄鹿宽午凤址瑞害诉跟胸估丽介启纹责讯右尚页秀训松祖船鳗亮临绝按川厅辐孩野轻苹仍杭爆态诗补劳臀轨觉礁肌籍险距朗蒙鲜血绍郎\
    译贝尺杰善册秋库乙够潮呀压略拥汇旗媒依贵彩航待吻仁零恢养断顺旧副坦酸靠络锋纲邨姐徐刊望臣桂味施执宋甚税掉荣答闻顶苦纽忙粉轮脸测坡述浦邮宾蛋郑酷裂嘛役夜毒切疗良卖舞雉淡挂膜招透刀迟斗庆剑丹径杨仅占雨齐符冈删益纸羽攻鼓丰荷宜\
    颌氧摄辽暗巨架警央墨宇束亿散篇塘控鲈冲夺革灭若归释鸡镜旁俱忘渐玉乡探寺肤迁察仙肖鼻烟饰艾择缩阶聚诸厘烧捕恩雌拍暴洞摩屋韦辛乱势呼峰遗繁材尽邦混企返虽尖承偏休贤席黎贸瓜兼谷症糖横豪倍堡赏锦描浙骑氯粤差唯豆耳弗辖泊予扁鬼羊盗\
    赫陵券赤箱判液妻菌兹贴浪刻兄激危誉固冰暂静殿褐敦幻侠沟抗芳刺幕翰熊废泛翻丝枪妈侣盛硕冷替勋逐沃伟厚爵乔杜晋旋耶追绩坐笛盐虹虎炸震督疾猜套狂颗截策填孕孔竞潘概珊圈监刷旺阴滨讨扎罪辅洪培映椎忠埃皆犯努某廷坏赞卵麦侯叉爸署瑚恐\
    扰柜厦谱戴诚墓秘阵赵仓玛露染童鸭霍冬讲溶舍咋曹访哲敬彭秦卢健遂辆壳斜笑奏寻庭柴赚救犹颈炎恋扬弄翼献鳃佐缺迹享番鹉圳葵琉滑匹腾痛检勇仪庄储禅拜洗融蜀订胶肯剂浅弓徽晶恒钻妇箭琳鸣藩凭隔跨肛遇奴隐罚伴困脚掌埔互梅燕迷逃楚池宠沈\
    甘租吕搞喝裔鬣丙棕茂课圾垃菜靖恶娘狱雪瑟穆伸醇舰琴竹扩眉疑遭殖碳尤藻抢渡挥奉婆胡丘扇默烈紫鲤佩刑隶纤稳柏妖伍鞋折柱纵丸町妆遍燃乳熟撒篮浩迅怪袋裤纯炉私峡援茨脊凯敌坛贯尊爽昂晨枝僧锣智鹰垂脱鑫餐俊魏夷紧狸凌蜜茶寿怀侵陶乃亨\
    蒂葬雕氢狼倒敏插欠徒奶逝涉潜昨稍虚蔡搜芬扶竺钩谭裁翠丢蛛牧葛洁避炮昭弦柳袭违祥邓铜屏睡岭铺舅腊睛穴泥驻硼雍励乎添咨窄沼闪拟殊劲卓损喇淀霸梨驾钢妹抄析谈哀崇伐歇娜狮腭脉灾浓缓咸赖冒柯桃贼弃戒陷汤忍乏桑孝础屿键邵尸彼欲奔妃弱\
    针串触鼠鄂尉屯巡撤溪锁泉叛召亭跳熙哦氟慢幸览捷醒御疯毁滩钓灯涵拆绘搭帕拔砂崎床粘禁割鉴抽饭喀允诞袁伪谋贡沪廉锯顾冯叔泪润蹈烦晓珍芝愿湿粮跃障蓟眶胖详窝遮粗暖递凡厉浸廖惊董阅杉梯泡萧盲吨拳勤唇帅葡档驶肥疏犬迫揭绕藤净胎抱栋\
    残祭钠慧械龟娱窗悬闲衙隧矢莲玻萄井斤闸迦苑郊咬丈寒轴弯韵寄辨坑蹄壮拓侍覆椭宪绳剪剩凰栏哺碱奈乍辉喷帽敷宙阔仲衍郭呎涅腿趣爷蚁剃劝筹锡吊兔链烯姻阇焦醛甸涌皓眠怖壁铃榜鸿巧吾趋泳涯滕遥岗迎伏舒巫浮惜冻靡盾秒株蒸锄陌媚拨萝龄驱\
    掘痘赋贞谓槽漠怕搬卜矿弥钝辞绪胁鹏祝爬荃匈窃阁烷狭稚袖跪翔璃侦宿挑拼墙兆戈阻吹腐坊禺鼩碎偶罕霆捉抵胞鸦猪屈虑惯竟荨坎渗颁恰坚卿哩肝仰畅歉幅慕坟赠戚琼衡薇舌嫌蓄朵薄逸凹垩儒艘胺颊蝮矮赢碑悲纷污岳拒绒棒炒姑樱寓丧拱倾碟扫既患\
    衫酱漂瓶慈肢糙傅宅振尝渔懂巢循邪赐尘债骄";

/// The commonest surnames.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴\
    贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔汤向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝\
    包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫";

/// Characters of given names that are rare elsewhere, and not in GB 2312.
const NAMES: &str = "垚燚堃喆犇珺玥璟祎祺禛翀翊翾婳嫄旻旸昉昕昶晗晞晟晰暄暐曈栩樾橦沄泓浛浠淏湉湲滢漪潇瀚灏炅炜焜煊煜熠甯皓頔钰鋆镕珅珩琋琤瑀瑄彧奕妤婧婕骞骁";

/// The commonest syllables of Korean.
const HANGUL: &str = "이다는에을의가고지하한은사로기리어아도자그를서나인라시해대있들게일것만보수과부정여구전주상스으원제장안면국적니거우오없마세모조무성\
    비공소경화신유동방내생었았했였습합입관문말식음개실용중회위연치교학선계분금할될된되물민반미양영예요작재저진출통행현호등당더때람러려력록료르름린\
    드네남까단달담데두또와왔외운워월육율임잘점접종좋준증직질차참천청체초최추축층크타터트특파판편평포표품필함항험형환활후훈휴히힘년명날님집책친칠팔\
    십백억번길곳든듯따라락란래량령론류른름립막많매먼며명목못받발밤밥배벌범법변별병보복본봉북불빛사산살새색설속손송순술숙습승심싶쓰씨앞약얼업역열염\
    예온완왕왜욕욱웅월읽입잔잡절족존좌죄즉지집짓쪽착찬찾채책철촌총출취측코키탁탈태토퇴투팀패퍼펴풀프피학합핵향허혁협혼홈화확황획효흔흥험텔텐컴콘";
