#!/bin/sh
# restore.sh BACKUP: what backup.sh made, into an empty database and an empty folder named by
# PARLEY_DATABASE_URL and PARLEY_STORAGE_URL. Run `flask db upgrade`, `flask sweep-attachments` and `flask doctor` after it.
set -eu
[ $# -eq 1 ] || { echo "usage: restore.sh BACKUP" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
from=$(cd "$1" && pwd)
database=${PARLEY_DATABASE_URL:-sqlite:///var/parley.db}
storage=${PARLEY_STORAGE_URL:-file:var}
umask 077
cd "$root"
case $database in
sqlite:///*)
	path=${database#sqlite:///}
	[ ! -e "$path" ] || { echo "restore.sh: $path is there already; move it away first" >&2; exit 1; }
	mkdir -p "$(dirname "$path")"
	cp "$from/parley.db" "$path.restoring"
	mv "$path.restoring" "$path"
	;;
postgresql://*)
	pg_restore --exit-on-error --no-owner --dbname="$database" "$from/parley.dump"
	;;
*)
	echo "restore.sh: cannot read PARLEY_DATABASE_URL" >&2
	exit 2
	;;
esac
case $storage in
file:*)
	folder=${storage#file:}
	folder=${folder#//}
	[ ! -e "$folder/uploads" ] || { echo "restore.sh: $folder/uploads is there already; move it away first" >&2; exit 1; }
	mkdir -p "$folder"
	tar -C "$from/files" -cf - . | tar -C "$folder" -xf -
	;;
esac
echo "Restored. Now: flask db upgrade && flask sweep-attachments && flask doctor"
