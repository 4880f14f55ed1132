#!/bin/sh
# Makes the certificates of these tests anew: valid from 2000 to 2126, but for the expired one.
# The keys guard nothing: they stand for town servers on loopback.
set -e
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > ca.cnf <<'END'
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
[server]
subjectAltName = DNS:portal.test,IP:127.0.0.1
END
: > index.txt
echo 01 > serial

make() { # file, common name, extensions, last day, and who signs: -selfsign, or nothing
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
        -keyout "$1.key" -out "$1.csr" 2>/dev/null
    key=authority.key
    [ -z "$5" ] || key="$1.key"
    openssl ca -batch -config ca.cnf -extensions "$3" -startdate 20000101000000Z -enddate "$4" \
        -in "$1.csr" -out "$1.crt" -notext -keyfile "$key" ${5:--cert authority.crt} 2>/dev/null
    cat "$1.key" "$1.crt" > "$here/$1.pem"
}
make authority "Test Authority" authority 21260101000000Z -selfsign
cp authority.crt "$here/authority.pem"
make good portal.test server 21260101000000Z
make expired portal.test server 20010101000000Z
make self-signed portal.test server 21260101000000Z -selfsign
