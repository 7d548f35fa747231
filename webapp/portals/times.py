"""Moments as their viewer reads them, in their zone and in words, and as programs do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date
from flask import g

from webapp.database import now

LOCALE = "en_GB"


def local(moment: datetime) -> datetime:
    """Return the moment in the viewer's zone."""
    return moment.astimezone(viewer_zone())


def viewer_zone() -> ZoneInfo:
    viewer = g.get("viewer")
    return _zone(viewer.timezone if viewer else "UTC")


def utc(moment: datetime) -> str:
    """Return the moment as an attribute for programs: ISO 8601 in UTC."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(moment: datetime) -> str:
    """Return the time of day, like 14:02."""
    return f"{local(moment):%H:%M}"


def day(moment: datetime) -> str:
    """Return the whole date, like Friday 20 November 2026."""
    return _date_text(local(moment).date(), "EEEE d MMMM y")


def full(moment: datetime) -> str:
    """Return the date and the time with the zone's name, like Friday 20 November 2026 at 14:02 UTC."""
    return f"{day(moment)} at {clock(moment)} {local(moment).tzname()}"


def list_time(moment: datetime) -> str:
    """Return a time for lists: within a day the clock, within a week the weekday, else the date."""
    return list_times()(moment)


def list_times() -> Callable[[datetime], str]:
    """Return what makes the times of one list, as of now."""
    present, zone = now(), viewer_zone()
    a_day_ago, a_week_ago = present - timedelta(days=1), present - timedelta(days=7)
    year = present.astimezone(zone).year

    def text(moment: datetime) -> str:
        at = moment.astimezone(zone)
        if moment > a_day_ago:
            return f"{at:%H:%M}"
        if moment > a_week_ago:
            return _date_text(at.date(), "EEE")
        return _date_text(at.date(), "d MMM" if at.year == year else "d MMM y")

    return text


@lru_cache(maxsize=2048)
def _date_text(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=LOCALE)


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
