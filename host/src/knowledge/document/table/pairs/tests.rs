//! Tables of two columns as people write them, a table a line.

use super::*;
use crate::knowledge::document::table::header::{self, Header};
use crate::knowledge::document::{Block, Document, DocumentPart, Format, Parsed, delimited};

const NAMED: &str = "
城市|邮费;上海|8元;北京|10元;新疆|25元
科室|电话;内科|65001;外科|65002;儿科|65003
日期|天气;周一|晴;周二|多云;周三|小雨
型号|价格;X1|1999元;X2|2999元;X3|3999元
年级|人数;一年级|120;二年级|118;三年级|96
姓名|分数;张三|90;李四|85;王五|77
区域|运费;江浙沪|包邮;新疆、西藏|25元;其他|10元
车型|租金;轿车|200元/天;越野车|350元/天;商务车|400元/天
等级|折扣;金卡|8折;银卡|9折;普卡|无
星期|菜品;周一|红烧肉;周二|清蒸鱼;周三|宫保鸡丁
English Item|Price;Coffee|$3;Tea|$2;Cake|$5
Day|Hours;Monday|Closed;Tuesday–Friday|9:00–17:00;Saturday|10:00–16:00
项目|内容;品牌|小鹿;容量|300ml;功率|70W
城市|区号;北京|010;上海|021;广州|020
岗位|职责;前台|接待访客、接听电话;司机|接送客人;保安|夜间巡逻
课程|教师;语文|王老师;数学|李老师;英语|张老师
会员等级|权益;普通|无;白银|免运费;黄金|免运费、生日礼券
房型|价格;单人间|198元;双人间|268元;家庭房|328元
快递公司|时效;顺丰|次日达;圆通|2-3天;邮政|3-5天
故障代码|含义;E1|温度过高;E2|缺水;E3|电机故障
错误码|说明;1001|操作超时;1002|余额不足;1003|密码错误
时间|安排;8:00|报到;9:00|开幕式;10:00|主题演讲
时间段|活动;上午|参观;下午|座谈;晚上|联欢
楼层|商户;1F|化妆品;2F|女装;3F|男装
楼层|科室;一楼|急诊;二楼|内科;三楼|外科
月份|销量;1月|120;2月|98;3月|140
年龄|票价;0-6岁|免票;6-18岁|20元;18-60岁|40元
违规行为|扣分;迟到|5分;早退|5分;旷工|20分
收入区间|税率;不超过36000元|3%;36000元至144000元|10%;144000元至300000元|20%
材料|份数;身份证复印件|2份;照片|3张;申请表|1份
步骤|操作;1|登录系统;2|填写表单;3|提交审核
服务|费用;洗车|30元;打蜡|100元;补胎|20元
门店|营业时间;翠湖店|9:00-21:00;南屏店|10:00-22:00;北市店|10:00-21:00
部门|负责人;人事部|张敏;财务部|李强;技术部|王磊
线路|发车时间;1路|6:00;2路|6:30;3路|7:00
套餐|流量;畅享29|5GB;畅享59|20GB;畅享99|60GB
品类|退货期限;生鲜|24小时;服装|7天;家电|15天
颜色|库存;红色|12;蓝色|8;黑色|30
尺码|身高;S|155-160;M|160-165;L|165-170
银行|手续费;工商银行|2元;建设银行|免费;农业银行|1元
国家|首都;法国|巴黎;日本|东京;英国|伦敦
成语|出处;画蛇添足|《战国策》;守株待兔|《韩非子》;刻舟求剑|《吕氏春秋》
快捷键|功能;Ctrl+C|复制;Ctrl+V|粘贴;Ctrl+Z|撤销
缩写|全称;AI|人工智能;ML|机器学习;NLP|自然语言处理
术语|解释;承兑|付款人承诺付款;背书|转让票据权利;贴现|提前兑付
药品|用法;阿莫西林|一日三次;布洛芬|必要时服用;维生素C|一日一次
商品|是否包邮;耳机|是;手机壳|否;充电器|是
问题类型|处理时限;投诉|3天;咨询|1天;建议|5天
假期|放假时间;元旦|1月1日;春节|1月28日至2月4日;清明节|4月4日
景点|门票;石林|130元;翠湖|免费;滇池|40元
客服|工作时间;电话客服|9:00-18:00;在线客服|24小时;邮件|工作日
学院|专业;信息学院|软件工程;法学院|法学;医学院|临床医学
作物|播种期;小麦|10月;玉米|5月;水稻|4月
字段|含义;id|编号;name|名称;age|年龄
参数|默认值;timeout|30;retries|3;port|8080
Plan|Price;Basic|$9;Pro|$29;Enterprise|Contact us
Name|Role;Ann|Lead;Bob|Tester;Carol|Designer
Country|Capital;France|Paris;Japan|Tokyo;Italy|Rome
Room|Capacity;A101|30;B202|60;C303|120
Code|Meaning;E1|Overheat;E2|No water;E3|Motor fault
Size|Chest;S|86 cm;M|92 cm;L|98 cm
Shipping zone|Fee;East|Free;West|$10;Islands|$25
Date|Event;May 1|Opening;May 2|Workshop;May 3|Closing dinner
Shortcut|Action;Ctrl+C|Copy;Ctrl+V|Paste;Ctrl+Z|Undo
Department|Phone;HR|5551;IT|5552;Finance|5553
Item|Qty;Pens|20;Paper|5;Clips|100
重量|价格;1kg以内|8元;1-3kg|12元;3kg以上|面议
满减门槛|优惠;满100元|减10元;满200元|减30元;满500元|减100元
积分|礼品;500|水杯;1000|雨伞;3000|电饭煲
疫苗|接种时间;乙肝疫苗|出生时;卡介苗|出生时;脊灰疫苗|2月龄
停车时长|收费;30分钟内|免费;1小时|5元;每增加1小时|2元
证件|办理时间;身份证|20个工作日;护照|7个工作日;居住证|15个工作日
院系|联系电话;文学院|6501;理学院|6502;商学院|6503
奖项|奖金;一等奖|5000元;二等奖|3000元;三等奖|1000元
币种|汇率;美元|7.12;欧元|7.80;日元|0.048
水果|单价;苹果|5元/斤;香蕉|3元/斤;葡萄|12元/斤
宠物体重|寄养费;5kg以下|60元/天;5-15kg|80元/天;15kg以上|100元/天
演出|票价;话剧|180元;音乐会|280元;儿童剧|80元
职级|薪资范围;P5|15k-25k;P6|25k-35k;P7|35k-50k
场次|开始时间;上午场|9:30;下午场|14:00;晚场|19:30
设备名称|借用押金;投影仪|500元;相机|1000元;麦克风|100元
地区|送达时间;省内|次日;省外|2-4天;港澳台|5-7天
保修项目|保修期;主机|3年;电池|1年;充电器|6个月
病种|报销比例;高血压|70%;糖尿病|70%;恶性肿瘤|90%
手术名称|费用;阑尾切除|8000元;白内障|5000元;剖宫产|7000元
舱位|行李额;经济舱|20公斤;公务舱|30公斤;头等舱|40公斤
学段|学制;小学|六年;初中|三年;高中|三年
校区|地址;东校区|学院路1号;西校区|大学路2号;南校区|滨河路3号
窗口|业务;1号|社保;2号|医保;3号|公积金
指示灯|状态;红灯常亮|故障;绿灯闪烁|充电中;绿灯常亮|已充满
颜色|寓意;红色|热情;蓝色|冷静;绿色|希望
食物|热量;米饭|116千卡;馒头|223千卡;鸡蛋|144千卡
单词|词义;apple|苹果;banana|香蕉;pear|梨
朝代|都城;唐|长安;北宋|开封;明|北京
元素|符号;氢|H;氧|O;碳|C
运动|消耗;跑步|600千卡/小时;游泳|500千卡/小时;瑜伽|200千卡/小时
班次|时间;早班|6:00-14:00;中班|14:00-22:00;夜班|22:00-6:00
旅客类型|折扣;儿童|5折;军人|5折;学生|75折
产品|保质期;牛奶|7天;酸奶|21天;面包|3天
岗位名称|招聘人数;会计|2;出纳|1;司机|3
事假天数|扣款;1天以内|不扣;1-3天|按日扣;3天以上|双倍扣
门票类型|价格;成人票|80元;学生票|40元;亲子票|120元
楼栋|物业管家;1栋|小王;2栋|小李;3栋|小陈
联系部门|邮箱;销售|sales@a.cn;售后|help@a.cn;招聘|hr@a.cn
指标|参考范围;血糖|3.9-6.1;血压|90-140;心率|60-100
电影|片长;流浪地球|125分钟;红海行动|138分钟;战狼|123分钟
垃圾类别|投放时间;厨余|7:00-9:00;可回收|全天;有害|周六
社团|社长;吉他社|张三;棋社|李四;话剧社|王五
基金名称|管理费;甲基金|1.2%;乙基金|0.8%;丙基金|0.5%
日程|内容;第一天|昆明—大理;第二天|大理—丽江;第三天|返程
按键|作用;短按|开机;长按|关机;双击|切换模式
Product|Warranty;Phone|1 year;Laptop|2 years;Earbuds|6 months
Airport|Terminal;Beijing|T3;Shanghai|T2;Guangzhou|T1
Error|Fix;Timeout|Check the network;403|Sign in again;500|Try later
Membership|Annual fee;Silver|$50;Gold|$100;Platinum|$200
Language|Greeting;French|Bonjour;Spanish|Hola;German|Hallo
Trail|Length;North loop|5 km;Lake path|3 km;Summit|9 km
Animal|Lifespan;Dog|13 years;Cat|15 years;Rabbit|9 years
学院|校区;信息学院|东校区;法学院|西校区;医学院|南校区
快递公司|运费;顺丰|12元;圆通|8元;邮政|6元
商品|产地;苹果|烟台;橙子|赣州;葡萄|吐鲁番
医生|出诊时间;张三|周一上午;李四|周二下午;王五|周三全天
会员|折扣;金卡|8折;银卡|9折;普卡|95折
书目|借阅册数;本科生|10册;研究生|20册;教师|30册
座席|票面价;二等座|553元;一等座|933元;商务座|1748元
瓷砖规格|每箱片数;300×300|11片;600×600|4片;800×800|3片
用水阶梯|水价;第一阶梯|3.5元;第二阶梯|5.2元;第三阶梯|8元
行程|费用说明;昆明一日|含午餐;大理两日|含住宿;丽江三日|含门票
血压分级|范围;正常|<120/80;高值|120-139;高血压|≥140
宝宝月龄|睡眠时长;0-3月|16小时;4-6月|14小时;7-12月|13小时
存期|年利率;三个月|1.15%;半年|1.35%;一年|1.45%
省份|简称;云南|滇;贵州|黔;四川|川
赛事|报名截止;马拉松|10月1日;越野赛|9月15日;骑行赛|8月30日
客户类型|账期;大客户|60天;经销商|30天;零售|现结
语种|班型;英语|小班;日语|一对一;韩语|大班
宿舍楼|热水供应;1号楼|17:00-22:00;2号楼|全天;3号楼|6:00-8:00
工位|编号;前台|A01;财务|B12;仓库|C03
品牌|原产地;奔驰|德国;丰田|日本;福特|美国
作品|主角;西游记|孙悟空;水浒传|宋江;红楼梦|贾宝玉
垃圾|分类;电池|有害;果皮|厨余;报纸|可回收
手机号段|运营商;138|移动;186|联通;189|电信
发票类型|税点;普票|1%;专票|6%;电子票|1%
游戏段位|所需星数;青铜|9;白银|12;黄金|16
型号|适用机型;T100|1号机;T200|2号机;T300|3号机
科目|考试时间;语文|9:00-11:30;数学|15:00-17:00;英语|9:00-11:00
街道|投票点;翠湖街道|社区中心;莲华街道|小学礼堂;华山街道|文化馆
Ticket|Cost;Adult|$20;Child|$10;Senior|Free
Field|Type;id|int;name|string;age|int
Step|What to do;1|Open the app;2|Tap Settings;3|Choose Reset
Region|Delivery;North|2 days;South|3 days;Abroad|2 weeks
Exam|Pass mark;Maths|60;English|50;Physics|55
Browser|Supported;Chrome|Yes;Firefox|Yes;IE|No
Tyre|Pressure;Front|32 psi;Rear|35 psi;Spare|60 psi
Grade|Teacher;Grade 1|Ms Lee;Grade 2|Mr Wang;Grade 3|Mrs Hall
";

