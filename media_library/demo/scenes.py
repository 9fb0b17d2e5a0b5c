"""The demo's pictures: what the programme does, in geometry and the colours of mud cloth."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image

from media_library.demo.cloth import (
    BRICK,
    CLAY,
    DUSK,
    EARTH,
    GOLD,
    HEIGHT,
    INDIGO,
    INK,
    KAOLIN,
    LEAF,
    MUD,
    NIGHT,
    OCHRE,
    ROBES,
    SAND,
    SKY,
    WIDTH,
    Cloth,
)


def _sun(c: Cloth, x: float, y: float, r: float, fill: str = GOLD) -> None:
    c.disc(x, y, r, fill)
    for turn in range(1, 4):
        c.ring(x, y, r + 26 * turn, fill, 5)


def building(c: Cloth) -> None:
    """A house of the Sudanese style: buttresses, beams, an arcade, under an evening sun."""
    c.sky(SKY, DUSK, 1250)
    _sun(c, 1900, 420, 150)
    c.poly([(0, 1050), (500, 930), (980, 1010), (1500, 900), (2400, 1030), (2400, 1300), (0, 1300)], EARTH)
    c.rect(0, 1200, WIDTH, 400, CLAY)
    c.rect(420, 640, 1560, 600, "#a8673c")
    c.rect(420, 640, 1560, 40, MUD)
    for tower, top in ((520, 420), (1120, 300), (1760, 420)):
        c.poly(
            [(tower - 90, 1240), (tower - 66, top + 60), (tower + 66 + 60, top + 60), (tower + 150, 1240)],
            "#bb784a",
        )
        for spike in range(3):
            x = tower - 66 + spike * 63
            c.poly([(x, top + 62), (x + 22, top - 30), (x + 66, top + 62)], "#bb784a")
        for row in range(5):
            for column in range(3):
                c.rect(tower - 44 + column * 58, top + 130 + row * 120, 34, 12, INK)
    for arch in range(8):
        x = 690 + arch * 62 + (330 if arch > 3 else 0)
        if 1020 < x < 1230:
            continue
        c.rect(x - 22, 980, 44, 260, INK)
        c.pie(x, 982, 22, 180, 360, INK)
    c.rect(1118 - 62, 900, 150, 340, INK)
    c.pie(1131, 902, 75, 180, 360, INK)
    c.rect(1118 - 40, 930, 106, 310, OCHRE)
    for x, robe, wrap in ((760, INDIGO, None), (910, KAOLIN, BRICK), (1480, LEAF, GOLD), (1620, OCHRE, None)):
        c.person(x, 1360, 260, robe, wrap=wrap, cap=None if wrap else KAOLIN)


def assembly(c: Cloth) -> None:
    """A full hall: speakers at a long table, the public seen from behind."""
    c.rect(0, 0, WIDTH, HEIGHT, "#d8c3a1")
    for n in range(7):
        x = 90 + n * 370
        c.rect(x - 20, 120, 260, 700, SAND)
        c.pie(x + 110, 122, 130, 180, 360, SAND)
        c.rect(x + 20, 160, 180, 560, KAOLIN)
        c.pie(x + 110, 162, 90, 180, 360, KAOLIN)
    c.rect(560, 150, 1280, 330, INDIGO)
    c.rect(590, 180, 1220, 270, KAOLIN)
    for n in range(9):
        c.poly(
            [(640 + n * 130, 400), (690 + n * 130, 230), (740 + n * 130, 400)], [OCHRE, LEAF, BRICK][n % 3]
        )
    for n, robe in enumerate((KAOLIN, INDIGO, OCHRE, LEAF, "#6e2f45")):
        c.person(
            680 + n * 260,
            900,
            330,
            robe,
            wrap=GOLD if n in (1, 4) else None,
            cap=BRICK if n in (0, 2) else None,
        )
        c.line([(735 + n * 260, 780), (722 + n * 260, 720)], INK, 9)
        c.disc(720 + n * 260, 712, 15, INK)
    c.rect(520, 780, 1380, 190, MUD)
    c.rect(520, 780, 1380, 26, OCHRE)
    for n in range(26):
        c.poly([(540 + n * 52, 850), (566 + n * 52, 822), (592 + n * 52, 850), (566 + n * 52, 878)], SAND)
    for row in range(3):
        size = 62 + row * 26
        for n in range(16 - row * 3):
            seat = (n + (0.5 if row % 2 else 0.1)) * (WIDTH / (15 - row * 3)) + c.wobble(16)
            wrap = c.dice.choice([None, None, GOLD, BRICK, INDIGO, LEAF])
            c.seated_from_behind(seat, 1010 + row * 140, size, c.dice.choice(ROBES), wrap=wrap)


def field(c: Cloth) -> None:
    """Furrows of rice running to the horizon, a baobab, two people with a field book."""
    c.sky("#9fc0d6", "#f0dfb8", 760)
    _sun(c, 520, 330, 130)
    c.poly([(0, 640), (420, 560), (1000, 650), (1700, 540), (2400, 640), (2400, 780), (0, 780)], "#7d8f6a")
    c.rect(0, 740, WIDTH, 860, "#6d7a2f")
    for n in range(-16, 17):
        near = 1250 + n * 34
        far = 1250 + n * 330
        c.poly(
            [(near, 740), (near + 17, 740), (far + 165, 1600), (far, 1600)], "#8d9a3c" if n % 2 else "#52692f"
        )
    for row in range(9):
        y = 780 + row * row * 9.5
        size = 6 + row * 5.2
        step = 46 + row * 34
        for n in range(-26, 27):
            x = 1250 + n * step + (step / 2 if row % 2 else 0)
            if -40 < x < WIDTH + 40:
                for lean in (-0.5, 0, 0.5):
                    c.line([(x, y), (x + lean * size * 1.6, y - size * 2.6)], LEAF, max(2, size * 0.16))
                c.disc(x + size * 0.3, y - size * 2.4, size * 0.26, GOLD)
    c.poly([(1850, 800), (1880, 420), (1990, 420), (2030, 800)], MUD)
    for angle in range(200, 345, 16):
        dx, dy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        c.line([(1935, 450), (1935 + dx * 240, 450 + dy * 190)], MUD, 24)
        c.disc(1935 + dx * 270, 450 + dy * 210, 74, "#3f6a38", squash=0.7)
    c.person(980, 1440, 560, INDIGO, cap=SAND)
    c.person(1210, 1420, 520, KAOLIN, wrap=BRICK)
    c.poly([(1060, 1130), (1170, 1110), (1180, 1190), (1070, 1210)], KAOLIN)
    for n in range(3):
        c.line([(1078, 1146 + n * 18), (1160, 1132 + n * 18)], MUD, 4)


def laboratory(c: Cloth) -> None:
    """A bench: microscope, flasks, shelves; one at work."""
    c.rect(0, 0, WIDTH, HEIGHT, "#d7e0dd")
    for n in range(5):
        c.rect(120 + n * 470, 90, 360, 360, "#eef3f0")
        c.rect(120 + n * 470, 262, 360, 12, "#b7c6c1")
        c.rect(294 + n * 470, 90, 12, 360, "#b7c6c1")
    for shelf in (590, 790):
        c.rect(1240, shelf, 1080, 20, MUD)
        for n in range(14):
            height = 70 + (n * 37 % 60)
            c.round(
                1270 + n * 74,
                shelf - height,
                46,
                height,
                8,
                [INDIGO, OCHRE, LEAF, KAOLIN, BRICK, GOLD][(n + shelf) % 6],
            )
            c.rect(1278 + n * 74, shelf - height * 0.55, 30, 22, KAOLIN)
    c.rect(0, 1180, WIDTH, 420, MUD)
    c.rect(0, 1150, WIDTH, 46, SAND)
    c.person(760, 1290, 900, KAOLIN, wrap=INDIGO)
    c.rect(0, 1196, WIDTH, 404, MUD)
    c.rect(1000, 1100, 330, 52, INK)
    c.poly([(1240, 1110), (1300, 1110), (1280, 760), (1210, 760)], INK)
    c.poly([(1010, 690), (1100, 650), (1260, 940), (1180, 985)], INDIGO)
    c.poly([(985, 660), (1085, 614), (1108, 660), (1008, 706)], INK)
    c.rect(1060, 1010, 230, 24, INK)
    c.disc(1285, 880, 42, GOLD)
    for n, (x, tint) in enumerate(((1500, LEAF), (1720, OCHRE), (1950, INDIGO), (2170, BRICK))):
        c.poly(
            [(x - 26, 900), (x + 26, 900), (x + 26, 970), (x + 95, 1150), (x - 95, 1150), (x - 26, 970)],
            "#f4f8f6",
        )
        c.poly([(x - 58, 1052), (x + 58, 1052), (x + 95, 1150), (x - 95, 1150)], tint)
        c.rect(x - 34, 884, 68, 18, "#b7c6c1")
        for bubble in range(3):
            c.disc(x - 20 + bubble * 22, 1090 + (bubble * 29 + n * 11) % 40, 8, KAOLIN)
    for n in range(10):
        c.round(300 + n * 36, 1040, 24, 120, 12, "#f4f8f6")
        c.round(300 + n * 36, 1040 + 30 + n * 37 % 50, 24, 90 - n * 37 % 50, 12, [OCHRE, LEAF, INDIGO][n % 3])
    c.rect(284, 1086, 384, 16, MUD)


def lesson(c: Cloth) -> None:
    """A lecture: figures on the board, a professor, students taking notes."""
    c.rect(0, 0, WIDTH, HEIGHT, "#e3cfa8")
    c.rect(0, 1080, WIDTH, 520, CLAY)
    c.rect(300, 130, 1800, 790, MUD)
    c.rect(330, 160, 1740, 730, "#23382f")
    for n in range(7):
        height = 120 + n * 62
        c.rect(470 + n * 100, 800 - height, 62, height, [GOLD, KAOLIN, OCHRE][n % 3])
    c.line([(440, 810), (1200, 810)], KAOLIN, 8)
    c.line([(440, 810), (440, 260)], KAOLIN, 8)
    c.ring(1620, 480, 210, KAOLIN, 8)
    c.pie(1620, 480, 196, -90, 40, GOLD)
    c.pie(1620, 480, 196, 40, 150, BRICK)
    c.pie(1620, 480, 196, 150, 270, "#4f7fae")
    for n in range(4):
        c.line([(1320, 760 + n * 32), (1900 - n * 80, 760 + n * 32)], KAOLIN, 6)
    c.person(1270, 1180, 760, INDIGO, cap=OCHRE)
    c.line([(1345, 720), (1480, 560)], "#4a2f1f", 46)
    c.line([(1480, 560), (1560, 470)], SAND, 12)
    for row in range(2):
        size = 92 + row * 34
        for n in range(8 - row):
            x = (n + (0.62 if row else 0.35)) * (WIDTH / (7.4 - row)) + c.wobble(18)
            c.rect(x - size * 1.4, 1330 + row * 190, size * 2.8, 24, MUD)
            wrap = c.dice.choice([None, None, BRICK, GOLD, LEAF])
            c.seated_from_behind(x, 1160 + row * 180, size, c.dice.choice(ROBES), wrap=wrap)


def microphones(c: Cloth) -> None:
    """A press conference: a table of microphones, three who answer, cameras in front."""
    c.rect(0, 0, WIDTH, HEIGHT, NIGHT)
    for row in range(4):
        for n in range(9):
            x, y = 140 + n * 270 + (135 if row % 2 else 0), 110 + row * 170
            c.poly([(x - 70, y), (x, y - 62), (x + 70, y), (x, y + 62)], "#1d3857")
            c.poly([(x - 30, y), (x, y - 26), (x + 30, y), (x, y + 26)], "#2c4d74")
    c.poly([(300, 0), (620, 0), (1150, 900), (500, 900)], "#21405f")
    c.poly([(2100, 0), (1780, 0), (1250, 900), (1900, 900)], "#21405f")
    c.person(760, 1160, 640, SAND, cap=BRICK)
    c.person(1200, 1150, 690, KAOLIN, wrap=GOLD)
    c.person(1640, 1160, 640, "#3f5f8f", cap=KAOLIN)
    c.rect(320, 1000, 1760, 330, MUD)
    c.rect(320, 1000, 1760, 34, OCHRE)
    for n in range(15):
        x = 370 + n * 112
        c.poly([(x, 1180), (x + 46, 1110), (x + 92, 1180), (x + 46, 1250)], SAND)
        c.poly([(x + 26, 1180), (x + 46, 1150), (x + 66, 1180), (x + 46, 1210)], MUD)
    for n, x in enumerate((1010, 1080, 1150, 1220, 1290, 1370, 700, 790, 1580, 1680)):
        top = 880 - (n * 41 % 60)
        c.line([(x, 1004), (x + (1200 - x) * 0.16, top)], INK, 12)
        c.disc(x + (1200 - x) * 0.16, top - 16, 30, [INK, BRICK, INDIGO, OCHRE, LEAF][n % 5], squash=1.25)
        c.rect(x + (1200 - x) * 0.16 - 30, top + 14, 60, 16, KAOLIN)
    for x, size in ((330, 1.25), (2040, 1.25), (860, 0.95), (1560, 0.95)):
        c.round(x - 150 * size, 1390, 300 * size, 190 * size, 20, INK)
        c.disc(x, 1390 + 95 * size, 78 * size, "#2a2f36")
        c.disc(x, 1390 + 95 * size, 48 * size, INDIGO)
        c.disc(x - 16, 1376 + 95 * size, 13 * size, KAOLIN)
        c.rect(x - 46 * size, 1366, 92 * size, 28, INK)
        c.disc(x + 112 * size, 1416, 9 * size, BRICK)


def river(c: Cloth) -> None:
    """The Niger at dusk, a pirogue, the far bank with its palms."""
    c.sky("#d9752f", "#f6d48f", 900)
    _sun(c, 1200, 760, 230, "#f8e3ae")
    c.poly(
        [(0, 800), (380, 730), (800, 800), (1500, 745), (2000, 800), (2400, 740), (2400, 920), (0, 920)],
        "#5d3a2c",
    )
    for x in (190, 300, 1890, 2030, 2190):
        c.line([(x, 810), (x + 16, 560)], "#3b2619", 17)
        for angle in range(190, 360, 28):
            dx, dy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            c.line(
                [(x + 16, 562), (x + 16 + dx * 70, 552 + dy * 46), (x + 16 + dx * 115, 590 + dy * 24)],
                "#2f4a2c",
                13,
            )
    c.rect(0, 890, WIDTH, 710, "#b5632c")
    for n in range(34):
        y = 905 + n * n * 0.62
        width = 1500 - n * 22 + (n * 97 % 300)
        c.round(
            1200 - width / 2 + (n * 131 % 240) - 120,
            y,
            width,
            5 + n * 0.55,
            6,
            "#f2b766" if n % 2 else "#8a4524",
        )
    c.poly([(520, 1190), (1880, 1190), (2080, 1110), (1820, 1310), (620, 1310), (340, 1110)], "#23160f")
    for n in range(14):
        x = 660 + n * 84
        c.poly([(x, 1250), (x + 32, 1222), (x + 64, 1250), (x + 32, 1278)], GOLD)
    for x, robe, wrap in (
        (840, INDIGO, None),
        (1060, BRICK, GOLD),
        (1280, KAOLIN, INDIGO),
        (1480, LEAF, None),
    ):
        c.person(x, 1240, 300, robe, wrap=wrap, cap=None if wrap else SAND)
    c.line([(1700, 760), (1930, 1480)], "#23160f", 17)
    c.person(1715, 1215, 400, OCHRE, cap=KAOLIN)


def health(c: Cloth) -> None:
    """A health centre: a consultation under the awning, a queue in the shade."""
    c.sky("#bcd5e0", "#f3e6c8", 1100)
    c.rect(0, 1090, WIDTH, 510, "#c98f5e")
    c.rect(240, 440, 1920, 720, KAOLIN)
    c.rect(240, 440, 1920, 70, LEAF)
    c.rect(240, 1080, 1920, 80, "#2f6f73")
    c.poly([(180, 440), (2220, 440), (2090, 330), (310, 330)], BRICK)
    c.disc(1200, 560 - 165, 104, KAOLIN)
    c.rect(1166, 316, 68, 158, LEAF)
    c.rect(1121, 361, 158, 68, LEAF)
    for x in (330, 560, 1680, 1910):
        c.rect(x, 610, 160, 220, "#7fa6b8")
        c.rect(x + 74, 610, 12, 220, KAOLIN)
        c.rect(x, 714, 160, 12, KAOLIN)
    c.rect(900, 640, 600, 520, "#28454b")
    for n in range(12):
        c.poly(
            [
                (830 + n * 62, 560),
                (892 + n * 62, 560),
                (892 + n * 62, 640),
                (861 + n * 62, 676),
                (830 + n * 62, 640),
            ],
            BRICK if n % 2 else KAOLIN,
        )
    c.person(1080, 1290, 540, KAOLIN, wrap="#2f6f73")
    c.line([(1045, 910), (1080, 990), (1118, 910)], INK, 8)
    c.disc(1082, 1000, 17, "#9aa7ad")
    c.person(1330, 1300, 500, GOLD, wrap=INDIGO)
    c.disc(1355, 1090, 62, "#4a2f1f")
    c.round(1290, 1110, 150, 90, 40, SAND)
    for n, robe in enumerate((INDIGO, OCHRE, "#6e2f45", LEAF)):
        c.person(
            330 + n * 150,
            1330 + n % 2 * 26,
            420,
            robe,
            wrap=[GOLD, None, SAND, None][n],
            cap=[None, KAOLIN, None, BRICK][n],
        )
    for n, robe in enumerate((BRICK, KAOLIN, "#3f5f8f")):
        c.person(1780 + n * 170, 1340, 430, robe, wrap=[LEAF, None, OCHRE][n], cap=[None, INDIGO, None][n])


def ceremony(c: Cloth) -> None:
    """A ceremony: the flag's three colours, a lectern, an award handed over."""
    c.rect(0, 0, WIDTH, HEIGHT, "#efe2c8")
    for n in range(6):
        c.poly([(n * 400, 0), (n * 400 + 200, 0), (1200, 900)], "#e5d2ac")
    for x in (190, 480, 1830, 2120):
        c.rect(x, 170, 14, 960, MUD)
        c.disc(x + 7, 160, 22, GOLD)
        for n, tint in enumerate(("#14b53a", "#fcd116", "#ce1126")):
            top = 200 + n * 14
            c.poly(
                [
                    (x + 14 + n * 68, top),
                    (x + 82 + n * 68, top + 14),
                    (x + 82 + n * 68, top + 310),
                    (x + 14 + n * 68, top + 290),
                ],
                tint,
            )
    c.rect(0, 1120, WIDTH, 480, BRICK)
    c.rect(0, 1120, WIDTH, 30, GOLD)
    for n in range(24):
        c.poly(
            [(n * 104 - 20, 1240), (n * 104 + 30, 1190), (n * 104 + 80, 1240), (n * 104 + 30, 1290)],
            "#7d2016",
        )
    c.person(1010, 1240, 760, KAOLIN, cap=BRICK)
    c.person(1420, 1240, 740, INDIGO, wrap=GOLD)
    c.line([(1110, 800), (1210, 850)], "#3b2619", 44)
    c.line([(1320, 810), (1220, 855)], "#4a2f1f", 44)
    c.poly([(1130, 720), (1310, 720), (1310, 850), (1130, 850)], KAOLIN)
    c.poly([(1144, 734), (1296, 734), (1296, 836), (1144, 836)], SAND)
    for n in range(3):
        c.line([(1164, 760 + n * 20), (1276, 760 + n * 20)], MUD, 5)
    c.disc(1276, 824, 20, BRICK)
    c.poly([(1640, 900), (1900, 900), (1860, 1300), (1680, 1300)], MUD)
    c.rect(1610, 870, 320, 44, OCHRE)
    c.disc(1770, 1080, 62, GOLD)
    c.disc(1770, 1080, 40, MUD)
    c.line([(1770, 872), (1752, 800)], INK, 9)
    c.disc(1750, 792, 17, INK)
    for n in range(13):
        wrap = c.dice.choice([None, GOLD, LEAF, INDIGO])
        c.seated_from_behind(90 + n * 188 + c.wobble(14), 1360, 96, c.dice.choice(ROBES), wrap=wrap)


