#!/usr/bin/env bash
# usage: deploy/pki/make-demo-pki.sh [FOLDER]          (FOLDER: var/pki)
#
# Makes the demonstration's certificates: one authority, one certificate an agency, one for the hub.
#   FOLDER/ca.pem                       whom hub and agencies trust
#   FOLDER/<agency>/{cert,key}.pem      who an agency's system is: URI SAN spiffe://<area>.mash/agency/<id>/system/<name>
#   FOLDER/hub/{cert,key}.pem           the hub's server certificate, for localhost, 127.0.0.1 and ::1
#   FOLDER/mash-<service>/{cert,key}.pem  the same of each service apart, which names it to the others: .../agency/hub/system/<service>
# Keys are P-256 and readable by their owner only. Run again it renews what ends within two weeks and leaves the rest.
# For demonstrations and tests only: a real area's certificates come from the area's own authority (docs/operate.md).
set -euo pipefail
umask 077

out=${1:-$(dirname "$(readlink -f "$0")")/../../var/pki}
area=e10000013
ca_days=3650
leaf_days=90
renew_before_s=$((14 * 24 * 3600))

# agency=system
systems=(police=pol-01 health=ehr-01 social-care=csc-01 education=edu-01 auditor=aud-01 operator=ops-01)

services=(referral sharing strategy notification vault)
here=DNS:localhost,IP:127.0.0.1,IP:::1

mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d "$out/.making.XXXXXX")
trap 'rm -rf "$work"' EXIT

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

good() { # CERTIFICATE KEY: there, lasting, from this authority, and of one pair
  [[ -f $1 && -f $2 ]] && openssl x509 -in "$1" -noout -checkend "$renew_before_s" >/dev/null &&
    openssl verify -CAfile "$out/ca.pem" "$1" >/dev/null 2>&1 &&
    [[ $(openssl x509 -in "$1" -noout -pubkey) == "$(openssl pkey -in "$2" -pubout)" ]]
}

make_authority() {
  good "$out/ca.pem" "$out/ca-key.pem" && return
  new_key "$work/ca-key.pem"
  openssl req -x509 -new -key "$work/ca-key.pem" -sha256 -days "$ca_days" \
    -subj "/O=MASH demonstration/CN=MASH demonstration authority" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 \
    -addext keyUsage=critical,keyCertSign,cRLSign -out "$work/ca.pem"
  mv "$work/ca-key.pem" "$work/ca.pem" "$out/"
  echo "made $out/ca.pem"
}

make_leaf() { # NAME USAGE ALTERNATIVE-NAMES
  local name=$1 usage=$2 alternative=$3
  good "$out/$name/cert.pem" "$out/$name/key.pem" && return
  new_key "$work/key.pem"
  openssl req -new -key "$work/key.pem" -subj "/O=MASH demonstration/CN=$name" -out "$work/request.pem"
  cat >"$work/extensions" <<EXTENSIONS
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=$usage
subjectAltName=$alternative
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
EXTENSIONS
  openssl x509 -req -in "$work/request.pem" -CA "$out/ca.pem" -CAkey "$out/ca-key.pem" -sha256 -days "$leaf_days" \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$work/extensions" -out "$work/cert.pem" 2>/dev/null
  mkdir -p "$out/$name"
  mv "$work/key.pem" "$work/cert.pem" "$out/$name/"
  echo "made $out/$name/cert.pem ($alternative)"
}

make_authority
make_leaf hub serverAuth,clientAuth "$here,URI:spiffe://$area.mash/hub"
for service in "${services[@]}"; do
  make_leaf "mash-$service" serverAuth,clientAuth "$here,URI:spiffe://$area.mash/agency/hub/system/$service"
done
for entry in "${systems[@]}"; do
  make_leaf "${entry%=*}" clientAuth "URI:spiffe://$area.mash/agency/${entry%=*}/system/${entry#*=}"
done