const PAIRS: &str = "
Ann|Manager;Bob|Teacher;Carol|Owner
Lobby|Ground floor;Gym|Second floor;Pool|Roof
Monday|All day;Tuesday|Morning;Wednesday|Afternoon
周一|闭馆;周二至周五|9:00–17:00;周六、周日|9:00–20:00;法定节假日|10:00–16:00
江浙沪|包邮;新疆、西藏|25元;其他|10元
品牌|小鹿;容量|300ml;功率|70W;净重|0.52kg
屏幕尺寸|6.7英寸;处理器|8核;电池容量|5000mAh;充电|67W;防水|IP68;重量|198g
校训|自强不息;创办时间|1923年;校长|方强;学生人数|28,000
大厅|可容纳300人;包间|12间;停车位|80个;营业时间|10:00-22:00
单人间|有窗;双人间|198元;家庭房|328元
姓名|刘强;职称|主任医师;擅长|高血压、冠心病;出诊时间|周一上午、周三下午;挂号费|50元
入住时间|14:00后;退房时间|12:00前;早餐|自助，68元/位;停车|免费;宠物|不可携带
课程名称|高等数学;学分|5;学时|80;授课教师|李明;考核方式|闭卷考试
项目名称|办公家具采购;项目编号|HZ2025-031;预算金额|86万元;投标截止|2025年10月20日9:30;开标地点|公共资源交易中心3楼
事项名称|食品经营许可;办理对象|企业、个体工商户;法定时限|20个工作日;承诺时限|5个工作日;收费情况|不收费;办理地点|政务中心2楼B12窗口;咨询电话|0592-5551234
通用名|阿莫西林胶囊;规格|0.25g×24粒;用法用量|口服，成人一次0.5g，每6～8小时1次;禁忌|青霉素过敏者禁用;贮藏|密封
年假|工作满1年5天，满10年10天;病假|工资按80%发放;婚假|3天;产假|158天;陪产假|15天
Check-in|from 3 pm;Check-out|until 11 am;Breakfast|$18 per person;Parking|$25 per night;Pets|not allowed
Brand|Acme;Color|Black;Weight|1.2 kg;Material|Steel;Warranty|2 years
0-6岁|免票;6-18岁|半价20元;18-60岁|40元;60岁以上|免票
迟到|扣5分;早退|扣5分;旷工一天|扣20分;旷工三天|辞退
A|优秀;B|良好;C|合格;D|不合格
普通平信|1.2元;挂号信|5.4元;特快|20元起
1001|操作超时;1002|余额不足;1003|密码错误
不超过36000元|3%;36000元至144000元|10%;144000元至300000元|20%
主治医师|刘强;擅长|高血压、冠心病;出诊时间|周一上午、周三下午;挂号费|50元
商品名称|无线鼠标;商品编号|100012043978;店铺|官方旗舰店;商品毛重|180.00g;连接方式|2.4G;颜色|黑色;产地|中国大陆
地址|昆明市翠湖路8号;电话|0871-63011234;营业时间|9:00-21:00;停车|地下免费2小时
类型|公寓;朝向|南;装修|精装;电梯|有
类型|公寓;朝向|南北;面积|89㎡;楼层|12/18
品牌|华为;屏幕|6.7英寸;电池|5000mAh;存储|256GB
颜色|黑;尺寸|大;材质|纯棉;洗涤|可机洗
成人|全价;儿童|半价;老人|免费;军人|免费
大床房|含双早;标准间|含早;套房|含双早、下午茶
经济舱|20公斤;公务舱|30公斤;头等舱|40公斤
WiFi|免费;健身房|住客免费;泳池|每人50元;洗衣|按件收费
工作日|8:30-17:30;周六|9:00-12:00;周日|休息
早餐|7:00-9:00;午餐|11:30-13:30;晚餐|17:30-19:30;夜宵|不供应
校长室|8001;教务处|8002;总务处|8003
张三|财务部;李四|人事部;王五|技术部
北京|朝阳区建国路1号;上海|浦东新区世纪大道2号;广州|天河区体育西路3号
顺丰|次日达;圆通|2-3天;邮政|3-5天
元旦|放假1天;春节|放假8天;国庆节|放假7天
Monday|Closed;Tuesday|9:00-17:00;Wednesday|9:00-17:00
Basic|Free;Pro|$29 per month;Enterprise|Contact us
Adults|$20;Children|$10;Seniors|Free
France|Paris;Japan|Tokyo;Italy|Rome
Ctrl+C|复制;Ctrl+V|粘贴;Ctrl+Z|撤销
红色|热情;蓝色|冷静;绿色|希望
苹果|5元/斤;香蕉|3元/斤;葡萄|时价
一楼|急诊;二楼|内科;三楼|外科
满100元|减10元;满200元|减30元;满500元|包邮
第一名|奖金5000元;第二名|奖金3000元;第三名|奖金1000元
首重|10元;续重|5元;偏远地区|不发货
开户行|中国银行;账号|6217001234;户名|某某公司
洗车|30元;打蜡|100元;补胎|20元;换机油|另议
身份证|20个工作日;护照|7个工作日;居住证|当场办结
退货|7天内;换货|15天内;维修|1年内
押金|不收;租期|一年起;付款|押一付三;宠物|可养
型号|DSK-500;电压|220V;转速|12000转;噪音|≤60dB
作者|鲁迅;出版社|人民文学出版社;页数|320;定价|35元
导演|张艺谋;主演|巩俐;片长|110分钟;上映|1994年
出发地|昆明;目的地|大理;车程|4小时;票价|145元
楼盘|翠湖湾;开发商|万科;均价|18000元/㎡;物业费|3.5元
食材|鸡蛋3个;用时|15分钟;难度|简单;口味|咸鲜
甲方|北京某某科技有限公司;乙方|张三;租金|每月3000元;租期|2年
报名费|100元;学费|3800元;教材费|自理;住宿费|1200元/年
主卧|朝南;次卧|朝北;客厅|30㎡;厨房|6㎡
投诉电话|12345;监督邮箱|jd@a.cn;受理时间|工作日9:00-17:00
普通会员|无折扣;银卡会员|95折;金卡会员|9折
E1|温度过高;E2|缺水;E3|电机故障
专家门诊|需预约;普通门诊|现场挂号;急诊|24小时
有效期|长期;适用范围|全国;使用门槛|无;叠加|不可叠加
小学|六年;初中|三年;高中|三年
Location|Downtown;Capacity|200 people;Parking|Free;Price|From $500
Founded|1998;Headquarters|Berlin;Employees|1,200;CEO|Anna Schmidt
公历|2025年;农历|乙巳年;生肖|蛇
早班|6:00-14:00;中班|14:00-22:00;夜班|22:00-6:00
企业法人|营业执照;个体户|身份证、营业执照;自然人|身份证
车位|免费;充电桩|1.2元/度;洗车|25元
快递|当日发;自提|门店2小时;同城配送|1小时达
标准间|已满;大床房|398元;套房|698元
春季|踏青;夏季|漂流;秋季|赏叶;冬季|滑雪
产品名称|保温杯;净含量|500ml;执行标准|GB/T 29606;生产日期|见瓶底
主讲人|王教授;时间|10月8日14:00;地点|报告厅;主办|学工处
户型|三室两厅;面积|120㎡;楼层|中楼层;朝向|南北通透;装修|毛坯
投保年龄|18-60岁;保险期间|1年;等待期|30天;免赔额|1万元
职位|前端工程师;薪资|15-25k;经验|3年以上;学历|本科
早鸟票|已售罄;普通票|180元;VIP票|480元
头痛|布洛芬;腹泻|蒙脱石散;过敏|氯雷他定
市内|起步价8元;郊区|10元;机场|一口价60元
大一|军训;大二|专业分流;大三|实习;大四|毕业设计
A座|写字楼;B座|公寓;C座|商场
图书馆|8:00-22:00;体育馆|9:00-21:00;食堂|6:30-20:00
医保卡|可用;现金|可用;信用卡|不可用
新生儿|免费;儿童|10元;成人|20元
甲班|张老师;乙班|李老师;丙班|王老师
微信|kefu123;电话|400-123-4567;邮箱|help@a.cn
唐|长安;北宋|开封;明|北京
红灯|停;绿灯|行;黄灯|等
首次|原价;第二次|9折;第三次及以后|8折
工作餐|单位承担;夜宵|自理;加班餐|报销30元
宽带|100M;IPTV|含;固话|不含
赠品|雨伞一把;包装|礼盒;发货地|杭州;发货时间|48小时内
尺寸|190×90cm;材质|橡木;重量|35kg;承重|200kg
起飞|08:30;到达|11:05;机型|空客320;餐食|有
论文字数|8000字;查重率|不超过20%;格式|Word;截止|5月20日
国内|满99包邮;港澳台|30元;海外|80元起
Phone|400-1234;Email|a@b.cn;Address|1 Main St
Small|free;Medium|$2 extra;Large|$4 extra
Author|Lu Xun;Publisher|People's Press;Pages|320;Price|$12
Dog|Woof;Cat|Meow;Cow|Moo
Mon–Fri|9–5;Sat|10–2;Sun|closed
CPU|8 cores;RAM|16 GB;Storage|512 GB SSD;Screen|14 in
Visa|Required;Passport|6 months validity;Vaccines|None
North loop|5 km;Lake path|3 km;Summit|9 km
会议室A|可容纳20人;会议室B|可容纳50人;报告厅|可容纳300人
实习生|150元/天;兼职|25元/小时;全职|面议
生日|当月9折;新客|立减20元;老客带新|各送50元券
鲁菜|山东;川菜|四川;粤菜|广东
系统|Android 14;内存|12GB;机身颜色|曜石黑;SIM卡|双卡
入学年龄|6周岁;报名时间|6月1日;所需材料|户口本、接种证;咨询电话|6201
血型|O型;身高|175cm;体重|68kg;视力|5.0
单位名称|某某公司;税号|91530000;开户行|建行;账号|530012
A座|公司;B座|公寓;C座|商场
老王|司机;小李|医生;阿强|保安
店铺|官方旗舰店;发货|昆明市;物流|快递
籍贯|大理市;民族|白族;婚况|未婚
春节|满减优惠;国庆|第二件半价;双十一|直降
配送|快递;支付|微信;售后|七天无理由
早上|开机检查;中午|打扫;晚上|关机检查
车站|可寄存;酒店|可寄存;景区|不可寄存
会员|全场9折;非会员|满200减20;员工|内购价
客房|含早;餐厅|人均80元;泳池|免费
食堂|6:30-20:00;超市|8:00-22:00;浴室|停用
白天|晴;夜间|多云;明天|小雨
一号厅|科幻片;二号厅|动画片;三号厅|纪录片
靠窗|满座;靠走廊|余12;中间|余5
送货上门|加10元;自提|免费;代收|2元
材质|头层牛皮;鞋底|橡胶;鞋跟|3cm;闭合方式|系带
寄件人|张三;收件人|李四;重量|2kg;运费|15元
承租方|王某;出租方|李某;面积|60㎡;月租|2500元
头等奖|苹果手机;二等奖|耳机;三等奖|水杯
肉类|冷冻保存;蔬菜|冷藏保存;干货|常温
春装|打七折;夏装|满减;冬装|新品
儿科|二楼;骨科|三楼;急诊|一楼
人民币|可以;美元|可以;港币|不行
早餐|豆浆油条;午餐|两荤一素;晚餐|面条
老师|提前到校;学生|8点到校;家长|校门口等候
初级班|零基础;中级班|学过一年;高级班|能对话
晴天|户外;雨天|室内;雾霾天|停课
上海|总部;北京|分公司;深圳|办事处
咨询|前台;投诉|经理室;退款|财务室
语速|正常;音量|适中;表情|自然
首付|三成;利率|3.1%;年限|30年
姓名|王小明;昵称|明明;生日|6月1日
版本|企业版;并发|500;存储|1TB;支持|7×24
车型|紧凑型SUV;排量|1.5T;油耗|6.8L;变速箱|CVT
品种|金毛;毛色|浅金;性格|温顺;寿命|12年
剧名|雷雨;编剧|曹禺;首演|1935年
Model|X200;Display|OLED;Battery|5000 mAh;OS|Android
Venue|City Hall;Doors|7 pm;Dress code|Smart casual
Gym|6am–10pm;Pool|8am–8pm;Spa|by appointment
Lead guitar|Ann;Drums|Bob;Bass|Carol
Title|Dune;Director|Denis Villeneuve;Runtime|155 min
Delivery|3–5 days;Returns|30 days;Support|24/7
";

