"""Answers as mail programs write them: the program, the whole text, and what in it is new."""

from __future__ import annotations

QUOTE = "> Olga Owner, 25 Nov 2026, 12:00 UTC:\n>\n> Hello Mara\n>\n> Open and reply:\n> https://parley.test/x"

REPLIES = {
    "gmail, English": (
        f"Yes, Tuesday is fine.\n\nMara\n\nOn Wed, Nov 25, 2026 at 1:02 PM Olga Owner, Harbor Goods <\n"
        f"messages@parley.test> wrote:\n\n{QUOTE}\n",
        "Yes, Tuesday is fine.\n\nMara",
    ),
    "gmail, German": (
        f"Ja, gerne.\n\nAm Mi., 25. Nov. 2026 um 13:02 Uhr schrieb Olga Owner, Harbor Goods <messages@parley.test>:\n\n"
        f"{QUOTE}\n",
        "Ja, gerne.",
    ),
    "gmail, French": (
        f"Oui, parfait.\n\nLe mer. 25 nov. 2026 à 13:02, Olga Owner, Harbor Goods <messages@parley.test> a écrit :\n\n"
        f"{QUOTE}\n",
        "Oui, parfait.",
    ),
    "apple mail, English": (
        f"It is the left one.\n\n> On 25 Nov 2026, at 13:02, Olga Owner <messages@parley.test> wrote:\n> \n{QUOTE}\n",
        "It is the left one.",
    ),
    "apple mail, German": (
        "Das linke.\n\nViele Grüße\n\n> Am 25.11.2026 um 13:02 schrieb Olga Owner <messages@parley.test>:\n> \n"
        f"{QUOTE}\n",
        "Das linke.\n\nViele Grüße",
    ),
    "iphone, English": (
        "On my way!\n\nSent from my iPhone\n\n> On 25 Nov 2026, at 13:02, Olga Owner <messages@parley.test> wrote:\n"
        f"{QUOTE}\n",
        "On my way!",
    ),
    "iphone, German": (
        f"Bin unterwegs.\n\nVon meinem iPhone gesendet\n\n> Am 25.11.2026 um 13:02 schrieb Olga Owner "
        f"<messages@parley.test>:\n> \n> \ufeff\n{QUOTE}\n",
        "Bin unterwegs.",
    ),
    "iphone, French": (
        "J’arrive.\n\nEnvoyé de mon iPhone\n\n> Le 25 nov. 2026 à 13:02, Olga Owner <messages@parley.test> a écrit :\n"
        f"{QUOTE}\n",
        "J’arrive.",
    ),
    "outlook, English": (
        "Please send it again.\n\nRegards,\nMara\n\n________________________________\nFrom: Olga Owner, Harbor Goods "
        "<messages@parley.test>\nSent: Wednesday, November 25, 2026 1:02 PM\nTo: Mara Lind <mara@example.com>\n"
        "Subject: New message: Order 1042\n\nHello Mara\n\nOpen and reply:\nhttps://parley.test/x\n",
        "Please send it again.\n\nRegards,\nMara",
    ),
    "outlook, German": (
        "Bitte noch einmal schicken.\n\nVon: Olga Owner, Harbor Goods <messages@parley.test>\nGesendet: Mittwoch, "
        "25. November 2026 13:02\nAn: Mara Lind <mara@example.com>\nBetreff: New message: Order 1042\n\nHello Mara\n",
        "Bitte noch einmal schicken.",
    ),
    "outlook, French": (
        "Merci de renvoyer.\n\nDe : Olga Owner, Harbor Goods <messages@parley.test>\nEnvoyé : mercredi 25 novembre "
        "2026 13:02\nÀ : Mara Lind <mara@example.com>\nObjet : New message: Order 1042\n\nHello Mara\n",
        "Merci de renvoyer.",
    ),
    "outlook, the old line": (
        "Noted.\n\n-----Original Message-----\nFrom: Olga Owner\nSent: Wednesday\nSubject: Order\n\nHello Mara\n",
        "Noted.",
    ),
    "outlook, the old line in German": (
        "Notiert.\n\n-----Ursprüngliche Nachricht-----\nVon: Olga Owner\nGesendet: Mittwoch\nBetreff: Order\n\nHello\n",
        "Notiert.",
    ),
    "thunderbird with a signature": (
        f"Thanks.\n\n-- \nMara Lind\n+49 30 1234567\n\nOn 25/11/2026 13:02, Olga Owner wrote:\n{QUOTE}\n",
        "Thanks.",
    ),
    "below the quote": (
        f"On 25/11/2026 13:02, Olga Owner wrote:\n{QUOTE}\n\nI answer below.\n",
        "I answer below.",
    ),
    "no quote at all": ("Just a line\nand another", "Just a line\nand another"),
    "a list that looks like heads": (
        "Please change the address.\n\nTo: Mara Lind\nStreet 5\n\nThank you",
        "Please change the address.\n\nTo: Mara Lind\nStreet 5\n\nThank you",
    ),
    "nothing but a quote": (QUOTE, QUOTE),
    "on time, not a quote": (
        "On Monday I wrote:\nplease hurry.\nOn Tuesday nothing came.",
        "On Monday I wrote:\nplease hurry.\nOn Tuesday nothing came.",
    ),
    "a dash in the middle": ("Two sizes --\nwhich one?\n--\nMara", "Two sizes --\nwhich one?"),
}
