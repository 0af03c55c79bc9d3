"""Pages made from a view: heading, table over as many pages as it needs, totals, payment."""

from __future__ import annotations

from dotmac_billing.documents.document import Mark
from dotmac_billing.documents.page import LEADING, Page, Room, Side, Type
from dotmac_billing.documents.payment_code import code_squares
from dotmac_billing.documents.style import Style
from dotmac_billing.documents.tables import TableSetter
from dotmac_billing.documents.typesetting import Fonts
from dotmac_billing.documents.view import Fact, Headline, Payment, Sum, View

_MARGIN = 46.0
_FOOT = 42.0
_INK, _SOFT, _FAINT, _TINT, _GREEN = "#111827", "#6b7280", "#d1d5db", "#f3f4f6", "#15803d"
_STAMPS = {Mark.DRAFT: "#e5e7eb", Mark.VOID: "#fecaca", Mark.PAID: "#dcfce7"}
_BODY, _BOLD, _LABEL = Type(9, _INK), Type(9, _INK, bold=True), Type(9, _SOFT)
_TINY = Type(6.8, _SOFT)
_FOOT_LINES = 5


def lay_out(view: View, style: Style, fonts: Fonts) -> list[Page]:
    """The pages, in order; the table's heading is repeated and every page says which it is."""
    setter = _Setter(view, style, fonts)
    setter.heading()
    setter.headline(view.headline)
    setter.table()
    setter.totals()
    if view.payment is not None:
        setter.payment(view.payment)
    for paragraph in view.paragraphs:
        setter.paragraph(paragraph)
    setter.finish()
    return setter.pages