fn rows(table: &str) -> Vec<StringRecord> {
    table.split(';').map(|row| row.split('|').collect()).collect()
}

fn tables(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty())
}

#[test]
fn names_of_two_columns_are_names() {
    for table in tables(NAMED) {
        let rows = rows(table);
        assert_eq!(header::find(&rows, Header::Unsaid).rows, 1, "{table}");
        assert_ne!(first_of_two(&rows), FirstOfTwo::Pair, "{table}");
    }
    let is_sure = |table: &&str| first_of_two(&rows(table)) == FirstOfTwo::Header;
    let (sure, all) = (tables(NAMED).filter(is_sure).count(), tables(NAMED).count());
    assert!(sure * 10 >= all * 9, "{sure} of {all}");
}

#[test]
fn pairs_that_nothing_names_are_pairs() {
    for table in tables(PAIRS) {
        let rows = rows(table);
        let is_named = header::find(&rows, Header::Unsaid).rows > 0;
        assert!(!is_named || first_of_two(&rows) != FirstOfTwo::Header, "{table}");
    }
    let is_sure = |table: &&str| first_of_two(&rows(table)) == FirstOfTwo::Pair;
    let (sure, all) = (tables(PAIRS).filter(is_sure).count(), tables(PAIRS).count());
    assert!(sure * 10 >= all * 7, "{sure} of {all}");
}

