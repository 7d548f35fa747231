"""Write what an installation consists of, from the lock file, as CycloneDX 1.6: python .ci/sbom.py TARGET."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str) -> list[dict[str, object]]:
    """Return each locked package with its version, its address in the registry, and the digests it may have."""
    found: list[dict[str, object]] = []
    hashes: list[dict[str, str]] = []
    for line in lock.splitlines():
        if pinned := _PINNED.match(line):
            name, version, hashes = pinned[1].lower(), pinned[2], []
            found.append(
                {
                    "type": "library",
                    "name": name,
                    "version": version,
                    "purl": f"pkg:pypi/{name}@{version}",
                    "hashes": hashes,
                }
            )
        hashes += [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(line)]
    return found


def bill() -> dict[str, object]:
    """Return the bill of materials of what the server installs."""
    lock = (ROOT / "requirements.lock").read_text()
    version = re.search(r"^version = (\S+)", (ROOT / "setup.cfg").read_text(), re.M)
    about = {"type": "application", "name": "parley", "version": version[1] if version else "0"}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": about},
        "components": components(lock),
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill(), indent=1) + "\n")
    print(f"{target}: {len(components((ROOT / 'requirements.lock').read_text()))} components")