class _Setter:
    """Fills pages from the top; `_y` is where the next thing begins."""

    def __init__(self, view: View, style: Style, fonts: Fonts) -> None:
        self._view = view
        self._style = style
        self._fonts = fonts
        self._width, self._height = style.paper.points
        self._inner = self._width - 2 * _MARGIN
        self._bottom = self._height - _MARGIN - _FOOT
        self._title = Type(7.5, style.accent, bold=True)
        self._end = Room(_MARGIN, self._inner, Side.END)
        self.pages: list[Page] = []
        self._y = 0.0
        self._turn()

    @property
    def _page(self) -> Page:
        return self.pages[-1]

    def heading(self) -> None:
        view, page, style = self._view, self._page, self._style
        title = Type(22, style.accent, bold=True)
        if page.line(view.title, title).width > self._inner * 0.5:
            title = Type(15, style.accent, bold=True)
        page.text(view.title, self._end, _MARGIN + 16, title)
        page.text(view.number, self._end, _MARGIN + 33, Type(10.5, _SOFT))
        if style.logo is not None:
            page.logo(_MARGIN, _MARGIN - 4, 170, 46)
        else:
            name = Type(15, _INK, bold=True)
            for place, line in enumerate(page.lines(view.sender_name, self._inner * 0.48, name)):
                page.put(line, Room(_MARGIN), _MARGIN + 14 + place * 19, name)
        self._y = _MARGIN + 52
        if view.header:
            self._y = self._lines(view.header, Room(_MARGIN, self._inner), self._y, _LABEL)
        page.rule(_MARGIN, self._y, self._inner, style.accent, 1.2)
        self._y += 20
        self._y = max(self._recipient(self._y), self._facts(self._y)) + 8

    def _recipient(self, y: float) -> float:
        view, page = self._view, self._page
        room = Room(_MARGIN, self._inner * 0.52)
        page.text(view.sender, room, y, Type(6.5, _SOFT))
        page.text(view.recipient_label, room, y + 20, self._title)
        y = self._lines(view.recipient_name, room, y + 36, Type(11, _INK, bold=True))
        for text in view.recipient:
            y = self._lines(text, room, y, _BODY)
        return y

    def _facts(self, y: float) -> float:
        page = self._page
        left, width = _MARGIN + self._inner * 0.56, self._inner * 0.44
        y += 20
        for fact in self._view.facts:
            label = page.line(fact.label, _LABEL)
            page.put(label, Room(left), y, _LABEL)
            used = label.width + 10
            y = self._lines(fact.value, Room(left + used, width - used, Side.END), y, _BOLD) + 3
        return y

    def headline(self, headline: Headline) -> None:
        page, y = self._page, self._y
        colour = _GREEN if headline.settled else self._style.accent
        page.box(_MARGIN, y, self._inner, 40, fill=_TINT, radius=4)
        page.box(_MARGIN, y, 4, 40, fill=colour)
        room = Room(_MARGIN + 18)
        label = y + 17 if headline.remark else y + 23
        page.text(headline.label, room, label, _LABEL)
        page.text(headline.remark, room, y + 30, _BOLD)
        value = Room(_MARGIN, self._inner - 16, Side.END)
        page.text(headline.value, value, y + 27, Type(19, colour, bold=True))
        self._y = y + 40 + 18

    def table(self) -> None:
        setter = TableSetter(self._view.table, _MARGIN, self._inner, self._style.accent)
        self._y = setter.heading(self._page, self._y)
        for row in setter.rows:
            if self._y + setter.height(self._page, row) > self._bottom:
                self._turn()
                self._y = setter.heading(self._page, self._y)
            self._y = setter.row(self._page, row, self._y)
        self._y += 10

    def totals(self) -> None:
        view = self._view
        groups = 0 if view.taxes is None else len(view.taxes.rows) + 1 + len(view.remarks)
        self._make_room(max(len(view.sums) * 21 + 10, groups * 17 + 16))
        start = self._y
        end = start
        for item in view.sums:
            end = self._sum(item, end)
        if view.taxes is not None:
            end = max(end, self._taxes(start))
        self._y = end + 16

    def _sum(self, item: Sum, y: float) -> float:
        page = self._page
        left, width = _MARGIN + self._inner * 0.54, self._inner * 0.46
        if item.strong:
            y += 5
            page.rule(left, y, width, _FAINT)
        value = Type(10.5, _INK, bold=True) if item.strong else _BODY
        label = value if item.strong else _LABEL
        page.text(item.label, Room(left + 6), y + 14, label)
        page.text(item.value, Room(left, width, Side.END), y + 14, value)
        return y + (20 if item.strong else 16)

    def _taxes(self, y: float) -> float:
        view, width = self._view, self._inner * 0.46
        assert view.taxes is not None
        setter = TableSetter(view.taxes, _MARGIN, width, _SOFT, small=True)
        y = setter.heading(self._page, y)
        for row in setter.rows:
            y = setter.row(self._page, row, y)
        y += 6
        for remark in view.remarks:
            y = self._lines(remark, Room(_MARGIN, width), y + 6, Type(7.5, _INK))
        return y

    def payment(self, payment: Payment) -> None:
        side = 76.0
        code = side + 26 if payment.code else 0
        height = max(30 + 14 * len(payment.facts), code) + 4
        self._make_room(height)
        page, top = self._page, self._y
        page.box(_MARGIN, top, self._inner, height, border=_FAINT, radius=4)
        left = _MARGIN + 14
        page.text(payment.title, Room(left), top + 18, self._title)
        labels = max(page.line(fact.label, _LABEL).width for fact in payment.facts)
        y = top + 35
        for fact in payment.facts:
            page.text(fact.label, Room(left), y, _LABEL)
            page.text(fact.value, Room(left + labels + 14 if fact.label else left), y, _BOLD)
            y += 14
        if payment.code is not None:
            right = _MARGIN + self._inner - side - 14
            page.code(code_squares(payment.code), right, top + 10, side)
            room = Room(right, side, Side.MIDDLE)
            page.text(payment.scan, room, top + side + 19, Type(6.5, _SOFT))
        self._y = top + height + 16

    def paragraph(self, fact: Fact) -> None:
        lines = self._page.lines(fact.value, self._inner, _BODY)
        leading = _BODY.size * LEADING
        # A title never stands alone at the end of a page.
        self._make_room(14 + min(len(lines), 2) * leading)
        self._page.text(fact.label, Room(_MARGIN), self._y, self._title)
        self._y += 14
        for line in lines:
            self._make_room(leading)
            self._page.put(line, Room(_MARGIN), self._y, _BODY)
            self._y += leading
        self._y += 10

    def finish(self) -> None:
        """What every page bears: the foot, which page it is, and the mark."""
        view = self._view
        top = self._bottom + 14
        share = self._inner * 0.82 / max(1, len(view.footer))
        for place, page in enumerate(self.pages, 1):
            page.rule(_MARGIN, top, self._inner, _FAINT)
            for column, texts in enumerate(view.footer):
                room = Room(_MARGIN + column * share, share - 12)
                lines = [line for text in texts for line in page.lines(text, room.width, _TINY)]
                for row, line in enumerate(lines[:_FOOT_LINES]):
                    page.put(line, room, top + 14 + row * 9.4, _TINY)
            words = view.page.format(page=place, pages=len(self.pages))
            page.text(words, self._end, top + 14, _TINY)
            if view.mark is not None:
                kind = Type(88, _STAMPS[view.mark], bold=True)
                middle, y = self._width / 2, self._height * 0.56
                page.stamp(view.mark_text, middle, y, kind, -32 if view.right_to_left else 32)

    def _lines(self, text: str, room: Room, y: float, kind: Type) -> float:
        for line in self._page.lines(text, room.width, kind):
            self._page.put(line, room, y, kind)
            y += kind.size * LEADING
        return y

    def _make_room(self, height: float) -> None:
        if self._y + height > self._bottom:
            self._turn()

    def _turn(self) -> None:
        """Begin a page; all but the first say at their top what they belong to."""
        view = self._view
        page = Page(self._width, self._height, view.right_to_left, self._fonts, view.country)
        self.pages.append(page)
        self._y = _MARGIN
        if len(self.pages) > 1:
            small = Type(7.5, _SOFT)
            page.text(view.sender_name, Room(_MARGIN), _MARGIN, small)
            page.text(f"{view.title} {view.number}", self._end, _MARGIN, small)
            self._y = _MARGIN + 20