#[test]
fn names_that_are_not_known_are_in_doubt_unless_they_are_of_two_sides() {
    for table in [
        "地方戏|发源;川剧|成都;越剧|嵊州",
        "Planet|Moons;Earth|1;Mars|2",
        "宜|忌;出行|动土;嫁娶|安葬",
        "Song|Artist;Hello|Adele;Yesterday|The Beatles",
        "商品名|価格;りんご|120円;みかん|80円",
        "HS编码|品目;0101|活马;0102|活牛",
        "uid|ctr;1001|0.12;1002|0.31",
        "大厅|靠窗;一号包间|临湖;二号包间|清静",
    ] {
        assert_eq!(first_of_two(&rows(table)), FirstOfTwo::Doubtful, "{table}");
    }
    for table in [
        "允许携带|禁止携带;水杯|刀具;雨伞|打火机",
        "可报销|不可报销;机票|餐费;住宿|礼品",
        "甲方|乙方;供货|付款;安装|验收",
        "费用包含|费用不含;门票|小费;早餐|保险",
        "花名|花语;玫瑰|爱情;百合|纯洁",
        "调整前|调整后;甲楼|乙楼;东门|西门",
        "上午|下午;语文|体育;数学|音乐",
        "说明|内容;流程|第一步登记;网址|首页",
        "字段名|类型;id|bigint;name|varchar(50)",
        "考核项目|权重;工作数量|30%;工作质量|70%",
        "Acronym|Meaning;CPU|Central Processing Unit;RAM|Random Access Memory",
        "text|label;食物很好|1;太慢了|0",
        "月份|用电量;1月|120;2月|98",
        "月份|不良率;1月|1.2%;2月|0.8%",
        "药品|有效期;阿司匹林|3年;维生素C|2年",
    ] {
        assert_eq!(first_of_two(&rows(table)), FirstOfTwo::Header, "{table}");
    }
}

