#!/bin/sh
# Start nginx. OUTER_PROXIES names, with commas, the addresses or networks of the proxies in front of it whose
# X-Forwarded-For and X-Forwarded-Proto are true; from anybody else both are ignored.
set -eu
out=${OUTER_CONF:-/tmp/outer-proxies.conf}
proxies=$(printf '%s' "${OUTER_PROXIES:-}" | tr ',' ' ')
for proxy in $proxies; do
  case $proxy in
    *[!0-9A-Fa-f.:/]* | */*/*)
      echo "OUTER_PROXIES must be addresses or networks such as 10.0.0.0/8, not '$proxy'." >&2
      exit 1
      ;;
  esac
done
{
  echo 'geo $realip_remote_addr $from_outer {'
  echo '  default 0;'
  for proxy in $proxies; do echo "  $proxy 1;"; done
  echo '}'
  for proxy in $proxies; do echo "set_real_ip_from $proxy;"; done
} >"$out"
exec nginx -c "${NGINX_CONF:-/etc/nginx/nginx.conf}" -g 'daemon off;' "$@"
