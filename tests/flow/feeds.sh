# SPDX-License-Identifier: Apache-2.0
# For tests of feeds: source it after tap.sh. feeds_start makes a folder $work with a server that misbehaves as told
# (feed_server.py), small feeds of every kind (feed_world.py) and settings that point at it.
feeds_start() {
  local end=$((SECONDS + 60))
  work=$(mktemp -d "${TMPDIR:-/tmp}/pfd-XXXXXX") || exit 1
  served=$work/s
  mkdir -p "$served/www" "$served/script" "$work/config/psirtty"
  export XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
  export GNUPGHOME=$work/g LC_ALL=C.UTF-8
  mkdir -m 700 "$GNUPGHOME"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key.pem" -out "$work/ca.pem" -days 3650 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
  feeds_world 1
  python3 "$here/feed_server.py" "$served" "$work/ca.pem" "$work/key.pem" 2>"$work/server.err" &
  feeds_server=$!
  until [ -s "$served/port" ] || [ $SECONDS -ge $end ]; do read -r -t 0.05 _ <><(:); done
  port=$(cat "$served/port")
  feeds_settings ''
}
feeds_stop() {
  touch "$served/stop"
  kill "$feeds_server" 2>/dev/null
  for home in "$GNUPGHOME" "$work/g2"; do [ ! -d "$home" ] || gpgconf --homedir "$home" --kill all 2>/dev/null; done
  rm -rf "$work"
}
feeds_world() { python3 "$here/feed_world.py" "$served/www" "$1"; }
feeds_settings() { # feeds_settings MORE: a line or lines of YAML
  (umask 077; cat >"$XDG_CONFIG_HOME/psirtty/psirtty.yaml" <<END
network: {ca_file: $work/ca.pem, patience: ${patience:-60}, tries: ${tries:-1}${proxy:+, proxy: "http://127.0.0.1:$proxy"}}
feeds:
  kev: {url: "https://localhost:$port/kev.json"}
  cve: {url: "https://localhost:$port/cve/releases"}
  nvd: {url: "https://localhost:$port/nvdapi", pause: 0, key_file: $work/apikey}
  nvd-files: {url: "https://localhost:$port/nvd/f-", pause: 0}
  osv: {url: "https://localhost:$port/osv/%s"}
  example: {url: "https://localhost:$port", way: csaf}
  folder: {url: "https://localhost:$port/csaf2/provider-metadata.json", way: csaf}
  redhat-vex: {url: "https://localhost:$port/vex/"}
  alpine: {url: "https://localhost:$port/alpine/%s.json"}
  euvd: {url: "https://localhost:$port/euvd/", pause: 0}
  jvn: {url: "https://localhost:$port/jvn/", pause: 0}
  debian: {url: "https://localhost:$port/debian.json"}
  exploit-db: {url: "https://localhost:$port/exploits.csv"}
  metasploit: {url: "https://localhost:$port/modules.json"}
  csaf-bsi: {url: "https://localhost:$port/aggregator.json"}
  news-linux-cve: {url: "https://localhost:$port/news.atom"}
  epss: {url: "https://localhost:$port/epss.csv.gz"}
  news-oss-security: {url: "https://localhost:$port/news.rss"}
$1
END
  echo secret-of-the-nvd >"$work/apikey")
}
# How many records the store of FOLDER holds, and a sum of all it holds of them: from which source, their texts, other names,
# products, and scores; all but when they came and in which run. What it lacks is not there in another store either.
records() { # records FOLDER
  python3 - "$1/psirtty/intel.db" <<'END'
import hashlib, sqlite3, sys
there = "FROM record JOIN source ON source.id = record.source %s WHERE gone = 0 ORDER BY "
each = "source.name, record.name, part, "
rows = [sqlite3.connect(sys.argv[1]).execute("SELECT " + each + what + " " + there % join + order).fetchall() for what, join, order in (
    ("record.kind, state, exploited, modified", "", "1, 2, 3"),
    ("packed, raw", "JOIN body ON body.id = record.id", "1, 2, 3"),
    ("alias.name, joins", "JOIN alias ON alias.record = record.id", "1, 2, 3, 4"),
    ("key", "JOIN product ON product.record = record.id", "1, 2, 3, 4"))]
rows.append(sqlite3.connect(sys.argv[1]).execute(
    "SELECT cve, day, name, score, percentile, history FROM epss LEFT JOIN epss_model ON epss_model.id = model ORDER BY 1").fetchall())
print(len(rows[0]), *(hashlib.sha256(repr(part).encode()).hexdigest()[:16] for part in rows))
END
}
act() { # act PATH LINE…: what the server does with it next
  local name=$1
  shift
  printf '%s\n' "$@" >"$served/script/${name//\//_}"
}
asked() { # asked PATTERN: how many requests have it
  grep -c -- "$1" "$served/log"
}
p() { "$psirtty" --now 2026-11-22T12:00:00Z "$@" 2>&1; }
# What the store holds of a source, without the times of asking: records, quarantine, newest.
held() { p feed status | awk -F'\t' -v id="$1" '$1 == id { print $3, $4, $7 }'; }