#[test]
fn what_cannot_be_pairs_is_left_to_others() {
    for table in [
        // A thing that comes twice, a value that is a thing, three columns, questions, a first row of one cell.
        "张三|财务部;李四|人事部;李四|技术部",
        "语文|数学;优|良;良|优",
        "甲|乙|丙;丁|戊|己",
        "疑难|指引;怎么报名？|上官网注册。;怎么缴费？|去银行缴。",
        "包邮|;江浙沪|8元",
        "甲|乙",
    ] {
        assert_eq!(first_of_two(&rows(table)), FirstOfTwo::Header, "{table}");
    }
}

#[test]
fn a_name_of_things_beside_any_word_is_in_doubt() {
    for table in ["颜色|心情;红色|热情;蓝色|冷静;绿色|希望", "城市|印象;成都|安逸;重庆|火辣;杭州|温婉"]
    {
        assert_eq!(first_of_two(&rows(table)), FirstOfTwo::Doubtful, "{table}");
    }
    // Other names below it, and numbers of several units.
    for table in ["颜色|曜石黑;尺寸|加大;材质|纯棉", "品牌|华米;表带|22mm;续航时长|14天;蓝牙|5.0"]
    {
        assert_eq!(first_of_two(&rows(table)), FirstOfTwo::Pair, "{table}");
    }
}

