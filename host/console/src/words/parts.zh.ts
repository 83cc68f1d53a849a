/** The Chinese words of parts that several screens share. */

export const parts = {
  filter: {
    title: "文档属性",
    field: "属性，如 year",
    operator: "比较",
    value: "值",
    values: "几个值，用逗号分开",
    operators: {
      eq: "等于", ne: "不等于", in: "是其中之一", nin: "不是其中任何一个", gt: "大于", gte: "不小于", lt: "小于", lte: "不大于", exists: "有没有",
    } as Record<string, string>,
    add: "加一个条件",
    remove: "去掉这个条件",
    any: "满足其中一个即可",
  },
  told: {
    english: "英文原文",
  },
};
