#!/bin/sh
# backup.sh FOLDER: database and files into FOLDER/<time>, while people go on writing.
# Reads PARLEY_DATABASE_URL and PARLEY_STORAGE_URL as Parley does; paths are relative to the project's root.
#
# First the database, then the files: a file is on the disk before its row is, so that every row of the copy has its
# file. What the copy has beyond its rows, `flask sweep-attachments` removes after a restore.
set -eu
[ $# -eq 1 ] || { echo "usage: backup.sh FOLDER" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
to=$(cd "$1" && pwd)/$(date -u +%Y-%m-%dT%H%M%SZ)
database=${PARLEY_DATABASE_URL:-sqlite:///var/parley.db}
storage=${PARLEY_STORAGE_URL:-file:var}
umask 077
mkdir "$to.unfinished"
cd "$root"
case $database in
sqlite:///*)
	"${PYTHON:-.venv/bin/python}" - "${database#sqlite:///}" "$to.unfinished/parley.db" <<'PYTHON'
import sqlite3, sys

source, copy = (sqlite3.connect(path) for path in sys.argv[1:])
source.backup(copy)  # one step: a snapshot, whoever writes meanwhile
copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
copy.close()
PYTHON
	;;
postgresql://*)
	pg_dump --format=custom --file="$to.unfinished/parley.dump" "$database"
	;;
*)
	echo "backup.sh: cannot read PARLEY_DATABASE_URL" >&2
	exit 2
	;;
esac
case $storage in
file:*)
	folder=${storage#file:}
	folder=${folder#//}
	mkdir "$to.unfinished/files"
	if [ -d "$folder/uploads" ]; then
		tar -C "$folder" -cf - uploads | tar -C "$to.unfinished/files" -xf -
	fi
	;;
*)
	echo "The files are in a bucket: its versioning keeps them." >&2
	;;
esac
mv "$to.unfinished" "$to"
echo "$to"
