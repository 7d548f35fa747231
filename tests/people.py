"""A small marketplace that most tests share: two admins, two stores with users and customers, by first name."""

from __future__ import annotations

from tests.factories import AGENT, make_admin, make_customer, make_member, make_store, make_store_user, viewer_of


class People:
    """Ada and Ben of the platform; Olga, Sam and Mara at Harbor Goods; Tom and Nina at Tea Corner.

    Each name is a Viewer; the row behind it is ``<name>_row``. Wim works for both stores.
    """

    def __init__(self) -> None:
        self.harbor, self.tea = make_store("harbor-goods"), make_store("tea-corner")
        self.ada_row, self.ben_row = make_admin("Ada Admin"), make_admin("Ben Admin")
        self.olga_row = make_store_user(self.harbor, "Olga Owner")
        self.sam_row = make_store_user(self.harbor, "Sam Agent", AGENT)
        self.tom_row = make_store_user(self.tea, "Tom Teaman")
        self.wim_row = make_store_user(self.harbor, "Wim Both", AGENT)
        make_member(self.tea, self.wim_row)
        self.mara_row, self.luis_row = make_customer(self.harbor, "Mara Lind"), make_customer(self.harbor, "Luis Gomez")
        self.nina_row = make_customer(self.tea, "Nina Tran")

        self.ada, self.ben = viewer_of(self.ada_row), viewer_of(self.ben_row)
        self.olga, self.sam = viewer_of(self.olga_row, self.harbor), viewer_of(self.sam_row, self.harbor)
        self.tom = viewer_of(self.tom_row, self.tea)
        self.wim_at_harbor, self.wim_at_tea = viewer_of(self.wim_row, self.harbor), viewer_of(self.wim_row, self.tea)
        self.mara, self.luis = viewer_of(self.mara_row, self.harbor), viewer_of(self.luis_row, self.harbor)
        self.nina = viewer_of(self.nina_row, self.tea)
