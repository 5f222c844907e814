// Chinese for the few words Plotly says itself; served from here because its own copy lies on a CDN.
(function () {
  const locale = {
    moduleType: "locale",
    name: "zh-CN",
    dictionary: {
      Autoscale: "自动缩放",
      "Double-click to zoom back out": "双击还原",
      "Download plot as a PNG": "下载为 PNG 图片",
      "Download plot": "下载图片",
      Pan: "平移",
      Reset: "还原",
      "Reset axes": "还原坐标轴",
      "Reset view": "还原视图",
      "Zoom in": "放大",
      "Zoom out": "缩小",
      Zoom: "缩放",
      "incoming flow count": "流入数",
      "outgoing flow count": "流出数",
      source: "来源",
      target: "去向",
      increasing: "增加",
      decreasing: "减少",
      total: "合计",
      "max:": "最大：",
      "min:": "最小：",
    },
    format: {
      days: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
      shortDays: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
      months: ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"],
      shortMonths: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
      date: "%Y-%m-%d",
      dateTime: "%Y-%m-%d %H:%M:%S",
      decimal: ".",
      thousands: ",",
      grouping: [3],
      year: "%Y年",
      month: "%Y年%-m月",
      dayMonth: "%-m月%-d日",
      dayMonthYear: "%Y年%-m月%-d日",
    },
  };
  if (typeof window.Plotly === "undefined") {
    window.PlotlyLocales = window.PlotlyLocales || [];
    window.PlotlyLocales.push(locale);
  } else {
    window.Plotly.register(locale);
  }
})();
