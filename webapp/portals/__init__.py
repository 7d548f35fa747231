"""The HTML doors: one blueprint per portal, sharing the inbox."""