def forum(c: Cloth) -> None:
    """Stands of a forum, with their awnings and visitors."""
    c.sky("#a9c7d8", "#f2e4c4", 900)
    c.rect(0, 860, WIDTH, 740, "#cba06c")
    for n in range(9):
        c.line([(-40, 300 + (n % 2) * 40), (WIDTH + 40, 300 + (n % 2) * 40)], "#e8d8b5", 2)
    for n in range(30):
        x = n * 84
        sag = 250 + 70 * math.sin(n / 29 * math.pi)
        c.poly([(x, sag), (x + 56, sag + 4), (x + 28, sag + 70)], [BRICK, GOLD, LEAF, INDIGO, KAOLIN][n % 5])
    for stand, tint in enumerate((INDIGO, BRICK, LEAF, OCHRE)):
        x = 90 + stand * 575
        c.rect(x + 20, 560, 20, 640, MUD)
        c.rect(x + 460, 560, 20, 640, MUD)
        c.rect(x + 40, 600, 420, 420, KAOLIN)
        for row in range(2):
            for n in range(3):
                c.rect(
                    x + 70 + n * 130, 690 + row * 150, 96, 116, [SAND, SKY, DUSK, tint][(n + row + stand) % 4]
                )
                c.line([(x + 84 + n * 130, 780 + row * 150), (x + 150 + n * 130, 780 + row * 150)], MUD, 5)
        for n in range(8):
            left = x - 20 + n * 68
            fill = tint if n % 2 else KAOLIN
            c.poly(
                [
                    (left, 640),
                    (left + 68, 640),
                    (left + 54 + (3.5 - n) * 9 + 7, 490),
                    (left + 7 + (3.5 - n) * 9 + 7, 490),
                ],
                fill,
            )
            c.pie(left + 34, 640, 34, 0, 180, fill)
        c.rect(x, 1010, 500, 200, tint)
        c.rect(x - 14, 994, 528, 30, SAND)
        for n in range(7):
            c.poly(
                [
                    (x + 20 + n * 66, 1110),
                    (x + 52 + n * 66, 1074),
                    (x + 84 + n * 66, 1110),
                    (x + 52 + n * 66, 1146),
                ],
                KAOLIN,
            )
        c.person(
            x + 250,
            1000,
            330,
            c.dice.choice(ROBES),
            wrap=GOLD if stand % 2 else None,
            cap=None if stand % 2 else KAOLIN,
        )
        c.rect(x - 14, 994, 528, 30, SAND)
        c.rect(x, 1020, 500, 60, tint)
    for n in range(9):
        place = 150 + n * 265 + c.wobble(40)
        wrap = c.dice.choice([None, GOLD, BRICK, INDIGO, LEAF])
        c.person(
            place,
            1440 + (n % 3) * 26,
            470,
            c.dice.choice(ROBES),
            wrap=wrap,
            cap=None if wrap else c.dice.choice([KAOLIN, BRICK, OCHRE]),
        )