fn shown(document: &Document) -> Vec<String> {
    let said = |block: &Block| match block {
        Block::Prose { headings, text, .. } => format!("{}|{text}", headings.join(">")),
        Block::Question { question, .. } => question.clone(),
    };
    document.blocks.iter().map(said).collect()
}

fn sections(rows: &[&str], header_rows: Option<usize>, format: Format) -> Vec<String> {
    let rows = rows.iter().map(|row| row.split('|').map(str::to_owned).collect()).collect();
    let parts = vec![DocumentPart::Table { titles: vec![], header_rows, rows }];
    shown(&Parsed { parts, ..Parsed::default() }.into_document(format).unwrap())
}

#[test]
fn a_csv_of_pairs_is_a_form_and_one_in_doubt_keeps_its_first_row_and_says_so() {
    let read = |text: &str| {
        let document = delimited::parse(text).unwrap();
        (shown(&document), document.note().unwrap_or_default())
    };
    let (sections, _) = read("清蒸石斑鱼,时价168元\n白灼大虾,询问服务员\n葱姜炒蟹,电话预订\n");
    assert_eq!(sections, ["|清蒸石斑鱼: 时价168元\n白灼大虾: 询问服务员\n葱姜炒蟹: 电话预订"]);
    let (sections, note) = read("颜色,心情\n红色,热情似火\n蓝色,冷静沉着\n绿色,充满希望\n");
    assert_eq!(sections[..2], ["|颜色 | 心情", "|颜色: 红色\n心情: 热情似火"]);
    assert!(note.contains("kept as a row as well: 颜色, 心情"), "{note}");
}

