"""Roughly where each province lies: its middle, and how far it reaches east and west of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Latitude and longitude [degrees]; `reach` [degrees of longitude] to either side, 0 for a point."""

    latitude: float
    longitude: float
    reach: float = 0.0


# Rounded from the map, the reach rounded up: it only has to tell night from day anywhere in the province.
PROVINCES = {
    "北京": Place(40.2, 116.4, 1.2), "天津": Place(39.3, 117.3, 0.8), "河北": Place(39.3, 116.7, 3.3),
    "山西": Place(37.6, 112.4, 2.2), "内蒙古": Place(44.1, 111.6, 14.6), "辽宁": Place(41.2, 122.3, 3.6),
    "吉林": Place(43.6, 126.5, 4.9), "黑龙江": Place(48.0, 128.1, 7.1), "上海": Place(31.2, 121.5, 0.7),
    "江苏": Place(33.0, 119.2, 2.9), "浙江": Place(29.2, 120.4, 2.6), "安徽": Place(32.0, 117.3, 2.5),
    "福建": Place(26.0, 118.3, 2.6), "江西": Place(27.4, 116.0, 2.5), "山东": Place(36.3, 118.8, 4.0),
    "河南": Place(33.9, 113.5, 3.2), "湖北": Place(31.2, 112.3, 4.0), "湖南": Place(27.4, 111.5, 2.8),
    "广东": Place(22.8, 113.5, 3.9), "广西": Place(23.7, 108.3, 3.9), "海南": Place(19.3, 109.9, 1.3),
    "重庆": Place(30.1, 107.8, 2.5), "四川": Place(30.2, 102.9, 5.7), "贵州": Place(27.0, 106.6, 3.1),
    "云南": Place(25.0, 101.9, 4.4), "西藏": Place(31.2, 88.8, 10.4), "陕西": Place(35.6, 108.4, 3.0),
    "甘肃": Place(37.7, 100.7, 8.2), "青海": Place(35.6, 96.2, 6.9), "宁夏": Place(37.3, 106.0, 1.8),
    "新疆": Place(41.8, 84.9, 11.5), "香港": Place(22.4, 114.1, 0.4), "澳门": Place(22.2, 113.6, 0.1),
    "台湾": Place(23.7, 121.0, 1.1),
}  # fmt: skip