def diaspora(c: Cloth) -> None:
    """Threads from the cities of the diaspora, all drawn to one place by the river."""
    c.rect(0, 0, WIDTH, HEIGHT, NIGHT)
    for _star in range(180):
        c.disc(c.dice.uniform(0, WIDTH), c.dice.uniform(0, 1400), c.dice.uniform(1.2, 3.4), "#6d86a3")
    home = (1150.0, 1010.0)
    for turn in range(9):
        c.ring(*home, 70 + turn * 88, "#1f3a58", 4)
    cities = [
        (330, 330),
        (560, 210),
        (820, 420),
        (1010, 190),
        (1240, 330),
        (1460, 170),
        (1640, 420),
        (1900, 280),
        (2120, 520),
        (2050, 860),
        (260, 760),
        (420, 1080),
        (1800, 1120),
    ]
    for number, (x, y) in enumerate(cities):
        points = []
        for step in range(41):
            t = step / 40
            lift = math.sin(t * math.pi) * (150 if x < home[0] else 120)
            points.append((x + (home[0] - x) * t, y + (home[1] - y) * t - lift))
        tint = [GOLD, "#e9d9b8", "#d06a4f", "#7fb89a"][number % 4]
        c.line(points, tint, 6)
        c.disc(x, y, 25, tint)
        c.disc(x, y, 12, NIGHT)
        for dot in (10, 20, 30):
            c.disc(*points[dot], 9, KAOLIN)
    c.disc(*home, 122, GOLD)
    c.disc(*home, 98, NIGHT)
    for n in range(12):
        angle = n * math.pi / 6
        c.poly(
            [
                (home[0] + math.cos(angle) * 92, home[1] + math.sin(angle) * 92),
                (home[0] + math.cos(angle + 0.2) * 40, home[1] + math.sin(angle + 0.2) * 40),
                (home[0] + math.cos(angle - 0.2) * 40, home[1] + math.sin(angle - 0.2) * 40),
            ],
            GOLD,
        )
    c.disc(*home, 30, KAOLIN)


def cloth(c: Cloth) -> None:
    """A whole cloth of bogolan: the press kit's cover."""
    c.rect(0, 0, WIDTH, HEIGHT, MUD)
    y = 0.0
    for height, ground, mark in (
        (180, INK, KAOLIN),
        (250, MUD, SAND),
        (210, INK, GOLD),
        (330, "#3a2a1e", KAOLIN),
        (210, INK, GOLD),
        (250, MUD, SAND),
        (180, INK, KAOLIN),
    ):
        c.band(y, height, ground, mark)
        y += height


SCENES: dict[str, Callable[[Cloth], None]] = {
    "building": building,
    "assembly": assembly,
    "field": field,
    "laboratory": laboratory,
    "lesson": lesson,
    "microphones": microphones,
    "river": river,
    "health": health,
    "ceremony": ceremony,
    "forum": forum,
    "diaspora": diaspora,
    "cloth": cloth,
}


def draw(name: str) -> Image.Image:
    """Draw one scene, the same each time, on its hem of bogolan."""
    canvas = Cloth(SAND, seed=sum(map(ord, name)))
    SCENES[name](canvas)
    if name != "cloth":
        canvas.band(HEIGHT - 130, 130)
    return canvas.finished()