#[test]
fn names_beside_their_values_are_a_form_where_the_document_says_so() {
    for (rows, wanted) in [
        (&["品牌|小鹿", "容量|300ml", "产地|佛山"][..], "|品牌: 小鹿\n容量: 300ml\n产地: 佛山"),
        (&["周一|闭馆", "周二|9:00"], "|周一: 闭馆\n周二: 9:00"),
        (&["主体", "品牌|小鹿", "净重|1kg"], "主体|品牌: 小鹿\n净重: 1kg"),
        (
            &["屏幕|6.7英寸|电池|5000mAh", "内存|12GB|重量|198g"],
            "|屏幕: 6.7英寸\n电池: 5000mAh\n内存: 12GB\n重量: 198g",
        ),
    ] {
        assert_eq!(sections(rows, Some(0), Format::Html), [wanted]);
    }
}

/// Of formats that mark no header, or whose programs mark the first row unless they are told not to.
#[test]
fn pairs_without_a_header_lose_no_row_and_names_of_two_columns_stay() {
    let marks = [(Format::Docx, None), (Format::Xlsx, None), (Format::Pdf, None), (Format::Pptx, Some(1))];
    for (format, header_rows) in marks {
        let read = |rows: &[&str]| sections(rows, header_rows, format);
        assert_eq!(
            read(&["周一|闭馆", "周二至周五|9:00–17:00", "周六、周日|9:00–20:00", "法定节假日|10:00–16:00"]),
            ["|周一: 闭馆\n周二至周五: 9:00–17:00\n周六、周日: 9:00–20:00\n法定节假日: 10:00–16:00"]
        );
        assert_eq!(
            read(&["运费说明|", "江浙沪|包邮", "新疆、西藏|25元", "其他|10元"]),
            ["运费说明|江浙沪: 包邮\n新疆、西藏: 25元\n其他: 10元"]
        );
        assert_eq!(
            read(&["地区|运费", "江浙沪|包邮", "新疆、西藏|25元", "其他|10元"])[0],
            "|地区: 江浙沪\n运费: 包邮"
        );
    }
    // A list of very many pairs has a section for each.
    let many: Vec<String> = (0..40).map(|n| format!("单人间{}|有窗", "甲".repeat(n + 1))).collect();
    let rows: Vec<&str> = std::iter::once("大床房|有窗").chain(many.iter().map(String::as_str)).collect();
    let read = sections(&rows, None, Format::Docx);
    assert_eq!((read.len(), read[0].as_str()), (41, "|大床房 | 有窗"));
}
