#!/bin/sh
set -e

# Wait, then bring the tables up to date.
until nc -z db 5432; do sleep 1; done
flask db upgrade
exec "$@"
