"""The project's own files, for the guards that read source."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below the folders."""
    return _found(folders, "*.py")


def templates() -> list[Path]:
    """Return the templates of pages, not of e-mails."""
    return [path for path in _found(("templates",), "*") if path.is_file() and "email" not in path.parts]


def named(path: Path) -> str:
    """Return a file's path within the project."""
    return path.relative_to(ROOT).as_posix()


def _found(folders: tuple[str, ...], pattern: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob(pattern))]
    assert found, f"nothing in {folders}"
    return [path for path in found if "__pycache__" not in path.parts]
