#!/usr/bin/env bash
# Runs a command beside an empty PostgreSQL server that it alone uses, whose URL is in VINCHAR_TEST_POSTGRES:
#   tests/postgres.sh python3 -m pytest tests/test_desk_store.py
# Debian's packages are looked in, too; POSTGRES_BIN names another folder of the server's programs. The server listens on
# a socket in a temporary folder, keeps nothing, and ends with the command, whose exit status this has.
set -euo pipefail

bin=${POSTGRES_BIN:-$(dirname "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb | tail -n 1)")}
home=$(mktemp -d /tmp/postgres.XXXXXX) # a short path: that of a socket has at most some 100 characters
as=()
if ((EUID == 0)); then # the server refuses to run as root
    chown postgres "$home"
    as=(runuser -u postgres --)
fi
stop() {
    "${as[@]}" "$bin/pg_ctl" --pgdata "$home/data" --mode immediate --silent stop || true
    rm -rf "$home"
}
trap stop EXIT

cd "$home"
"${as[@]}" "$bin/initdb" --pgdata "$home/data" --username postgres --auth trust --encoding UTF8 --no-sync >"$home/initdb.log"
# Without fsync: it need not outlive the machine, only be quick. It outlives the death of whoever uses it.
"${as[@]}" "$bin/pg_ctl" --pgdata "$home/data" --log "$home/server.log" --silent --wait \
    --options "-c listen_addresses='' -c unix_socket_directories='$home' -c fsync=off -c max_connections=200" start
cd "$OLDPWD"

export VINCHAR_TEST_POSTGRES="postgresql://postgres@/postgres?unix_sock=$home/.s.PGSQL.5432"
"$@"
