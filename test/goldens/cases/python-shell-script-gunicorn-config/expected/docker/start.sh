#!/bin/sh
set -e
exec gunicorn --config gunicorn.conf.py --bind 0.0.0.0:8080 --timeout 60 site:app
